-- With each sign of life: since when somebody who pressed submit was neither answered
-- nor noted. Zero means that nobody waited.
-- +goose Up
ALTER TABLE heartbeat ADD COLUMN owed BIGINT NOT NULL DEFAULT 0;
