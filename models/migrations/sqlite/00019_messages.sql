-- Mails, each as it is sent, and what became of it.
-- +goose Up
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    event INTEGER NOT NULL REFERENCES events (id),
    application_id INTEGER REFERENCES applications (id),
    person_id INTEGER NOT NULL REFERENCES people (id),
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'kept')),
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL,
    made INTEGER NOT NULL,
    sent INTEGER,
    UNIQUE (event, person_id, kind),
    CHECK ((state = 'sent') = (sent IS NOT NULL))
) STRICT;

CREATE INDEX messages_application ON messages (application_id) WHERE application_id IS NOT NULL;
