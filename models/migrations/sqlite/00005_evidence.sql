-- Evidence: who organizations are, currencies and eliminations of statements, exchange rates.
-- A rate is in billionths of a dollar for one unit, a stated amount in hundredths of a unit.
-- +goose Up
ALTER TABLE organizations ADD COLUMN cage TEXT NOT NULL DEFAULT '' CHECK (length(cage) IN (0, 5));
ALTER TABLE organizations ADD COLUMN naics TEXT NOT NULL DEFAULT '' CHECK (length(naics) IN (0, 6));
ALTER TABLE organizations ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN mailing TEXT NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN founded TEXT;
ALTER TABLE organizations ADD COLUMN registered_for_id INTEGER REFERENCES organizations (id);

ALTER TABLE statements ADD COLUMN currency TEXT NOT NULL DEFAULT '' CHECK (length(currency) IN (0, 3));
ALTER TABLE statements ADD COLUMN standard TEXT NOT NULL DEFAULT '';
ALTER TABLE statements ADD COLUMN document_name TEXT NOT NULL DEFAULT '';
ALTER TABLE statements ADD COLUMN replaces_id INTEGER REFERENCES statements (id);

ALTER TABLE applications ADD COLUMN evidence_changed INTEGER NOT NULL DEFAULT 0 CHECK (evidence_changed IN (0, 1));

CREATE TABLE eliminations (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    statement_id INTEGER NOT NULL REFERENCES statements (id),
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    counterparty_id INTEGER NOT NULL REFERENCES organizations (id),
    amount INTEGER NOT NULL,
    document TEXT NOT NULL,
    document_name TEXT NOT NULL,
    decided_by INTEGER REFERENCES people (id),
    note TEXT NOT NULL,
    CHECK (amount > 0),
    CHECK (counterparty_id <> organization_id)
) STRICT;

CREATE TABLE rates (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    currency TEXT NOT NULL,
    period_start TEXT NOT NULL,
    period_end TEXT NOT NULL,
    usd_per_unit INTEGER NOT NULL,
    publisher TEXT NOT NULL,
    note TEXT NOT NULL,
    CHECK (length(currency) = 3 AND currency <> 'USD'),
    CHECK (period_start <= period_end),
    CHECK (usd_per_unit > 0)
) STRICT;

CREATE INDEX eliminations_statement ON eliminations (statement_id);
CREATE INDEX organizations_registered_for ON organizations (registered_for_id) WHERE registered_for_id IS NOT NULL;
-- One rate of a currency for a period.
CREATE UNIQUE INDEX rates_period ON rates (currency, period_start, period_end) WHERE state = 'active';
-- A statement is amended once.
CREATE UNIQUE INDEX statements_replaces ON statements (replaces_id) WHERE replaces_id IS NOT NULL;
