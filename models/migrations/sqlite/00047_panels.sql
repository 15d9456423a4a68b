-- Panels, and the cases that they consider.
-- +goose Up
CREATE TABLE panels (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    program_id INTEGER NOT NULL REFERENCES programs (id),
    opportunity_id INTEGER NOT NULL REFERENCES opportunities (id),
    name TEXT NOT NULL CHECK (name <> ''),
    chair_id INTEGER NOT NULL REFERENCES people (id),
    quorum INTEGER NOT NULL CHECK (quorum BETWEEN 1 AND 50),
    members TEXT NOT NULL,
    note TEXT NOT NULL,
    CHECK (members LIKE '%,' || chair_id || ',%')
) STRICT;

CREATE INDEX panels_opportunity ON panels (opportunity_id, id);
CREATE INDEX panels_open ON panels (id) WHERE state = 'open';

CREATE TABLE deliberations (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    program_id INTEGER NOT NULL REFERENCES programs (id),
    panel_id INTEGER NOT NULL REFERENCES panels (id),
    application_id INTEGER NOT NULL REFERENCES applications (id),
    out TEXT NOT NULL,
    score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
    present INTEGER NOT NULL CHECK (present >= 0),
    minutes TEXT NOT NULL,
    confirmed_by INTEGER REFERENCES people (id),
    note TEXT NOT NULL,
    CHECK (state <> 'confirmed' OR confirmed_by IS NOT NULL AND present > 0 AND minutes <> '')
) STRICT;

CREATE UNIQUE INDEX deliberations_case ON deliberations (panel_id, application_id);
CREATE INDEX deliberations_application ON deliberations (application_id, state);
