-- Who acts for whom, in which role, and when.
-- +goose Up
CREATE TABLE delegations (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    deputy_id INTEGER NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    program_id INTEGER NOT NULL REFERENCES programs (id),
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    note TEXT NOT NULL,
    CHECK (person_id <> deputy_id),
    CHECK (starts < ends)
) STRICT;

CREATE INDEX delegations_deputy ON delegations (deputy_id) WHERE state = 'active';
CREATE INDEX delegations_person ON delegations (person_id);

-- What was done as a deputy: few events are.
CREATE INDEX events_on_behalf ON events (on_behalf_id) WHERE on_behalf_id IS NOT NULL;
