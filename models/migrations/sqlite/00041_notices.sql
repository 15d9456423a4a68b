-- Notices of award: letters about a revision of an agreement.
-- +goose Up
ALTER TABLE letters ADD COLUMN award_id INTEGER REFERENCES awards (id);
ALTER TABLE letters ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX letters_award ON letters (award_id, revision) WHERE award_id IS NOT NULL;
