-- The first schema. Moments are microseconds since 1970-01-01 UTC, money is whole cents,
-- days are text such as 2026-09-30, booleans are 0 or 1, no reference is NULL.
-- +goose Up
CREATE TABLE programs (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    agency TEXT NOT NULL,
    second_over INTEGER NOT NULL,
    bank_hold_days INTEGER NOT NULL,
    presume_days INTEGER NOT NULL,
    bank_routing TEXT NOT NULL,
    bank_name TEXT NOT NULL,
    company_name TEXT NOT NULL,
    company_id TEXT NOT NULL,
    UNIQUE (prefix),
    CHECK (second_over >= 0)
) STRICT;

CREATE TABLE funds (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    program_id INTEGER NOT NULL REFERENCES programs (id),
    symbol TEXT NOT NULL,
    name TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    expired INTEGER NOT NULL,
    appropriated INTEGER NOT NULL,
    UNIQUE (program_id, symbol, fiscal_year),
    CHECK (appropriated >= 0),
    CHECK (expired IN (0, 1))
) STRICT;

CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    password TEXT NOT NULL,
    UNIQUE (email)
) STRICT;

CREATE TABLE organizations (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    legal_name TEXT NOT NULL,
    uei TEXT NOT NULL,
    ein TEXT NOT NULL,
    street TEXT NOT NULL,
    city TEXT NOT NULL,
    region TEXT NOT NULL,
    zip TEXT NOT NULL,
    country TEXT NOT NULL,
    website TEXT NOT NULL,
    invented INTEGER NOT NULL,
    note TEXT NOT NULL,
    CHECK (length(uei) IN (0, 12))
) STRICT;

CREATE TABLE affiliations (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    owner_id INTEGER NOT NULL REFERENCES organizations (id),
    owned_id INTEGER NOT NULL REFERENCES organizations (id),
    share INTEGER NOT NULL,
    control INTEGER NOT NULL,
    since TEXT,
    until TEXT,
    note TEXT NOT NULL,
    CHECK (owner_id <> owned_id),
    CHECK (share BETWEEN 0 AND 10000)
) STRICT;

CREATE TABLE statements (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    fiscal_year INTEGER NOT NULL,
    period_start TEXT,
    period_end TEXT,
    amount INTEGER NOT NULL,
    source TEXT NOT NULL,
    document TEXT NOT NULL,
    note TEXT NOT NULL,
    CHECK (amount >= 0),
    CHECK (period_start <= period_end)
) STRICT;

CREATE TABLE grants (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    program_id INTEGER REFERENCES programs (id),
    organization_id INTEGER REFERENCES organizations (id),
    CHECK (program_id IS NULL OR organization_id IS NULL)
) STRICT;

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    sum TEXT NOT NULL,
    scopes TEXT NOT NULL,
    ends INTEGER,
    UNIQUE (sum)
) STRICT;

CREATE TABLE opportunities (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    program_id INTEGER NOT NULL REFERENCES programs (id),
    fund_id INTEGER NOT NULL REFERENCES funds (id),
    number TEXT NOT NULL,
    prefix TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    opens INTEGER NOT NULL,
    closes INTEGER,
    zone TEXT NOT NULL,
    grace_minutes INTEGER NOT NULL,
    rolling INTEGER NOT NULL,
    award_cap INTEGER NOT NULL,
    revenue_cap INTEGER NOT NULL,
    basis TEXT NOT NULL,
    reviews_needed INTEGER NOT NULL,
    appeal_days INTEGER NOT NULL,
    offer_days INTEGER NOT NULL,
    paused_at INTEGER,
    UNIQUE (number),
    CHECK (award_cap BETWEEN 1 AND 500000000),
    CHECK (revenue_cap BETWEEN 1 AND 10000000000),
    CHECK (rolling = 1 OR closes IS NOT NULL),
    CHECK (closes IS NULL OR closes > opens)
) STRICT;

