-- Deadlines that pauses and outages move, and when the service was alive. How far
-- deadlines were moved is in microseconds, as the moments are.
-- +goose Up
ALTER TABLE opportunities ADD COLUMN moved BIGINT NOT NULL DEFAULT 0 CHECK (moved >= 0);
ALTER TABLE opportunities ADD COLUMN down_until BIGINT;
ALTER TABLE applications ADD COLUMN moved_before BIGINT NOT NULL DEFAULT 0 CHECK (moved_before >= 0);

-- One row: the last moment at which a process could write here.
CREATE TABLE heartbeat (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    beat BIGINT NOT NULL
);

-- A time without a heartbeat, and whether the deadlines near it have been moved.
CREATE TABLE outages (
    began BIGINT PRIMARY KEY,
    ended BIGINT NOT NULL CHECK (ended > began),
    settled BIGINT NOT NULL DEFAULT 0 CHECK (settled IN (0, 1))
);
