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

-- One message, whatever its id's prefix: the id is base64 of 1c 18 <length> <peer> 15 <scope> 00 <direction> 18 <length> <token> 00,
-- with the peer by phone or by user id. What cannot be decoded is its own token.
CREATE FUNCTION waa_token(wamid text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    body  text;
    raw   bytea;
    at    integer;
    token text;
BEGIN
    IF wamid !~ '^wamid\.HB[gh][A-Za-z0-9+/_-]+={0,2}$' THEN
        RETURN wamid;
    END IF;
    body := translate(rtrim(substr(wamid, 7), '='), '-_', '+/');
    IF length(body) % 4 = 1 THEN
        RETURN wamid;
    END IF;
    raw := decode(rpad(body, (length(body) + 3) / 4 * 4, '='), 'base64');
    at := 3 + get_byte(raw, 2); -- behind the peer
    IF octet_length(raw) < at + 7 OR get_byte(raw, at) <> 21 OR get_byte(raw, at + 2) <> 0 OR get_byte(raw, at + 4) <> 24
        OR octet_length(raw) <> at + 7 + get_byte(raw, at + 5) OR get_byte(raw, octet_length(raw) - 1) <> 0 THEN
        RETURN wamid;
    END IF;
    token := encode(substr(raw, at + 7, get_byte(raw, at + 5)), 'escape');
    IF token !~ '^[0-9A-Za-z._:=+/-]+$' THEN
        RETURN wamid;
    END IF;
    RETURN token;
END
$$;

-- The token follows the wamid, whoever writes it: a process of an earlier version too, and an erasure. The index begins empty, so
-- that nobody waits for it; Store.FillTokens fills what is there already, bit by bit.
ALTER TABLE waa_messages ADD COLUMN token text NOT NULL DEFAULT '';
CREATE FUNCTION waa_token_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.token := waa_token(NEW.wamid);
    RETURN NEW;
END
$$;
CREATE TRIGGER waa_messages_token_new BEFORE INSERT ON waa_messages FOR EACH ROW WHEN (NEW.wamid <> '') EXECUTE FUNCTION waa_token_keep();
CREATE TRIGGER waa_messages_token_keep BEFORE UPDATE OF wamid ON waa_messages FOR EACH ROW WHEN (NEW.wamid <> OLD.wamid) EXECUTE FUNCTION waa_token_keep();
CREATE UNIQUE INDEX waa_messages_token ON waa_messages (token, account_id) WHERE token <> '';

-- What is about to be posted is needed at once.
UPDATE waa_messages m SET token = waa_token(wamid) WHERE direction = 'in' AND post_id = '' AND wamid <> ''
    AND NOT EXISTS (SELECT 1 FROM waa_messages o WHERE o.direction = 'in' AND o.post_id = '' AND o.account_id = m.account_id AND o.id < m.id AND waa_token(o.wamid) = waa_token(m.wamid));
