-- The version of the revenue rule that every running case was last held against.
-- +goose Up
ALTER TABLE heartbeat ADD COLUMN rule TEXT NOT NULL DEFAULT '';
