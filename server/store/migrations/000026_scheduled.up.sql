-- Locks: a new table holds up nobody.

-- Starts that were put off. What agents typed of a customer is emptied when the person is erased.
CREATE TABLE waa_scheduled (
    id                text    PRIMARY KEY,
    owner_id          text    NOT NULL,
    queue_id          text    NOT NULL,
    account_id        text    NOT NULL,
    template_id       text    NOT NULL,
    template_name     text    NOT NULL,
    template_language text    NOT NULL,
    name              text    NOT NULL,
    phone             text    NOT NULL,
    phone_key         text    NOT NULL, -- by which the person is found, whoever the contact is by then
    cpf_masked        text    NOT NULL,
    asked             text    NOT NULL, -- encrypted: the template's variables, the document, the consent, the reason
    send_at           bigint  NOT NULL,
    status            text    NOT NULL DEFAULT 'scheduled', -- scheduled, sending, sent, failed, cancelled
    conversation_id   text    NOT NULL DEFAULT '',
    message_id        text    NOT NULL DEFAULT '', -- set in the transaction that stores the message
    reason_code       text    NOT NULL DEFAULT '',
    reason_key        text    NOT NULL DEFAULT '',
    reason_data       jsonb   NOT NULL DEFAULT '{}',
    lease_until       bigint  NOT NULL DEFAULT 0,
    told_at           bigint  NOT NULL DEFAULT 0, -- when the owner was told that it failed
    ended_at          bigint  NOT NULL DEFAULT 0,
    created_at        bigint  NOT NULL
);
CREATE INDEX waa_scheduled_due ON waa_scheduled (send_at) WHERE status = 'scheduled';
CREATE INDEX waa_scheduled_sending ON waa_scheduled (send_at) WHERE status = 'sending';
CREATE INDEX waa_scheduled_untold ON waa_scheduled (ended_at) WHERE status = 'failed' AND told_at = 0;
CREATE INDEX waa_scheduled_owner ON waa_scheduled (owner_id, send_at);
CREATE INDEX waa_scheduled_queue ON waa_scheduled (queue_id, send_at);
CREATE INDEX waa_scheduled_phone ON waa_scheduled (phone_key);
CREATE INDEX waa_scheduled_ended ON waa_scheduled (ended_at) WHERE ended_at > 0;
