-- What the ledger recorded in some days, written down once for the agency's general ledger.
-- +goose Up
CREATE TABLE journals (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    program_id INTEGER NOT NULL REFERENCES programs (id),
    number TEXT NOT NULL,
    serial INTEGER NOT NULL CHECK (serial > 0),
    since INTEGER,
    until INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    total INTEGER NOT NULL CHECK (total > 0),
    documents TEXT NOT NULL,
    made_by INTEGER REFERENCES people (id),
    UNIQUE (number),
    UNIQUE (program_id, serial)
) STRICT;