CREATE TABLE applications (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    number TEXT NOT NULL,
    program_id INTEGER NOT NULL REFERENCES programs (id),
    opportunity_id INTEGER NOT NULL REFERENCES opportunities (id),
    fund_id INTEGER NOT NULL REFERENCES funds (id),
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    started_by INTEGER REFERENCES people (id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    approach TEXT NOT NULL,
    outcome TEXT NOT NULL,
    requested INTEGER NOT NULL,
    months INTEGER NOT NULL,
    certified INTEGER NOT NULL,
    submissions INTEGER NOT NULL,
    submitted_at INTEGER,
    submitted_by INTEGER REFERENCES people (id),
    snapshot TEXT NOT NULL,
    sent TEXT NOT NULL,
    aside TEXT NOT NULL,
    extended_until INTEGER,
    officer_id INTEGER REFERENCES people (id),
    handled_by INTEGER REFERENCES people (id),
    verdict_outcome TEXT NOT NULL,
    verdict TEXT NOT NULL,
    question TEXT NOT NULL,
    reply TEXT NOT NULL,
    reply_due TEXT,
    rank INTEGER NOT NULL,
    recommended INTEGER NOT NULL,
    committed INTEGER NOT NULL,
    recommended_by INTEGER REFERENCES people (id),
    determined_by INTEGER REFERENCES people (id),
    awarded INTEGER NOT NULL,
    award_id INTEGER,
    codes TEXT NOT NULL,
    note TEXT NOT NULL,
    flag TEXT NOT NULL,
    grounds TEXT NOT NULL,
    appeal_spent INTEGER NOT NULL,
    decided_at INTEGER,
    UNIQUE (number),
    CHECK (requested >= 0),
    CHECK (recommended BETWEEN 0 AND 500000000),
    CHECK (committed BETWEEN 0 AND 500000000),
    CHECK (awarded BETWEEN 0 AND 500000000)
) STRICT;

CREATE TABLE reviews (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    application_id INTEGER NOT NULL REFERENCES applications (id),
    program_id INTEGER NOT NULL REFERENCES programs (id),
    reviewer_id INTEGER NOT NULL REFERENCES people (id),
    invited_by INTEGER REFERENCES people (id),
    due TEXT,
    no_conflict INTEGER NOT NULL,
    scores TEXT NOT NULL,
    mean INTEGER NOT NULL,
    comment TEXT NOT NULL,
    feedback TEXT NOT NULL,
    note TEXT NOT NULL,
    submitted_at INTEGER,
    CHECK (mean BETWEEN 0 AND 10000)
) STRICT;

CREATE TABLE bank_accounts (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    routing TEXT NOT NULL,
    sealed TEXT NOT NULL,
    last4 TEXT NOT NULL,
    savings INTEGER NOT NULL,
    holder TEXT NOT NULL,
    entered_by INTEGER REFERENCES people (id),
    change INTEGER NOT NULL,
    verified_by INTEGER REFERENCES people (id),
    method TEXT NOT NULL,
    confirmed_by INTEGER REFERENCES people (id),
    replaces_id INTEGER REFERENCES bank_accounts (id),
    note TEXT NOT NULL,
    CHECK (length(routing) = 9),
    CHECK (length(last4) <= 4),
    CHECK (verified_by <> entered_by),
    CHECK (confirmed_by <> entered_by AND confirmed_by <> verified_by)
) STRICT;

CREATE TABLE awards (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    number TEXT NOT NULL,
    application_id INTEGER NOT NULL REFERENCES applications (id),
    program_id INTEGER NOT NULL REFERENCES programs (id),
    opportunity_id INTEGER NOT NULL REFERENCES opportunities (id),
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    group_id INTEGER NOT NULL REFERENCES organizations (id),
    fund_id INTEGER NOT NULL REFERENCES funds (id),
    face INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    terms TEXT NOT NULL,
    offered_by INTEGER REFERENCES people (id),
    offer_ends INTEGER,
    period_start TEXT,
    period_end TEXT,
    accepted_by INTEGER REFERENCES people (id),
    accepted_at INTEGER,
    bank_account_id INTEGER REFERENCES bank_accounts (id),
    bank_version INTEGER NOT NULL,
    signature TEXT NOT NULL,
    countersigned_by INTEGER REFERENCES people (id),
    countersigned_at INTEGER,
    suspended_by INTEGER REFERENCES people (id),
    change_asked TEXT NOT NULL,
    closing_since INTEGER,
    note TEXT NOT NULL,
    UNIQUE (number),
    CHECK (face BETWEEN 1 AND 500000000)
) STRICT;

CREATE TABLE tranches (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    award_id INTEGER NOT NULL REFERENCES awards (id),
    application_id INTEGER NOT NULL REFERENCES applications (id),
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    deliverable TEXT NOT NULL,
    amount INTEGER NOT NULL,
    due TEXT,
    UNIQUE (award_id, number),
    CHECK (amount > 0),
    CHECK (kind IN ('cash', 'node_hours'))
) STRICT;

CREATE TABLE claims (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    number TEXT NOT NULL,
    award_id INTEGER NOT NULL REFERENCES awards (id),
    application_id INTEGER NOT NULL REFERENCES applications (id),
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    fund_id INTEGER NOT NULL REFERENCES funds (id),
    tranche_id INTEGER NOT NULL REFERENCES tranches (id),
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    narrative TEXT NOT NULL,
    started_by INTEGER REFERENCES people (id),
    submitted_by INTEGER REFERENCES people (id),
    question TEXT NOT NULL,
    reply TEXT NOT NULL,
    verified_by INTEGER REFERENCES people (id),
    approved_by INTEGER REFERENCES people (id),
    codes TEXT NOT NULL,
    note TEXT NOT NULL,
    payment_id INTEGER,
    UNIQUE (number),
    CHECK (amount > 0)
) STRICT;

CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    number TEXT NOT NULL,
    program_id INTEGER NOT NULL REFERENCES programs (id),
    prepared_by INTEGER REFERENCES people (id),
    effective TEXT,
    count INTEGER NOT NULL,
    total INTEGER NOT NULL,
    entry_hash TEXT NOT NULL,
    members TEXT NOT NULL,
    certified_by INTEGER REFERENCES people (id),
    second_by INTEGER REFERENCES people (id),
    released_by INTEGER REFERENCES people (id),
    format TEXT NOT NULL,
    file TEXT NOT NULL,
    register TEXT NOT NULL,
    exported_at INTEGER,
    reference TEXT NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (number),
    CHECK (count >= 0 AND total >= 0),
    CHECK (certified_by <> prepared_by),
    CHECK (second_by <> certified_by AND second_by <> prepared_by),
    CHECK (released_by <> prepared_by AND released_by <> certified_by)
) STRICT;

