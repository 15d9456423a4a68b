-- A hold may be on a routing number: it stops what goes to any account at that bank.
-- +goose Up
ALTER TABLE holds ADD COLUMN routing TEXT NOT NULL DEFAULT '' CHECK (length(routing) IN (0, 9));
CREATE INDEX holds_routing ON holds (routing) WHERE state = 'placed' AND routing <> '';
