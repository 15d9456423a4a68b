-- Who is looking at which case, and who passed over it and why: hints for who comes next, no records.
-- +goose Up
CREATE TABLE turns (
    application_id BIGINT NOT NULL REFERENCES applications (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    since BIGINT NOT NULL,
    ends BIGINT NOT NULL CHECK (ends > since),
    skipped TEXT NOT NULL,
    PRIMARY KEY (application_id, person_id)
);
CREATE INDEX turns_person ON turns (person_id);
