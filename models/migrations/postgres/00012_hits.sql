-- Screenings of organizations, and what they found.
-- +goose Up
-- When each organization was last held against the lists, and the entries that it may be.
CREATE TABLE screenings (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    at BIGINT,
    lists TEXT NOT NULL,
    subjects BIGINT NOT NULL CHECK (subjects >= 0),
    hits BIGINT NOT NULL CHECK (hits >= 0),
    UNIQUE (organization_id)
);

CREATE TABLE hits (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    person_id BIGINT REFERENCES people (id),
    list_id BIGINT NOT NULL REFERENCES lists (id),
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    sum TEXT NOT NULL,
    subject TEXT NOT NULL,
    identity TEXT NOT NULL,
    entry TEXT NOT NULL,
    found_by TEXT NOT NULL,
    score BIGINT NOT NULL CHECK (score BETWEEN 0 AND 10000),
    decided_by BIGINT REFERENCES people (id),
    note TEXT NOT NULL,
    CHECK (state NOT IN ('dismissed', 'confirmed') OR decided_by IS NOT NULL AND note <> '')
);

CREATE INDEX hits_organization ON hits (organization_id);
CREATE INDEX hits_open ON hits (id) WHERE state = 'open';
