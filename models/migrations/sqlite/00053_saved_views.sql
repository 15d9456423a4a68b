-- Parts of the queue that somebody gave a name, and whom they are shared with.
-- +goose Up
CREATE TABLE saved_views (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    name TEXT NOT NULL CHECK (name <> ''),
    query TEXT NOT NULL,
    program_id INTEGER REFERENCES programs (id),
    role TEXT NOT NULL,
    CHECK (program_id IS NOT NULL OR role = '')
) STRICT;

CREATE INDEX saved_views_person ON saved_views (person_id, id);
CREATE INDEX saved_views_program ON saved_views (program_id, id) WHERE program_id IS NOT NULL;
