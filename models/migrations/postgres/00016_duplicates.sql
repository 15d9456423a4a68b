-- Organizations that may be one, and what each is found by.
-- +goose Up
CREATE TABLE duplicates (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    a_id BIGINT NOT NULL REFERENCES organizations (id),
    b_id BIGINT NOT NULL REFERENCES organizations (id),
    score BIGINT NOT NULL CHECK (score BETWEEN 0 AND 10000),
    signs TEXT NOT NULL,
    decided_by BIGINT REFERENCES people (id),
    note TEXT NOT NULL,
    kept_id BIGINT REFERENCES organizations (id),
    CHECK (a_id < b_id),
    CHECK (state NOT IN ('dismissed', 'linked', 'merged') OR decided_by IS NOT NULL AND note <> ''),
    CHECK (state <> 'merged' OR kept_id IS NOT NULL),
    CHECK (kept_id IN (a_id, b_id))
);

CREATE UNIQUE INDEX duplicates_pair ON duplicates (a_id, b_id);
CREATE INDEX duplicates_b ON duplicates (b_id);
CREATE INDEX duplicates_open ON duplicates (id) WHERE state = 'open';

-- The organization that one was taken for, which begins nothing new then.
ALTER TABLE organizations ADD COLUMN merged_into_id BIGINT REFERENCES organizations (id);

-- What organizations are found by that may be one: made from what is stored elsewhere,
-- and made anew whenever that changes.
CREATE TABLE organization_keys (
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (kind, key, organization_id)
);

CREATE INDEX organization_keys_organization ON organization_keys (organization_id);
