-- Panels, and the cases that they consider.
-- +goose Up
CREATE TABLE panels (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    opportunity_id BIGINT NOT NULL REFERENCES opportunities (id),
    name TEXT NOT NULL CHECK (name <> ''),
    chair_id BIGINT NOT NULL REFERENCES people (id),
    quorum BIGINT NOT NULL CHECK (quorum BETWEEN 1 AND 50),
    members TEXT NOT NULL,
    note TEXT NOT NULL,
    CHECK (members LIKE '%,' || chair_id || ',%')
);

CREATE INDEX panels_opportunity ON panels (opportunity_id, id);
CREATE INDEX panels_open ON panels (id) WHERE state = 'open';

CREATE TABLE deliberations (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    program_id BIGINT NOT NULL REFERENCES programs (id),
    panel_id BIGINT NOT NULL REFERENCES panels (id),
    application_id BIGINT NOT NULL REFERENCES applications (id),
    out TEXT NOT NULL,
    score BIGINT NOT NULL CHECK (score BETWEEN 0 AND 100),
    present BIGINT NOT NULL CHECK (present >= 0),
    minutes TEXT NOT NULL,
    confirmed_by BIGINT REFERENCES people (id),
    note TEXT NOT NULL,
    CHECK (state <> 'confirmed' OR confirmed_by IS NOT NULL AND present > 0 AND minutes <> '')
);

CREATE UNIQUE INDEX deliberations_case ON deliberations (panel_id, application_id);
CREATE INDEX deliberations_application ON deliberations (application_id, state);
