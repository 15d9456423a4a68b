-- By which words applications and organizations are found: made from what they say, in the transaction that
-- changes it. Bytes, because every database compares them alike.
-- +goose Up
CREATE TABLE search_terms (
    term BYTEA NOT NULL,
    record_id BIGINT NOT NULL,
    PRIMARY KEY (term, record_id)
);
