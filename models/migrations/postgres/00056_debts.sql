-- What is found wrong with awards, and money that has to come back. A debt that is given up
-- has an account of its own.
-- +goose Up
CREATE TABLE findings (
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
    raised_in TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    questioned BIGINT NOT NULL CHECK (questioned >= 0),
    due TEXT NOT NULL,
    reply TEXT NOT NULL,
    raised_by BIGINT REFERENCES people (id),
    decided_by BIGINT REFERENCES people (id),
    disallowed BIGINT NOT NULL CHECK (disallowed BETWEEN 0 AND questioned),
    note TEXT NOT NULL,
    CHECK (state <> 'sustained' OR decided_by <> raised_by)
);

CREATE INDEX findings_award ON findings (award_id, state);
CREATE INDEX findings_waiting ON findings (state, entered, id);

CREATE TABLE debts (
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
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    kind TEXT NOT NULL,
    origin_id BIGINT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    outstanding BIGINT NOT NULL CHECK (outstanding >= 0),
    recovered BIGINT NOT NULL CHECK (recovered >= 0),
    written_off BIGINT NOT NULL CHECK (written_off >= 0),
    debtor TEXT NOT NULL,
    demanded_by BIGINT REFERENCES people (id),
    demanded_on TEXT,
    due TEXT,
    objection TEXT NOT NULL,
    receipt TEXT NOT NULL,
    note TEXT NOT NULL,
    CHECK (amount = outstanding + recovered + written_off)
);

-- One debt comes from a payment, a finding or a report.
CREATE UNIQUE INDEX debts_origin ON debts (origin_id);
CREATE INDEX debts_award ON debts (award_id, state);
CREATE INDEX debts_application ON debts (application_id);
CREATE INDEX debts_waiting ON debts (state, entered, id);

-- What was offset against a debt is paid.
ALTER TABLE payments ADD COLUMN debt_id BIGINT REFERENCES debts (id);
DROP INDEX payments_live;
CREATE UNIQUE INDEX payments_live ON payments (tranche_id) WHERE state IN ('ready', 'held', 'batched', 'exported', 'recalled', 'settled', 'offset');

CREATE TABLE fund_balances_new (
    fund_id BIGINT PRIMARY KEY REFERENCES funds (id),
    authority BIGINT NOT NULL DEFAULT 0 CHECK (authority <= 0),
    available BIGINT NOT NULL DEFAULT 0 CHECK (available >= 0),
    committed BIGINT NOT NULL DEFAULT 0 CHECK (committed >= 0),
    obligated BIGINT NOT NULL DEFAULT 0 CHECK (obligated >= 0),
    payable BIGINT NOT NULL DEFAULT 0 CHECK (payable >= 0),
    in_flight BIGINT NOT NULL DEFAULT 0 CHECK (in_flight >= 0),
    disbursed BIGINT NOT NULL DEFAULT 0 CHECK (disbursed >= 0),
    receivable BIGINT NOT NULL DEFAULT 0 CHECK (receivable >= 0),
    recovered BIGINT NOT NULL DEFAULT 0 CHECK (recovered >= 0),
    written_off BIGINT NOT NULL DEFAULT 0 CHECK (written_off >= 0),
    CHECK (authority + available + committed + obligated + payable + in_flight + disbursed + receivable + recovered + written_off = 0)
);
INSERT INTO fund_balances_new (fund_id, authority, available, committed, obligated, payable, in_flight, disbursed, receivable, recovered) SELECT fund_id, authority, available, committed, obligated, payable, in_flight, disbursed, receivable, recovered FROM fund_balances;
DROP TABLE fund_balances;
ALTER TABLE fund_balances_new RENAME TO fund_balances;

CREATE TABLE application_balances_new (
    application_id BIGINT PRIMARY KEY REFERENCES applications (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    authority BIGINT NOT NULL DEFAULT 0 CHECK (authority = 0),
    available BIGINT NOT NULL DEFAULT 0 CHECK (available <= 0),
    committed BIGINT NOT NULL DEFAULT 0 CHECK (committed >= 0),
    obligated BIGINT NOT NULL DEFAULT 0 CHECK (obligated >= 0),
    payable BIGINT NOT NULL DEFAULT 0 CHECK (payable >= 0),
    in_flight BIGINT NOT NULL DEFAULT 0 CHECK (in_flight >= 0),
    disbursed BIGINT NOT NULL DEFAULT 0 CHECK (disbursed >= 0),
    receivable BIGINT NOT NULL DEFAULT 0 CHECK (receivable >= 0),
    recovered BIGINT NOT NULL DEFAULT 0 CHECK (recovered >= 0),
    written_off BIGINT NOT NULL DEFAULT 0 CHECK (written_off >= 0),
    CHECK (available + committed + obligated + payable + in_flight + disbursed + receivable + recovered + written_off = 0),
    CHECK (committed + obligated + payable + in_flight + disbursed <= 500000000)
);
INSERT INTO application_balances_new (application_id, fund_id, authority, available, committed, obligated, payable, in_flight, disbursed, receivable, recovered) SELECT application_id, fund_id, authority, available, committed, obligated, payable, in_flight, disbursed, receivable, recovered FROM application_balances;
DROP TABLE application_balances;
ALTER TABLE application_balances_new RENAME TO application_balances;
