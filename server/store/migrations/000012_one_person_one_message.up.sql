-- Locks: the rows of waa_identities that change, few; the statement reads that table once.

-- A person's number has one key, also where people and WhatsApp write it differently: Mexico (521 and 52), Argentina (54 and 549),
-- Benin (with 01 and without). See conversation.PhoneKey. Where both forms were stored for one number, the one whose person has an
-- open conversation there stands.
WITH older AS (
    DELETE FROM waa_identities WHERE kind = 'phone' AND value ~ '^(521[0-9]{10}|54[1-8][0-9]{9}|229[0-9]{8})$'
    RETURNING account_id, contact_id, regexp_replace(regexp_replace(regexp_replace(value, '^521([0-9]{10})$', '52\1'), '^54([1-8][0-9]{9})$', '549\1'),
        '^229([0-9]{8})$', '22901\1') AS value
)
INSERT INTO waa_identities AS i (account_id, kind, value, contact_id)
SELECT account_id, 'phone', value, contact_id FROM older
ON CONFLICT (account_id, kind, value) DO UPDATE SET contact_id = excluded.contact_id
WHERE EXISTS (SELECT 1 FROM waa_conversations c WHERE c.account_id = excluded.account_id AND c.contact_id = excluded.contact_id AND c.closed_at = 0 AND c.aborted_at = 0)
    AND NOT EXISTS (SELECT 1 FROM waa_conversations c WHERE c.account_id = i.account_id AND c.contact_id = i.contact_id AND c.closed_at = 0 AND c.aborted_at = 0);

-- What is open in a queue that was removed, where no agent sees it, goes to its number's default queue, if that is of the same team.
UPDATE waa_conversations c SET queue_id = q.id, refresh_at = CASE WHEN c.channel_id = '' THEN c.refresh_at ELSE 1 END
FROM waa_accounts a JOIN waa_queues q ON q.id = a.default_queue_id
WHERE a.id = c.account_id AND q.team_id = c.team_id AND c.closed_at = 0 AND c.aborted_at = 0 AND NOT EXISTS (SELECT 1 FROM waa_queues WHERE id = c.queue_id);

-- What a start says of a customer who is known: name and document hold once WhatsApp took its template, see Store.Adopt.
CREATE TABLE waa_wanted (
    message_id text   PRIMARY KEY, -- the template
    contact_id text   NOT NULL,
    actor_id   text   NOT NULL,
    name       text   NOT NULL, -- '' = stays, as the document
    cpf_masked text   NOT NULL,
    cpf_cipher text   NOT NULL,
    cpf_hash   text   NOT NULL,
    details    jsonb  NOT NULL, -- for the audit: hashes of what is replaced
    created_at bigint NOT NULL
);
CREATE INDEX waa_wanted_contact ON waa_wanted (contact_id);

-- Requests with an Idempotency-Key: what came of them, for a day. An answer holds a customer's name and number: it is sealed, and
-- erased with the conversation.
CREATE TABLE waa_requests (
    user_id         text    NOT NULL,
    key             text    NOT NULL,
    fingerprint     text    NOT NULL, -- of method, path and body
    token           text    NOT NULL, -- of whoever is at it; another one takes over once the lease is over
    lease_until     bigint  NOT NULL,
    conversation_id text    NOT NULL DEFAULT '',
    message_id      text    NOT NULL DEFAULT '', -- '' = nothing was stored that may be sent
    status          integer NOT NULL DEFAULT 0, -- 0 = no answer yet
    answer          text    NOT NULL DEFAULT '', -- sealed
    created_at      bigint  NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE UNIQUE INDEX waa_requests_token ON waa_requests (token);
CREATE INDEX waa_requests_created ON waa_requests (created_at);
CREATE INDEX waa_requests_conversation ON waa_requests (conversation_id) WHERE conversation_id <> '';
