-- The reasons among which agents choose when they close a conversation of a queue. They are retired and never deleted.
CREATE TABLE waa_closing_reasons (
    id         text    PRIMARY KEY,
    queue_id   text    NOT NULL,
    label      text    NOT NULL,
    fields     jsonb   NOT NULL DEFAULT '[]',
    position   integer NOT NULL DEFAULT 0,
    retired    boolean NOT NULL DEFAULT false,
    created_at bigint  NOT NULL,
    updated_at bigint  NOT NULL
);
CREATE INDEX waa_closing_reasons_queue ON waa_closing_reasons (queue_id, position);
CREATE UNIQUE INDEX waa_closing_reasons_label ON waa_closing_reasons (queue_id, lower(label)) WHERE NOT retired;

ALTER TABLE waa_queues ADD COLUMN closing_reason_required boolean NOT NULL DEFAULT false;

-- What was chosen at the close, as it was then; the note is close_reason.
ALTER TABLE waa_conversations
    ADD COLUMN closing_reason_id text  NOT NULL DEFAULT '',
    ADD COLUMN closing_label     text  NOT NULL DEFAULT '',
    ADD COLUMN closing_fields    jsonb NOT NULL DEFAULT '[]';
