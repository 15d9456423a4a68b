-- Mails, each as it is sent, and what became of it.
-- +goose Up
CREATE TABLE messages (
    id BIGINT PRIMARY KEY,
    event BIGINT NOT NULL REFERENCES events (id),
    application_id BIGINT REFERENCES applications (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'kept')),
    attempts BIGINT NOT NULL,
    error TEXT NOT NULL,
    made BIGINT NOT NULL,
    sent BIGINT,
    UNIQUE (event, person_id, kind),
    CHECK ((state = 'sent') = (sent IS NOT NULL))
);

CREATE INDEX messages_application ON messages (application_id) WHERE application_id IS NOT NULL;
