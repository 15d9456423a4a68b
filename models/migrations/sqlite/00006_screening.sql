-- Lists that organizations are held against: their versions, and the entries of each,
-- which stand under the sum of their content.
-- +goose Up
CREATE TABLE lists (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    kind TEXT NOT NULL,
    dated TEXT NOT NULL,
    name TEXT NOT NULL,
    file TEXT NOT NULL CHECK (length(file) = 64),
    content TEXT NOT NULL CHECK (length(content) = 64),
    entries INTEGER NOT NULL CHECK (entries > 0),
    threshold INTEGER NOT NULL CHECK (threshold BETWEEN 0 AND 10000),
    before_id INTEGER REFERENCES lists (id),
    imported_by INTEGER REFERENCES people (id),
    note TEXT NOT NULL
) STRICT;

-- One version of a list is in force.
CREATE UNIQUE INDEX lists_live ON lists (kind) WHERE state = 'active';

CREATE TABLE list_entries (
    content TEXT NOT NULL,
    number INTEGER NOT NULL,
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
) STRICT;

CREATE INDEX list_entries_key ON list_entries (content, key);
CREATE INDEX list_entries_uei ON list_entries (content, uei) WHERE uei <> '';
