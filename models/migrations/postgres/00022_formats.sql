-- What else was made of a batch at its export, and the account that the money comes from.
-- +goose Up
ALTER TABLE batches ADD COLUMN copies TEXT NOT NULL DEFAULT '';
ALTER TABLE programs ADD COLUMN origin_account TEXT NOT NULL DEFAULT '';
