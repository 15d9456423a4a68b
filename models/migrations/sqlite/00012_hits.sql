-- Screenings of organizations, and what they found.
-- +goose Up
-- When each organization was last held against the lists, and the entries that it may be.
CREATE TABLE screenings (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    at INTEGER,
    lists TEXT NOT NULL,
    subjects INTEGER NOT NULL CHECK (subjects >= 0),
    hits INTEGER NOT NULL CHECK (hits >= 0),
    UNIQUE (organization_id)
) STRICT;

CREATE TABLE hits (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    person_id INTEGER REFERENCES people (id),
    list_id INTEGER NOT NULL REFERENCES lists (id),
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    sum TEXT NOT NULL,
    subject TEXT NOT NULL,
    identity TEXT NOT NULL,
    entry TEXT NOT NULL,
    found_by TEXT NOT NULL,
    score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 10000),
    decided_by INTEGER REFERENCES people (id),
    note TEXT NOT NULL,
    CHECK (state NOT IN ('dismissed', 'confirmed') OR decided_by IS NOT NULL AND note <> '')
) STRICT;

CREATE INDEX hits_organization ON hits (organization_id);
CREATE INDEX hits_open ON hits (id) WHERE state = 'open';
