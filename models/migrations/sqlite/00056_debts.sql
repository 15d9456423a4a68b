-- What is found wrong with awards, and money that has to come back. A debt that is given up
-- has an account of its own.
-- +goose Up
CREATE TABLE findings (
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
    raised_in TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    questioned INTEGER NOT NULL CHECK (questioned >= 0),
    due TEXT NOT NULL,
    reply TEXT NOT NULL,
    raised_by INTEGER REFERENCES people (id),
    decided_by INTEGER REFERENCES people (id),
    disallowed INTEGER NOT NULL CHECK (disallowed BETWEEN 0 AND questioned),
    note TEXT NOT NULL,
    CHECK (state <> 'sustained' OR decided_by <> raised_by)
) STRICT;

CREATE INDEX findings_award ON findings (award_id, state);
CREATE INDEX findings_waiting ON findings (state, entered, id);

CREATE TABLE debts (
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
    fund_id INTEGER NOT NULL REFERENCES funds (id),
    kind TEXT NOT NULL,
    origin_id INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    outstanding INTEGER NOT NULL CHECK (outstanding >= 0),
    recovered INTEGER NOT NULL CHECK (recovered >= 0),
    written_off INTEGER NOT NULL CHECK (written_off >= 0),
    debtor TEXT NOT NULL,
    demanded_by INTEGER REFERENCES people (id),
    demanded_on TEXT,
    due TEXT,
    objection TEXT NOT NULL,
    receipt TEXT NOT NULL,
    note TEXT NOT NULL,
    CHECK (amount = outstanding + recovered + written_off)
) STRICT;

-- One debt comes from a payment, a finding or a report.
CREATE UNIQUE INDEX debts_origin ON debts (origin_id);
CREATE INDEX debts_award ON debts (award_id, state);
CREATE INDEX debts_application ON debts (application_id);
CREATE INDEX debts_waiting ON debts (state, entered, id);

-- What was offset against a debt is paid.
ALTER TABLE payments ADD COLUMN debt_id INTEGER REFERENCES debts (id);
DROP INDEX payments_live;
CREATE UNIQUE INDEX payments_live ON payments (tranche_id) WHERE state IN ('ready', 'held', 'batched', 'exported', 'recalled', 'settled', 'offset');

CREATE TABLE fund_balances_new (
    fund_id INTEGER PRIMARY KEY REFERENCES funds (id),
    authority INTEGER NOT NULL DEFAULT 0 CHECK (authority <= 0),
    available INTEGER NOT NULL DEFAULT 0 CHECK (available >= 0),
    committed INTEGER NOT NULL DEFAULT 0 CHECK (committed >= 0),
    obligated INTEGER NOT NULL DEFAULT 0 CHECK (obligated >= 0),
    payable INTEGER NOT NULL DEFAULT 0 CHECK (payable >= 0),
    in_flight INTEGER NOT NULL DEFAULT 0 CHECK (in_flight >= 0),
    disbursed INTEGER NOT NULL DEFAULT 0 CHECK (disbursed >= 0),
    receivable INTEGER NOT NULL DEFAULT 0 CHECK (receivable >= 0),
    recovered INTEGER NOT NULL DEFAULT 0 CHECK (recovered >= 0),
    written_off INTEGER NOT NULL DEFAULT 0 CHECK (written_off >= 0),
    CHECK (authority + available + committed + obligated + payable + in_flight + disbursed + receivable + recovered + written_off = 0)
) STRICT;
INSERT INTO fund_balances_new (fund_id, authority, available, committed, obligated, payable, in_flight, disbursed, receivable, recovered) SELECT fund_id, authority, available, committed, obligated, payable, in_flight, disbursed, receivable, recovered FROM fund_balances;
DROP TABLE fund_balances;
ALTER TABLE fund_balances_new RENAME TO fund_balances;

CREATE TABLE application_balances_new (
    application_id INTEGER PRIMARY KEY REFERENCES applications (id),
    fund_id INTEGER NOT NULL REFERENCES funds (id),
    authority INTEGER NOT NULL DEFAULT 0 CHECK (authority = 0),
    available INTEGER NOT NULL DEFAULT 0 CHECK (available <= 0),
    committed INTEGER NOT NULL DEFAULT 0 CHECK (committed >= 0),
    obligated INTEGER NOT NULL DEFAULT 0 CHECK (obligated >= 0),
    payable INTEGER NOT NULL DEFAULT 0 CHECK (payable >= 0),
    in_flight INTEGER NOT NULL DEFAULT 0 CHECK (in_flight >= 0),
    disbursed INTEGER NOT NULL DEFAULT 0 CHECK (disbursed >= 0),
    receivable INTEGER NOT NULL DEFAULT 0 CHECK (receivable >= 0),
    recovered INTEGER NOT NULL DEFAULT 0 CHECK (recovered >= 0),
    written_off INTEGER NOT NULL DEFAULT 0 CHECK (written_off >= 0),
    CHECK (available + committed + obligated + payable + in_flight + disbursed + receivable + recovered + written_off = 0),
    CHECK (committed + obligated + payable + in_flight + disbursed <= 500000000)
) STRICT;
INSERT INTO application_balances_new (application_id, fund_id, authority, available, committed, obligated, payable, in_flight, disbursed, receivable, recovered) SELECT application_id, fund_id, authority, available, committed, obligated, payable, in_flight, disbursed, receivable, recovered FROM application_balances;
DROP TABLE application_balances;
ALTER TABLE application_balances_new RENAME TO application_balances;
