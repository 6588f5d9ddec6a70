-- Locks: DROP TRIGGER takes ACCESS EXCLUSIVE on waa_messages and DROP INDEX on waa_event_deliveries, for the moment in which they change the
-- catalogue; CREATE INDEX takes SHARE on waa_events while it reads that.

-- Who sends or receives a message waits until its events are written. To call functions and to run statements for each of them cost several
-- times as much as the rows, so one statement writes those of all messages that a statement stores.

-- Writes events and their deliveries, in the transaction of what they tell. Of each it gets the kind, the subject, which its order is kept for
-- (the conversation, but the queue where a plan warns), and the message that it is about, or ''. data is what a plan's warning says. That a
-- conversation began comes before everything else that is told of it.
CREATE OR REPLACE FUNCTION waa_tell(kinds text[], subjects text[], messages text[], data jsonb) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    now bigint := extract(epoch FROM clock_timestamp()) * 1000;
BEGIN
    WITH k AS MATERIALIZED (
        SELECT k.nth, k.kind, k.subject, CASE WHEN k.kind LIKE 'message.%' OR k.kind = 'template.failed' THEN k.message_id ELSE '' END AS message_id,
            row_number() OVER (PARTITION BY k.subject, k.kind ORDER BY k.nth) AS time
        FROM unnest(kinds, subjects, messages) WITH ORDINALITY k (kind, subject, message_id, nth)
    ), c AS MATERIALIZED (
        SELECT c.id, c.created_at, c.queue_id, jsonb_build_object('queue_id', c.queue_id, 'owner_id', c.owner_id, 'attendant_id', c.attendant_id, 'attended_at', c.attended_at,
            'window_from', c.window_from, 'window_until', c.window_until, 'last_template_at', c.last_template_at, 'last_inbound_at', c.last_inbound_at,
            'last_outbound_at', c.last_outbound_at, 'closed_at', c.closed_at, 'closed_by', c.closed_by, 'close_reason', c.close_reason, 'closing_reason_id', c.closing_reason_id,
            'closing_label', c.closing_label, 'closing_fields', c.closing_fields, 'updated_at', c.updated_at) AS state
        FROM waa_conversations c WHERE c.id = ANY (subjects)
    ), e AS MATERIALIZED (
        SELECT k.nth, waa_event_id() AS id, k.kind, k.subject, coalesce(c.id, '') AS conversation_id, k.message_id, coalesce(c.state, '{}') AS conversation, w.subscriptions
        FROM k LEFT JOIN c ON c.id = k.subject CROSS JOIN LATERAL (
            SELECT array_agg(s.id) AS subscriptions FROM waa_event_subscriptions s
            WHERE s.enabled AND (s.events = '{}' OR k.kind = ANY (s.events)) AND (s.queue_ids = '{}' OR coalesce(c.queue_id, k.subject) = ANY (s.queue_ids))
        ) w
        WHERE w.subscriptions IS NOT NULL AND (c.id IS NOT NULL OR k.kind = 'plan.warning')
            -- one that is older than its events are kept began long ago
            AND (k.kind <> 'conversation.started' OR k.time = 1 AND c.created_at >= now - 86400000
                AND (SELECT 1 FROM waa_events b WHERE b.conversation_id = c.id AND b.type = 'conversation.started' LIMIT 1) IS NULL)
    ), told AS (
        INSERT INTO waa_events (id, type, at, conversation_id, message_id, conversation, message, data)
        SELECT e.id, e.kind, now, e.conversation_id, e.message_id, e.conversation,
            -- not a join, for which a plan may go through all messages
            coalesce((SELECT jsonb_build_object('status', m.status, 'reason_code', m.reason_code, 'status_at', m.status_at) FROM waa_messages m WHERE m.id = e.message_id), '{}'), data
        FROM e ORDER BY e.nth
    )
    INSERT INTO waa_event_deliveries (lane, dedupe_key, account_id, created_at, event_id, event_type)
    SELECT s || ':' || e.subject, waa_event_id(), s, now, e.id, e.kind FROM e CROSS JOIN LATERAL unnest(e.subscriptions) s ORDER BY e.nth;
END
$$;

