-- What recipients report of their awards, and how often a program asks for it.
-- +goose Up
ALTER TABLE programs ADD COLUMN report_months INTEGER NOT NULL DEFAULT 0;
ALTER TABLE programs ADD COLUMN report_days INTEGER NOT NULL DEFAULT 0;

CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    entered INTEGER NOT NULL DEFAULT 0,
    number TEXT NOT NULL UNIQUE,
    award_id INTEGER NOT NULL REFERENCES awards (id),
    application_id INTEGER NOT NULL REFERENCES applications (id),
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    program_id INTEGER NOT NULL REFERENCES programs (id),
    kind TEXT NOT NULL,
    period_start TEXT NOT NULL,
    period_end TEXT NOT NULL,
    due TEXT NOT NULL,
    final INTEGER NOT NULL CHECK (final IN (0, 1)),
    narrative TEXT NOT NULL,
    remarks TEXT NOT NULL,
    receipts INTEGER NOT NULL CHECK (receipts >= 0),
    paid INTEGER NOT NULL CHECK (paid >= 0),
    spent INTEGER NOT NULL CHECK (spent >= 0),
    unliquidated INTEGER NOT NULL CHECK (unliquidated >= 0),
    share_due INTEGER NOT NULL CHECK (share_due >= 0),
    share_spent INTEGER NOT NULL CHECK (share_spent >= 0),
    income INTEGER NOT NULL CHECK (income >= 0),
    deducted INTEGER NOT NULL CHECK (deducted >= 0),
    added INTEGER NOT NULL CHECK (added >= 0),
    saved_by INTEGER REFERENCES people (id),
    submitted_by INTEGER REFERENCES people (id),
    as_of INTEGER,
    authorized INTEGER NOT NULL CHECK (authorized >= 0),
    received INTEGER NOT NULL CHECK (received >= 0),
    decided_by INTEGER REFERENCES people (id),
    note TEXT NOT NULL,
    CHECK (period_start < period_end),
    CHECK (state NOT IN ('submitted', 'accepted') OR spent + unliquidated <= authorized)
) STRICT;

CREATE INDEX reports_award ON reports (award_id, state, due);
CREATE INDEX reports_waiting ON reports (state, entered, id);
