-- What ties people of the staff to applicants: their own word, and what follows from it.
-- +goose Up
CREATE TABLE interests (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL CHECK (kind IN ('employer', 'relation')),
    name TEXT NOT NULL CHECK (name <> ''),
    note TEXT NOT NULL
);

CREATE INDEX interests_person ON interests (person_id, id);

CREATE TABLE conflicts (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    application_id BIGINT NOT NULL REFERENCES applications (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    ties TEXT NOT NULL,
    decided_by BIGINT REFERENCES people (id),
    note TEXT NOT NULL,
    plan TEXT NOT NULL,
    entered BIGINT NOT NULL DEFAULT 0,
    CHECK (decided_by <> person_id),
    CHECK (state NOT IN ('waived', 'confirmed') OR decided_by IS NOT NULL),
    CHECK (state <> 'waived' OR plan <> '')
);

CREATE UNIQUE INDEX conflicts_case ON conflicts (application_id, person_id);
CREATE INDEX conflicts_person ON conflicts (person_id, state, application_id);
CREATE INDEX conflicts_open ON conflicts (program_id, id) WHERE state = 'open';