CREATE TABLE payments (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    number TEXT NOT NULL,
    claim_id INTEGER NOT NULL REFERENCES claims (id),
    award_id INTEGER NOT NULL REFERENCES awards (id),
    application_id INTEGER NOT NULL REFERENCES applications (id),
    organization_id INTEGER NOT NULL REFERENCES organizations (id),
    program_id INTEGER NOT NULL REFERENCES programs (id),
    fund_id INTEGER NOT NULL REFERENCES funds (id),
    tranche_id INTEGER NOT NULL REFERENCES tranches (id),
    amount INTEGER NOT NULL,
    bank_account_id INTEGER REFERENCES bank_accounts (id),
    bank_version INTEGER NOT NULL,
    batch_id INTEGER REFERENCES batches (id),
    trace TEXT NOT NULL,
    exported_at INTEGER,
    held_by INTEGER REFERENCES people (id),
    hold_reason TEXT NOT NULL,
    held_until TEXT,
    return_code TEXT NOT NULL,
    reissues_id INTEGER,
    reissued_by INTEGER,
    presumed INTEGER NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (number),
    CHECK (amount > 0),
    CHECK (state <> 'batched' OR batch_id IS NOT NULL),
    CHECK (state <> 'exported' OR trace <> '')
) STRICT;

CREATE TABLE holds (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    program_id INTEGER REFERENCES programs (id),
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    next_look TEXT,
    restricted INTEGER NOT NULL,
    placed_by INTEGER REFERENCES people (id),
    lifted_by INTEGER REFERENCES people (id),
    note TEXT NOT NULL,
    CHECK (lifted_by <> placed_by)
) STRICT;

