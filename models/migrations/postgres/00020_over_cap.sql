-- Awards of a group that turned out to be over its cap wait for a grants officer.
-- +goose Up
ALTER TABLE awards ADD COLUMN over_cap BIGINT NOT NULL DEFAULT 0;
ALTER TABLE awards ADD COLUMN cap_seen BIGINT NOT NULL DEFAULT 0;
CREATE INDEX awards_over_cap ON awards (id) WHERE over_cap > 0;
