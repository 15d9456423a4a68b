-- What applicants were told of decisions, in files that stay as they were written.
-- +goose Up
CREATE TABLE letters (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    program_id BIGINT NOT NULL REFERENCES programs (id),
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    event BIGINT NOT NULL UNIQUE REFERENCES events (id),
    about TEXT NOT NULL,
    language TEXT NOT NULL,
    documents TEXT NOT NULL
);

CREATE INDEX letters_application ON letters (application_id);

ALTER TABLE programs ADD COLUMN contact TEXT NOT NULL DEFAULT '';
