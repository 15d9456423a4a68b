-- The files that an application comes with: a list of codes, names, types, sizes and
-- SHA-256 sums as JSON. The bytes are documents.
-- +goose Up
ALTER TABLE applications ADD COLUMN documents TEXT NOT NULL DEFAULT '';
