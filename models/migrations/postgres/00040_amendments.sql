-- Signed changes of awards, and the name of the recipient in the agreement.
-- +goose Up
ALTER TABLE awards ADD COLUMN recipient TEXT NOT NULL DEFAULT '';

CREATE TABLE amendments (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    entered BIGINT NOT NULL DEFAULT 0,
    number TEXT NOT NULL,
    award_id BIGINT NOT NULL REFERENCES awards (id),
    application_id BIGINT NOT NULL REFERENCES applications (id),
    program_id BIGINT NOT NULL REFERENCES programs (id),
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    successor_id BIGINT REFERENCES organizations (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    kind TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> ''),
    amount BIGINT NOT NULL CHECK (amount BETWEEN 0 AND 500000000),
    plan TEXT NOT NULL,
    wording TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 1),
    base TEXT NOT NULL,
    agreement TEXT NOT NULL,
    face BIGINT NOT NULL CHECK (face BETWEEN 1 AND 500000000),
    period_end TEXT NOT NULL,
    recipient TEXT NOT NULL,
    bank_account_id BIGINT REFERENCES bank_accounts (id),
    bank_version BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    ends BIGINT,
    requested_by BIGINT NOT NULL REFERENCES people (id),
    approved_by BIGINT REFERENCES people (id),
    signed_by BIGINT REFERENCES people (id),
    signed_at BIGINT,
    codes TEXT NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (number),
    CHECK (approved_by <> requested_by),
    CHECK (signed_by <> approved_by),
    CHECK (counted BETWEEN 0 AND face),
    CHECK (counted = 0 OR state = 'approved'),
    CHECK ((kind = 'novation') = (successor_id IS NOT NULL)),
    CHECK (successor_id <> organization_id)
);

-- One approved amendment of an award waits for its signature, and each revision is made once.
CREATE UNIQUE INDEX amendments_approved ON amendments (award_id) WHERE state = 'approved';
CREATE UNIQUE INDEX amendments_signed ON amendments (award_id, revision) WHERE state = 'signed';
CREATE INDEX amendments_award ON amendments (award_id, id);
CREATE INDEX amendments_waiting ON amendments (state, entered, id);
