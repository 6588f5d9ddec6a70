-- Locks: CREATE TRIGGER takes SHARE ROW EXCLUSIVE on each of the tables that events tell of, for the moment it changes the catalogue. The
-- other tables are new.

-- Where other software wants to be told of what happens.
CREATE TABLE waa_event_subscriptions (
    id                text    PRIMARY KEY,
    url               text    NOT NULL,
    secret            text    NOT NULL DEFAULT '', -- sealed
    old_secret        text    NOT NULL DEFAULT '', -- sealed; the one before, valid until old_secret_until
    old_secret_until  bigint  NOT NULL DEFAULT 0,  -- milliseconds since epoch, the database's clock
    events            text[]  NOT NULL DEFAULT '{}', -- '{}' = all
    queue_ids         text[]  NOT NULL DEFAULT '{}', -- '{}' = all
    enabled           boolean NOT NULL DEFAULT true,
    failing_since     bigint  NOT NULL DEFAULT 0,
    last_delivery_at  bigint  NOT NULL DEFAULT 0,
    created_at        bigint  NOT NULL,
    updated_at        bigint  NOT NULL
);

-- What happened, once for all who want to know. The text of a message, names and numbers are not in it: they are read when it is told, so that
-- an erased person is not told of any more.
CREATE TABLE waa_events (
    id              text   PRIMARY KEY,
    type            text   NOT NULL,
    at              bigint NOT NULL, -- the database's clock
    conversation_id text   NOT NULL DEFAULT '',
    message_id      text   NOT NULL DEFAULT '',
    conversation    jsonb  NOT NULL DEFAULT '{}', -- those columns of the row that may have changed since
    message         jsonb  NOT NULL DEFAULT '{}', -- the same
    data            jsonb  NOT NULL DEFAULT '{}'  -- of an event that is about no conversation
);
CREATE INDEX waa_events_at ON waa_events (at);
CREATE INDEX waa_events_conversation ON waa_events (conversation_id) WHERE conversation_id <> '';

