-- Notices of award: letters about a revision of an agreement.
-- +goose Up
ALTER TABLE letters ADD COLUMN award_id BIGINT REFERENCES awards (id);
ALTER TABLE letters ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX letters_award ON letters (award_id, revision) WHERE award_id IS NOT NULL;
