-- What applicants were told of decisions, in files that stay as they were written.
-- +goose Up
CREATE TABLE letters (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    application_id INTEGER NOT NULL REFERENCES applications (id),
    program_id INTEGER NOT NULL REFERENCES programs (id),
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    event INTEGER NOT NULL UNIQUE REFERENCES events (id),
    about TEXT NOT NULL,
    language TEXT NOT NULL,
    documents TEXT NOT NULL
) STRICT;

CREATE INDEX letters_application ON letters (application_id);

ALTER TABLE programs ADD COLUMN contact TEXT NOT NULL DEFAULT '';
