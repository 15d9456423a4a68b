-- Parts of the queue that somebody gave a name, and whom they are shared with.
-- +goose Up
CREATE TABLE saved_views (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    name TEXT NOT NULL CHECK (name <> ''),
    query TEXT NOT NULL,
    program_id BIGINT REFERENCES programs (id),
    role TEXT NOT NULL,
    CHECK (program_id IS NOT NULL OR role = '')
);

CREATE INDEX saved_views_person ON saved_views (person_id, id);
CREATE INDEX saved_views_program ON saved_views (program_id, id) WHERE program_id IS NOT NULL;