CREATE TABLE exceptions (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    program_id INTEGER REFERENCES programs (id),
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    requested_by INTEGER REFERENCES people (id),
    decided_by INTEGER REFERENCES people (id),
    ends INTEGER,
    note TEXT NOT NULL,
    CHECK (decided_by <> requested_by)
) STRICT;

CREATE TABLE id_blocks (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    taken INTEGER NOT NULL
) STRICT;
INSERT INTO id_blocks (one, taken) VALUES (1, 0);

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    noun TEXT NOT NULL,
    record_id INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    application_id INTEGER,
    action TEXT NOT NULL,
    start_state TEXT NOT NULL,
    end_state TEXT NOT NULL,
    actor_id INTEGER REFERENCES people (id),
    on_behalf_id INTEGER REFERENCES people (id),
    via_id INTEGER REFERENCES tokens (id),
    cause_id INTEGER,
    at INTEGER NOT NULL,
    inputs TEXT NOT NULL,
    changes TEXT NOT NULL,
    row_hash BLOB NOT NULL CHECK (length(row_hash) = 32),
    prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (record_id, version)
) STRICT;
CREATE INDEX events_application ON events (application_id, id) WHERE application_id IS NOT NULL;

CREATE TABLE postings (
    event_id INTEGER NOT NULL REFERENCES events (id),
    seq INTEGER NOT NULL,
    fund_id INTEGER NOT NULL REFERENCES funds (id),
    application_id INTEGER REFERENCES applications (id),
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    cents INTEGER NOT NULL CHECK (cents > 0),
    PRIMARY KEY (event_id, seq),
    CHECK (debit <> credit)
) STRICT;
CREATE INDEX postings_fund ON postings (fund_id, event_id);

-- The sum over a group of affiliates in an opportunity. A merger of groups may
-- bring it above the cap: that is a fact that came later, not a fault.
CREATE TABLE group_caps (
    opportunity_id INTEGER NOT NULL REFERENCES opportunities (id),
    group_id INTEGER NOT NULL REFERENCES organizations (id),
    cents INTEGER NOT NULL DEFAULT 0 CHECK (cents >= 0),
    merged INTEGER NOT NULL DEFAULT 0 CHECK (merged IN (0, 1)),
    PRIMARY KEY (opportunity_id, group_id),
    CHECK (merged = 1 OR cents <= 500000000)
) STRICT;

-- The group of affiliates that an organization belongs to, named by one of its members.
CREATE TABLE organization_groups (
    organization_id INTEGER PRIMARY KEY REFERENCES organizations (id),
    group_id INTEGER NOT NULL REFERENCES organizations (id)
) STRICT;
CREATE INDEX organization_groups_group ON organization_groups (group_id);

CREATE TABLE documents (
    sum TEXT PRIMARY KEY CHECK (length(sum) = 64),
    body BLOB NOT NULL,
    made INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
    principal_id INTEGER NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    body_sum BLOB NOT NULL,
    answer TEXT NOT NULL,
    made INTEGER NOT NULL,
    sum BLOB NOT NULL CHECK (length(sum) = 32),
    PRIMARY KEY (principal_id, route, key)
) STRICT;

