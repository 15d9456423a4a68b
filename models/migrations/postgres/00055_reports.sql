-- What recipients report of their awards, and how often a program asks for it.
-- +goose Up
ALTER TABLE programs ADD COLUMN report_months BIGINT NOT NULL DEFAULT 0;
ALTER TABLE programs ADD COLUMN report_days BIGINT NOT NULL DEFAULT 0;

CREATE TABLE reports (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    head BYTEA NOT NULL CHECK (length(head) = 32),
    made BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    entered BIGINT NOT NULL DEFAULT 0,
    number TEXT NOT NULL UNIQUE,
    award_id BIGINT NOT NULL REFERENCES awards (id),
    application_id BIGINT NOT NULL REFERENCES applications (id),
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    program_id BIGINT NOT NULL REFERENCES programs (id),
    kind TEXT NOT NULL,
    period_start TEXT NOT NULL,
    period_end TEXT NOT NULL,
    due TEXT NOT NULL,
    final BIGINT NOT NULL CHECK (final IN (0, 1)),
    narrative TEXT NOT NULL,
    remarks TEXT NOT NULL,
    receipts BIGINT NOT NULL CHECK (receipts >= 0),
    paid BIGINT NOT NULL CHECK (paid >= 0),
    spent BIGINT NOT NULL CHECK (spent >= 0),
    unliquidated BIGINT NOT NULL CHECK (unliquidated >= 0),
    share_due BIGINT NOT NULL CHECK (share_due >= 0),
    share_spent BIGINT NOT NULL CHECK (share_spent >= 0),
    income BIGINT NOT NULL CHECK (income >= 0),
    deducted BIGINT NOT NULL CHECK (deducted >= 0),
    added BIGINT NOT NULL CHECK (added >= 0),
    saved_by BIGINT REFERENCES people (id),
    submitted_by BIGINT REFERENCES people (id),
    as_of BIGINT,
    authorized BIGINT NOT NULL CHECK (authorized >= 0),
    received BIGINT NOT NULL CHECK (received >= 0),
    decided_by BIGINT REFERENCES people (id),
    note TEXT NOT NULL,
    CHECK (period_start < period_end),
    CHECK (state NOT IN ('submitted', 'accepted') OR spent + unliquidated <= authorized)
);

CREATE INDEX reports_award ON reports (award_id, state, due);
CREATE INDEX reports_waiting ON reports (state, entered, id);
