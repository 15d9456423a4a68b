-- Until which day a case is to leave its state, and from when on somebody is reminded of that: days as
-- workflow.Date counts them, 0 for none, -1 for what was not counted yet. Derived from events, holds and terms.
-- +goose Up
ALTER TABLE applications ADD COLUMN service_due BIGINT NOT NULL DEFAULT -1;
ALTER TABLE applications ADD COLUMN service_remind BIGINT NOT NULL DEFAULT 0;
CREATE INDEX applications_service ON applications (service_due, id) WHERE service_due > 0;
CREATE INDEX applications_reminded ON applications (service_remind, id) WHERE service_remind > 0;
CREATE INDEX applications_uncounted ON applications (id) WHERE service_due < 0;
CREATE INDEX holds_of ON holds (subject_id, id);
