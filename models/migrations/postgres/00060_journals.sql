-- What the ledger recorded in some days, written down once for the agency's general ledger.
-- +goose Up
CREATE TABLE journals (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    number TEXT NOT NULL,
    serial BIGINT NOT NULL CHECK (serial > 0),
    since BIGINT,
    until BIGINT NOT NULL,
    count BIGINT NOT NULL CHECK (count > 0),
    total BIGINT NOT NULL CHECK (total > 0),
    documents TEXT NOT NULL,
    made_by BIGINT REFERENCES people (id),
    UNIQUE (number),
    UNIQUE (program_id, serial)
);
