-- The numbers that a bank file takes and no other may have, per originating bank:
-- the trace sequences that were handed out, and the files of a day.
-- +goose Up
CREATE TABLE bank_numbers (
    odfi TEXT PRIMARY KEY CHECK (length(odfi) = 8),
    last INTEGER NOT NULL CHECK (last BETWEEN 0 AND 9999999),
    day TEXT NOT NULL,
    files INTEGER NOT NULL CHECK (files >= 0)
) STRICT;
