-- Lists that organizations are held against: their versions, and the entries of each,
-- which stand under the sum of their content.
-- +goose Up
CREATE TABLE lists (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    kind TEXT NOT NULL,
    dated TEXT NOT NULL,
    name TEXT NOT NULL,
    file TEXT NOT NULL CHECK (length(file) = 64),
    content TEXT NOT NULL CHECK (length(content) = 64),
    entries BIGINT NOT NULL CHECK (entries > 0),
    threshold BIGINT NOT NULL CHECK (threshold BETWEEN 0 AND 10000),
    before_id BIGINT REFERENCES lists (id),
    imported_by BIGINT REFERENCES people (id),
    note TEXT NOT NULL
);

-- One version of a list is in force.
CREATE UNIQUE INDEX lists_live ON lists (kind) WHERE state = 'active';

CREATE TABLE list_entries (
    content TEXT NOT NULL,
    number BIGINT NOT NULL,
    sum TEXT NOT NULL,
    proof TEXT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    aliases TEXT NOT NULL,
    uei TEXT NOT NULL,
    cage TEXT NOT NULL,
    ein TEXT NOT NULL,
    program TEXT NOT NULL,
    country TEXT NOT NULL,
    remarks TEXT NOT NULL,
    status TEXT NOT NULL,
    ends TEXT,
    PRIMARY KEY (content, number)
);

CREATE INDEX list_entries_key ON list_entries (content, key);
CREATE INDEX list_entries_uei ON list_entries (content, uei) WHERE uei <> '';
