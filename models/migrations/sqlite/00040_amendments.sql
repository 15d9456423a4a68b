-- Signed changes of awards, and the name of the recipient in the agreement.
-- +goose Up
ALTER TABLE awards ADD COLUMN recipient TEXT NOT NULL DEFAULT '';

CREATE TABLE amendments (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    entered INTEGER NOT NULL DEFAULT 0,
    number TEXT NOT NULL,
    award_id INTEGER NOT NULL REFERENCES awards (id),
    application_id INTEGER NOT NULL REFERENCES applications (id),
    program_id INTEGER NOT NULL REFERENCES programs (id),
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    successor_id INTEGER REFERENCES organizations (id),
    fund_id INTEGER NOT NULL REFERENCES funds (id),
    kind TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 500000000),
    plan TEXT NOT NULL,
    wording TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision > 1),
    base TEXT NOT NULL,
    agreement TEXT NOT NULL,
    face INTEGER NOT NULL CHECK (face BETWEEN 1 AND 500000000),
    period_end TEXT NOT NULL,
    recipient TEXT NOT NULL,
    bank_account_id INTEGER REFERENCES bank_accounts (id),
    bank_version INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    ends INTEGER,
    requested_by INTEGER NOT NULL REFERENCES people (id),
    approved_by INTEGER REFERENCES people (id),
    signed_by INTEGER REFERENCES people (id),
    signed_at INTEGER,
    codes TEXT NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (number),
    CHECK (approved_by <> requested_by),
    CHECK (signed_by <> approved_by),
    CHECK (counted BETWEEN 0 AND face),
    CHECK (counted = 0 OR state = 'approved'),
    CHECK ((kind = 'novation') = (successor_id IS NOT NULL)),
    CHECK (successor_id <> organization_id)
) STRICT;

-- One approved amendment of an award waits for its signature, and each revision is made once.
CREATE UNIQUE INDEX amendments_approved ON amendments (award_id) WHERE state = 'approved';
CREATE UNIQUE INDEX amendments_signed ON amendments (award_id, revision) WHERE state = 'signed';
CREATE INDEX amendments_award ON amendments (award_id, id);
CREATE INDEX amendments_waiting ON amendments (state, entered, id);
