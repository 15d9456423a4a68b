-- What is read of every case to count the queue, and to find what waits, stands in the indexes: the rows are wide.
-- +goose Up
DROP INDEX applications_queue;
CREATE INDEX applications_queue ON applications (program_id, state, submitted_at, id, submissions, requested, officer_id, recommended_by, organization_id, service_due);
CREATE INDEX applications_requested ON applications (program_id, state, requested, id, submissions, officer_id, recommended_by, organization_id);
DROP INDEX applications_waiting;
CREATE INDEX applications_waiting ON applications (state, entered, id, program_id, officer_id, organization_id, service_due);
CREATE INDEX clearances_missing ON clearances (state, kind, application_id) WHERE state IN ('required', 'refused');
