-- Organizations that may be one, and what each is found by.
-- +goose Up
CREATE TABLE duplicates (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    a_id INTEGER NOT NULL REFERENCES organizations (id),
    b_id INTEGER NOT NULL REFERENCES organizations (id),
    score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 10000),
    signs TEXT NOT NULL,
    decided_by INTEGER REFERENCES people (id),
    note TEXT NOT NULL,
    kept_id INTEGER REFERENCES organizations (id),
    CHECK (a_id < b_id),
    CHECK (state NOT IN ('dismissed', 'linked', 'merged') OR decided_by IS NOT NULL AND note <> ''),
    CHECK (state <> 'merged' OR kept_id IS NOT NULL),
    CHECK (kept_id IN (a_id, b_id))
) STRICT;

CREATE UNIQUE INDEX duplicates_pair ON duplicates (a_id, b_id);
CREATE INDEX duplicates_b ON duplicates (b_id);
CREATE INDEX duplicates_open ON duplicates (id) WHERE state = 'open';

-- The organization that one was taken for, which begins nothing new then.
ALTER TABLE organizations ADD COLUMN merged_into_id INTEGER REFERENCES organizations (id);

-- What organizations are found by that may be one: made from what is stored elsewhere,
-- and made anew whenever that changes.
CREATE TABLE organization_keys (
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (kind, key, organization_id)
) STRICT;

CREATE INDEX organization_keys_organization ON organization_keys (organization_id);
