-- A case may have several flags; those that have any are found without going through all.
-- +goose Up
CREATE INDEX applications_flagged ON applications (flag, id) WHERE flag > '';
