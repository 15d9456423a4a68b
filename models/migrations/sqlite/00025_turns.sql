-- Who is looking at which case, and who passed over it and why: hints for who comes next, no records.
-- +goose Up
CREATE TABLE turns (
    application_id INTEGER NOT NULL REFERENCES applications (id),
    person_id INTEGER NOT NULL REFERENCES people (id),
    since INTEGER NOT NULL,
    ends INTEGER NOT NULL CHECK (ends > since),
    skipped TEXT NOT NULL,
    PRIMARY KEY (application_id, person_id)
) STRICT;
CREATE INDEX turns_person ON turns (person_id);