CREATE OR REPLACE FUNCTION waa_event_conversation() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    kinds text[] := '{}';
BEGIN
    IF NEW.aborted_at > 0 OR NOT EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        RETURN NULL;
    END IF;
    IF OLD.channel_id = '' AND NEW.channel_id <> '' THEN
        kinds := kinds || 'conversation.started'::text;
    END IF;
    IF OLD.closed_at > 0 AND NEW.closed_at = 0 THEN
        kinds := kinds || 'conversation.reopened'::text;
    END IF;
    IF NEW.window_until > OLD.window_until AND OLD.last_template_at > 0 AND OLD.last_template_at >= OLD.window_until THEN
        kinds := kinds || 'conversation.answered'::text;
    END IF;
    IF OLD.closed_at = 0 AND NEW.closed_at > 0 THEN
        kinds := kinds || 'conversation.closed'::text;
    END IF;
    PERFORM waa_tell(kinds, array_fill(NEW.id, ARRAY[cardinality(kinds)]), '{}', '{}');
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION waa_event_transfer() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        PERFORM waa_tell('{conversation.transferred}', ARRAY[NEW.object_id], '{}', '{}');
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION waa_event_opt_out() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        PERFORM waa_tell('{contact.opted_out}', ARRAY(SELECT id FROM waa_conversations WHERE contact_id = NEW.id AND aborted_at = 0 ORDER BY created_at DESC, id DESC LIMIT 1), '{}', '{}');
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION waa_event_plan() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        PERFORM waa_tell('{plan.warning}', ARRAY[NEW.queue_id], '{}', jsonb_build_object('queue_id', NEW.queue_id, 'percent', CASE NEW.text_key WHEN 'admin.plan_80' THEN 80 ELSE 100 END,
            'spent', NEW.data -> 'Spent', 'limit', NEW.data -> 'Limit', 'currency', NEW.data -> 'Currency'));
    END IF;
    RETURN NULL;
END
$$;

-- What is told of a message that is as the first values say, and was as the last two do before.
CREATE OR REPLACE FUNCTION waa_happened(direction text, kind text, sent_at bigint, status text, old_sent_at bigint, old_status text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN direction = 'in' THEN '{conversation.started,message.received}'::text[] ELSE
        CASE WHEN sent_at > 0 AND old_sent_at = 0 THEN '{conversation.started,message.sent}'::text[] ELSE '{}' END ||
        CASE WHEN status = old_status OR status NOT IN ('delivered', 'read', 'failed', 'not_sent', 'unknown') THEN '{}'
            WHEN kind = 'template' AND status IN ('failed', 'not_sent') THEN '{message.status,template.failed}'::text[] ELSE '{message.status}' END
    END
$$;

-- The deliveries that wait are found by their lanes. While the table was small PostgreSQL took this index for the next of a lane too, and went
-- through all that waited for each delivery that ended.
DROP INDEX waa_event_deliveries_waiting;
CREATE INDEX waa_events_started ON waa_events (conversation_id) WHERE type = 'conversation.started';

CREATE OR REPLACE FUNCTION waa_event_message_new() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    kinds    text[];
    subjects text[];
    messages text[];
BEGIN
    IF EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        SELECT array_agg(k), array_agg(m.conversation_id), array_agg(m.id) INTO kinds, subjects, messages
        FROM waa_new m CROSS JOIN LATERAL unnest(waa_happened(m.direction, m.kind, m.sent_at, m.status, 0, '')) k
        WHERE m.direction = 'in' AND m.kind <> 'system' OR m.direction = 'out' AND (m.sent_at > 0 OR m.status IN ('failed', 'not_sent'));
        IF kinds IS NOT NULL THEN
            PERFORM waa_tell(kinds, subjects, messages, '{}');
        END IF;
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER waa_event_message_new ON waa_messages;
CREATE TRIGGER waa_event_message_new AFTER INSERT ON waa_messages REFERENCING NEW TABLE AS waa_new FOR EACH STATEMENT EXECUTE FUNCTION waa_event_message_new();

-- Changes stay the matter of each row: most statements change one message, and one that changes many would be compared with itself.
CREATE OR REPLACE FUNCTION waa_event_message() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    kinds text[] := waa_happened(NEW.direction, NEW.kind, NEW.sent_at, NEW.status, OLD.sent_at, OLD.status);
BEGIN
    IF kinds <> '{}' AND EXISTS (SELECT 1 FROM waa_event_subscriptions WHERE enabled) THEN
        PERFORM waa_tell(kinds, array_fill(NEW.conversation_id, ARRAY[cardinality(kinds)]), array_fill(NEW.id, ARRAY[cardinality(kinds)]), '{}');
    END IF;
    RETURN NULL;
END
$$;

DROP FUNCTION IF EXISTS waa_tell_conversation(text, waa_conversations, waa_messages);
DROP FUNCTION IF EXISTS waa_tell(text, text, text, waa_events);
