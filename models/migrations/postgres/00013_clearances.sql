-- The side checks of a case, one of each kind that its terms require.
-- +goose Up
CREATE TABLE clearances (
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
    kind TEXT NOT NULL CHECK (kind IN ('screening', 'merit', 'financial_viability', 'national_security', 'ethics')),
    ends BIGINT,
    decided_by BIGINT REFERENCES people (id),
    decided_at BIGINT,
    note TEXT NOT NULL,
    CHECK (state NOT IN ('cleared', 'refused', 'waived') OR decided_by IS NOT NULL AND decided_at IS NOT NULL),
    CHECK (state NOT IN ('refused', 'waived') OR note <> '')
);

CREATE UNIQUE INDEX clearances_kind ON clearances (application_id, kind);
CREATE INDEX clearances_ends ON clearances (ends) WHERE state = 'cleared' AND ends IS NOT NULL;
