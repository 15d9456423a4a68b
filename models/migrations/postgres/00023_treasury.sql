-- What Treasury asks of who requests payments from it.
-- +goose Up
ALTER TABLE programs ADD COLUMN pam_agency TEXT NOT NULL DEFAULT '';
ALTER TABLE programs ADD COLUMN location_code TEXT NOT NULL DEFAULT '';
ALTER TABLE programs ADD COLUMN payment_type TEXT NOT NULL DEFAULT '';
