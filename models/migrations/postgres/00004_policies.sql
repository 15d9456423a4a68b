-- Program files: their versions, what an opportunity takes from one, and what an
-- application was submitted under.
-- +goose Up
CREATE TABLE policies (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    number BIGINT NOT NULL,
    file TEXT NOT NULL,
    plan TEXT NOT NULL,
    applied_by BIGINT REFERENCES people (id),
    note TEXT NOT NULL,
    UNIQUE (program_id, number)
);

-- One version of a program's file is in force.
CREATE UNIQUE INDEX policies_live ON policies (program_id) WHERE state = 'active';

ALTER TABLE opportunities ADD COLUMN policy_id BIGINT REFERENCES policies (id);
ALTER TABLE opportunities ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN answers TEXT NOT NULL DEFAULT '';
ALTER TABLE awards ADD COLUMN award_cap BIGINT NOT NULL DEFAULT 0 CHECK (award_cap BETWEEN 0 AND 500000000);
