-- What reviewers of an application do not see.
-- +goose Up
ALTER TABLE applications ADD COLUMN blind TEXT NOT NULL DEFAULT '';
