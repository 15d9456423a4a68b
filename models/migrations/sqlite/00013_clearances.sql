-- The side checks of a case, one of each kind that its terms require.
-- +goose Up
CREATE TABLE clearances (
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
    kind TEXT NOT NULL CHECK (kind IN ('screening', 'merit', 'financial_viability', 'national_security', 'ethics')),
    ends INTEGER,
    decided_by INTEGER REFERENCES people (id),
    decided_at INTEGER,
    note TEXT NOT NULL,
    CHECK (state NOT IN ('cleared', 'refused', 'waived') OR decided_by IS NOT NULL AND decided_at IS NOT NULL),
    CHECK (state NOT IN ('refused', 'waived') OR note <> '')
) STRICT;

CREATE UNIQUE INDEX clearances_kind ON clearances (application_id, kind);
CREATE INDEX clearances_ends ON clearances (ends) WHERE state = 'cleared' AND ends IS NOT NULL;