-- Each event on its way to each subscription: the columns of waa_inbox, and what came of it.
CREATE TABLE waa_event_deliveries (
    id           bigserial PRIMARY KEY,
    lane         text      COLLATE "C" NOT NULL, -- the subscription and the conversation
    ord          bigint    NOT NULL DEFAULT 0,
    dedupe_key   text      NOT NULL, -- what the delivery is called outside
    account_id   text      NOT NULL, -- the subscription: it gets its share of the workers as an account does of the inbox's
    payload      bytea     NOT NULL DEFAULT '',
    created_at   bigint    NOT NULL,
    due_at       bigint    NOT NULL DEFAULT 0,
    attempts     integer   NOT NULL DEFAULT 0,
    lease_owner  text      NOT NULL DEFAULT '',
    lease_until  bigint    NOT NULL DEFAULT 0,
    begun_at     bigint    NOT NULL DEFAULT 0,
    finished_at  bigint    NOT NULL DEFAULT 0,
    dead_at      bigint    NOT NULL DEFAULT 0,
    reason       text      NOT NULL DEFAULT '',
    event_id     text      NOT NULL,
    event_type   text      NOT NULL,
    tries        integer   NOT NULL DEFAULT 0, -- requests that were sent
    status_code  integer   NOT NULL DEFAULT 0, -- of the last answer; 0 = none
    error        text      NOT NULL DEFAULT '', -- why the last request failed; '' = it did not
    answer       text      NOT NULL DEFAULT '', -- how the last answer began
    delivered_at bigint    NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE UNIQUE INDEX waa_event_deliveries_key ON waa_event_deliveries (dedupe_key);
CREATE INDEX waa_event_deliveries_todo ON waa_event_deliveries (lane, ord, id) WHERE finished_at = 0;
CREATE UNIQUE INDEX waa_event_deliveries_lease ON waa_event_deliveries (lane) WHERE finished_at = 0 AND lease_owner <> '';
CREATE INDEX waa_event_deliveries_waiting ON waa_event_deliveries (account_id) WHERE finished_at = 0;
CREATE INDEX waa_event_deliveries_list ON waa_event_deliveries (account_id, id);
CREATE INDEX waa_event_deliveries_event ON waa_event_deliveries (event_id);
CREATE INDEX waa_event_deliveries_finished ON waa_event_deliveries (finished_at) WHERE finished_at > 0;

CREATE FUNCTION waa_event_id() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT left(replace(gen_random_uuid()::text, '-', ''), 26) $$;

-- Each trigger asks first whether anybody wants to be told of anything: where nobody does, it is all that an event costs. The question stands
-- in each of them, because to call a function for it costs several times as much.

-- Writes an event and its deliveries, in the transaction of what it tells. queue is where it happened, subject what its order is kept for.
CREATE FUNCTION waa_tell(kind text, queue text, subject text, event waa_events) RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    now    bigint := extract(epoch FROM clock_timestamp()) * 1000;
    wanted text[];
BEGIN
    SELECT array_agg(s.id) INTO wanted FROM waa_event_subscriptions s
    WHERE s.enabled AND (s.events = '{}' OR kind = ANY (s.events)) AND (s.queue_ids = '{}' OR queue = ANY (s.queue_ids));
    IF wanted IS NULL THEN
        RETURN;
    END IF;
    event.id := waa_event_id();
    INSERT INTO waa_events (id, type, at, conversation_id, message_id, conversation, message, data)
    VALUES (event.id, kind, now, coalesce(event.conversation_id, ''), coalesce(event.message_id, ''), coalesce(event.conversation, '{}'), coalesce(event.message, '{}'), coalesce(event.data, '{}'));
    INSERT INTO waa_event_deliveries (lane, dedupe_key, account_id, created_at, event_id, event_type)
    SELECT s || ':' || subject, waa_event_id(), s, now, event.id, kind FROM unnest(wanted) s;
END
$$;

-- Tells of a conversation, and of a message in it; that it began comes before everything else.
CREATE FUNCTION waa_tell_conversation(kind text, c waa_conversations, m waa_messages) RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    event waa_events;
BEGIN
    -- an event that is known of it, of whatever type, came after it began; one that is older than its events are kept began long ago
    IF kind = 'conversation.started' AND (c.created_at < extract(epoch FROM clock_timestamp()) * 1000 - 86400000
            OR EXISTS (SELECT 1 FROM waa_events e WHERE e.conversation_id = c.id AND e.type = 'conversation.started')) THEN
        RETURN;
    END IF;
    event.conversation_id := c.id;
    event.conversation := jsonb_build_object('queue_id', c.queue_id, 'owner_id', c.owner_id, 'attendant_id', c.attendant_id, 'attended_at', c.attended_at,
        'window_from', c.window_from, 'window_until', c.window_until, 'last_template_at', c.last_template_at, 'last_inbound_at', c.last_inbound_at,
        'last_outbound_at', c.last_outbound_at, 'closed_at', c.closed_at, 'closed_by', c.closed_by, 'close_reason', c.close_reason, 'closing_reason_id', c.closing_reason_id,
        'closing_label', c.closing_label, 'closing_fields', c.closing_fields, 'updated_at', c.updated_at);
    IF m.id IS NOT NULL THEN
        event.message_id := m.id;
        event.message := jsonb_build_object('status', m.status, 'reason_code', m.reason_code, 'status_at', m.status_at);
    END IF;
    PERFORM waa_tell(kind, c.queue_id, c.id, event);
END
$$;

CREATE FUNCTION waa_event_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.aborted_at > 0 OR NOT EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        RETURN NULL;
    END IF;
    IF OLD.channel_id = '' AND NEW.channel_id <> '' THEN
        PERFORM waa_tell_conversation('conversation.started', NEW, NULL);
    END IF;
    IF OLD.closed_at > 0 AND NEW.closed_at = 0 THEN
        PERFORM waa_tell_conversation('conversation.reopened', NEW, NULL);
    END IF;
    IF NEW.window_until > OLD.window_until AND OLD.last_template_at > 0 AND OLD.last_template_at >= OLD.window_until THEN
        PERFORM waa_tell_conversation('conversation.answered', NEW, NULL);
    END IF;
    IF OLD.closed_at = 0 AND NEW.closed_at > 0 THEN
        PERFORM waa_tell_conversation('conversation.closed', NEW, NULL);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER waa_event_conversation AFTER UPDATE OF channel_id, closed_at, window_until ON waa_conversations FOR EACH ROW
    WHEN (OLD.channel_id = '' AND NEW.channel_id <> '' OR (OLD.closed_at = 0) <> (NEW.closed_at = 0)
        OR NEW.window_until > OLD.window_until AND OLD.last_template_at > 0 AND OLD.last_template_at >= OLD.window_until)
    EXECUTE FUNCTION waa_event_conversation();

-- Who transfers is in the audit, in the transaction of the transfer; the row alone does not tell it from a claim.
CREATE FUNCTION waa_event_transfer() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    c waa_conversations;
BEGIN
    IF EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        SELECT * INTO c FROM waa_conversations WHERE id = NEW.object_id;
        IF FOUND THEN
            PERFORM waa_tell_conversation('conversation.transferred', c, NULL);
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER waa_event_transfer AFTER INSERT ON waa_audit FOR EACH ROW
    WHEN (NEW.action IN ('transfer_user', 'transfer_queue')) EXECUTE FUNCTION waa_event_transfer();

CREATE FUNCTION waa_event_message() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    c       waa_conversations;
    before  text := '';
    sent_at bigint := 0;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO c FROM waa_conversations WHERE id = NEW.conversation_id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF NEW.direction = 'in' THEN
        PERFORM waa_tell_conversation('conversation.started', c, NULL);
        PERFORM waa_tell_conversation('message.received', c, NEW);
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        before := OLD.status;
        sent_at := OLD.sent_at;
    END IF;
    IF sent_at = 0 AND NEW.sent_at > 0 THEN
        PERFORM waa_tell_conversation('conversation.started', c, NULL);
        PERFORM waa_tell_conversation('message.sent', c, NEW);
    END IF;
    IF before <> NEW.status AND NEW.status IN ('delivered', 'read', 'failed', 'not_sent', 'unknown') THEN
        PERFORM waa_tell_conversation('message.status', c, NEW);
        IF NEW.kind = 'template' AND NEW.status IN ('failed', 'not_sent') THEN
            PERFORM waa_tell_conversation('template.failed', c, NEW);
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER waa_event_message_new AFTER INSERT ON waa_messages FOR EACH ROW
    WHEN (NEW.direction = 'in' AND NEW.kind <> 'system' OR NEW.direction = 'out' AND (NEW.sent_at > 0 OR NEW.status IN ('failed', 'not_sent')))
    EXECUTE FUNCTION waa_event_message();
CREATE TRIGGER waa_event_message AFTER UPDATE OF status, sent_at ON waa_messages FOR EACH ROW
    WHEN (NEW.direction = 'out' AND (OLD.sent_at = 0 AND NEW.sent_at > 0 OR OLD.status <> NEW.status))
    EXECUTE FUNCTION waa_event_message();

CREATE FUNCTION waa_event_opt_out() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    c waa_conversations;
BEGIN
    IF EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        SELECT * INTO c FROM waa_conversations WHERE contact_id = NEW.id AND aborted_at = 0 ORDER BY created_at DESC, id DESC LIMIT 1;
        IF FOUND THEN
            PERFORM waa_tell_conversation('contact.opted_out', c, NULL);
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER waa_event_opt_out AFTER UPDATE OF consent_status ON waa_contacts FOR EACH ROW
    WHEN (OLD.consent_status <> 'revoked' AND NEW.consent_status = 'revoked') EXECUTE FUNCTION waa_event_opt_out();

-- The warnings of plans are notices, each once a month and plan; see Store.WarnPlans.
CREATE FUNCTION waa_event_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    event waa_events;
BEGIN
    IF EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        event.data := jsonb_build_object('queue_id', NEW.queue_id, 'percent', CASE NEW.text_key WHEN 'admin.plan_80' THEN 80 ELSE 100 END,
            'spent', NEW.data -> 'Spent', 'limit', NEW.data -> 'Limit', 'currency', NEW.data -> 'Currency');
        PERFORM waa_tell('plan.warning', NEW.queue_id, NEW.queue_id, event);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER waa_event_plan AFTER INSERT ON waa_notices FOR EACH ROW
    WHEN (NEW.text_key IN ('admin.plan_80', 'admin.plan_100')) EXECUTE FUNCTION waa_event_plan();
