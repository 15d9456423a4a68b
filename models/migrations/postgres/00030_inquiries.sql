-- Questions to an applicant are numbered over all requests of a case; answers may come with files.
-- +goose Up
ALTER TABLE applications ADD COLUMN asked_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE applications ADD COLUMN reply_files TEXT NOT NULL DEFAULT '';
