-- Files with a bank's answers, what they say line by line, and their bytes in parts.
-- +goose Up
CREATE TABLE answer_files (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    back TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    head BLOB NOT NULL CHECK (length(head) = 32),
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    entered INTEGER NOT NULL DEFAULT 0,
    program_id INTEGER NOT NULL REFERENCES programs (id),
    name TEXT NOT NULL,
    format TEXT NOT NULL,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes > 0),
    lines INTEGER NOT NULL CHECK (lines > 0),
    content TEXT NOT NULL,
    imported_by INTEGER REFERENCES people (id),
    applied_by INTEGER REFERENCES people (id),
    round INTEGER NOT NULL CHECK (round >= 0),
    booked INTEGER NOT NULL CHECK (booked >= 0),
    parked INTEGER NOT NULL CHECK (parked >= 0),
    note TEXT NOT NULL,
    CHECK (state NOT IN ('completed', 'parked') OR booked + parked = lines)
) STRICT;

-- The same bytes are imported once, unless they were given up.
CREATE UNIQUE INDEX answer_files_file ON answer_files (program_id, file) WHERE state <> 'cancelled';
CREATE INDEX answer_files_waiting ON answer_files (state, entered, id);

CREATE TABLE answer_parts (
    file TEXT NOT NULL,
    number INTEGER NOT NULL,
    body BLOB NOT NULL,
    proof TEXT NOT NULL,
    PRIMARY KEY (file, number)
) STRICT;

CREATE TABLE answer_lines (
    file_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    program_id INTEGER NOT NULL,
    mark TEXT NOT NULL,
    proof TEXT NOT NULL,
    line INTEGER NOT NULL,
    kind TEXT NOT NULL,
    trace TEXT NOT NULL,
    payment TEXT NOT NULL,
    batch TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    code TEXT NOT NULL,
    day TEXT,
    information TEXT NOT NULL,
    correction TEXT NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('due', 'booked', 'already', 'parked')),
    reason TEXT NOT NULL CHECK ((reason <> '') = (result = 'parked')),
    record_id INTEGER,
    round INTEGER NOT NULL CHECK (round >= 0),
    PRIMARY KEY (file_id, number)
) STRICT;

CREATE INDEX answer_lines_mark ON answer_lines (program_id, mark) WHERE result = 'booked';
CREATE INDEX answer_lines_result ON answer_lines (file_id, result, number);

-- Whether a batch waits for an answer.
CREATE INDEX payments_unsettled ON payments (batch_id) WHERE state IN ('exported', 'recalled');

