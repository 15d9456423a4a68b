-- What a reviewer is an expert in, and how many reviews they may have open at once.
-- +goose Up
ALTER TABLE grants ADD COLUMN expertise TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN max_reviews INTEGER NOT NULL DEFAULT 0 CHECK (max_reviews BETWEEN 0 AND 200);