CREATE TABLE sessions (
    sum TEXT PRIMARY KEY CHECK (length(sum) = 64),
    person_id INTEGER NOT NULL REFERENCES people (id),
    signed_in INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    ends INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_person ON sessions (person_id);

-- Wrong passwords, counted per account and per source so that guessing cools down.
CREATE TABLE sign_in_failures (
    subject TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;

CREATE TABLE fund_balances (
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
    CHECK (authority + available + committed + obligated + payable + in_flight + disbursed + receivable + recovered = 0)
) STRICT;

CREATE TABLE application_balances (
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
    CHECK (available + committed + obligated + payable + in_flight + disbursed + receivable + recovered = 0),
    CHECK (committed + obligated + payable + in_flight + disbursed <= 500000000)
) STRICT;

-- One organization per UEI; an affiliate may have none.
CREATE UNIQUE INDEX organizations_uei ON organizations (uei) WHERE uei <> '';
-- One live payment per tranche.
CREATE UNIQUE INDEX payments_live ON payments (tranche_id) WHERE state IN ('ready', 'held', 'batched', 'exported', 'recalled', 'settled');
-- One open or paid claim per tranche.
CREATE UNIQUE INDEX claims_live ON claims (tranche_id) WHERE state IN ('draft', 'submitted', 'queried', 'verified', 'approved', 'paid');
-- One live award per application.
CREATE UNIQUE INDEX awards_live ON awards (application_id) WHERE state IN ('offered', 'change_requested', 'accepted', 'active', 'suspended', 'closing', 'closed');
-- One live application of an organization under an opportunity.
CREATE UNIQUE INDEX applications_live ON applications (opportunity_id, organization_id) WHERE state NOT IN ('withdrawn', 'expired', 'declined', 'ineligible', 'not_accepted');
-- One live review of an application by a reviewer.
CREATE UNIQUE INDEX reviews_live ON reviews (application_id, reviewer_id) WHERE state IN ('invited', 'accepted', 'submitted');
-- One statement of an organization for a fiscal year.
CREATE UNIQUE INDEX statements_year ON statements (organization_id, fiscal_year) WHERE state = 'active';
-- A role is granted once.
CREATE UNIQUE INDEX grants_live ON grants (person_id, role, COALESCE(program_id, 0), COALESCE(organization_id, 0)) WHERE state = 'active';
-- One verified bank account of an organization; a change is confirmed a moment before the account it replaces is superseded.
CREATE UNIQUE INDEX bank_accounts_live ON bank_accounts (organization_id) WHERE state = 'verified' AND replaces_id IS NULL;
CREATE UNIQUE INDEX bank_accounts_change ON bank_accounts (replaces_id) WHERE state = 'verified';
CREATE UNIQUE INDEX payments_trace ON payments (trace) WHERE trace <> '';

CREATE INDEX applications_queue ON applications (program_id, state, submitted_at, id);
CREATE INDEX applications_organization ON applications (organization_id, id);
CREATE INDEX applications_opportunity ON applications (opportunity_id, state, rank);
CREATE INDEX reviews_reviewer ON reviews (reviewer_id, state, id);
CREATE INDEX awards_application ON awards (application_id);
CREATE INDEX awards_program ON awards (program_id, state, id);
CREATE INDEX awards_organization ON awards (organization_id, id);
CREATE INDEX claims_award ON claims (award_id, id);
CREATE INDEX claims_state ON claims (state, id);
CREATE INDEX payments_state ON payments (program_id, state, id);
CREATE INDEX payments_batch ON payments (batch_id, id);
CREATE INDEX payments_award ON payments (award_id);
CREATE INDEX payments_account ON payments (bank_account_id, state);
CREATE INDEX bank_accounts_organization ON bank_accounts (organization_id, id);
CREATE INDEX holds_standing ON holds (subject_id) WHERE state = 'placed';
CREATE INDEX exceptions_subject ON exceptions (subject_id, state);
CREATE INDEX affiliations_owner ON affiliations (owner_id);
CREATE INDEX affiliations_owned ON affiliations (owned_id);
CREATE INDEX statements_organization ON statements (organization_id);
CREATE INDEX grants_person ON grants (person_id, state);

-- +goose StatementBegin
CREATE TRIGGER events_fixed_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_fixed_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER postings_fixed_update BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings are only ever added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER postings_fixed_delete BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings are only ever added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER documents_fixed_update BEFORE UPDATE ON documents BEGIN SELECT RAISE(ABORT, 'documents are only ever added'); END;
-- +goose StatementEnd
