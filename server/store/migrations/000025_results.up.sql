-- Locks: each ALTER TABLE takes ACCESS EXCLUSIVE for the moment it changes the catalogue; the defaults are constants, so that no table
-- is rewritten. CREATE TRIGGER holds up writers for as long. The new table begins empty: Store.FillResults fills it, bit by bit.

-- What came of each template message. Medians cannot be added up, so this keeps a row of each: it is small, and a month of it is read at once.
-- Triggers keep it and not a part of each statement: a process of an earlier version on the same database keeps it right too.
CREATE TABLE waa_results (
    message_id      text    PRIMARY KEY,
    conversation_id text    NOT NULL,
    account_id      text    NOT NULL,
    queue_id        text    NOT NULL, -- in which it was confirmed
    agent_id        text    NOT NULL, -- who sent it
    template_id     text    NOT NULL,
    at              bigint  NOT NULL, -- when WhatsApp accepted it, or refused it at once; 0 = neither yet
    accepted        boolean NOT NULL,
    status          text    NOT NULL,
    answered_at     bigint  NOT NULL DEFAULT 0, -- the customer's first message after it and before the next template
    replied_at      bigint  NOT NULL DEFAULT 0, -- the first free text or file of an agent after that
    cost            bigint  NOT NULL DEFAULT 0, -- what was billed for it
    currency        text    NOT NULL DEFAULT ''
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
CREATE INDEX waa_results_at ON waa_results (at) WHERE at > 0;
CREATE INDEX waa_results_conversation ON waa_results (conversation_id, at);

-- How a conversation began, whatever becomes of it: in which queue, and with which template; '' = the customer wrote first.
ALTER TABLE waa_conversations
    ADD COLUMN began_queue_id    text NOT NULL DEFAULT '', -- '' = not known yet, see Store.FillResults
    ADD COLUMN began_template_id text NOT NULL DEFAULT '';

CREATE FUNCTION waa_conversation_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.began_queue_id := NEW.queue_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER waa_conversation_begins BEFORE INSERT ON waa_conversations FOR EACH ROW EXECUTE FUNCTION waa_conversation_begins();

-- Meta tells whole seconds: an answer of the second in which a template was accepted came after it.
CREATE FUNCTION waa_second(at bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT at - at % 1000 $$;

-- The rows of waa_results as they follow from messages and charges: the one place that says what they mean.
CREATE FUNCTION waa_results_of(conversations text[]) RETURNS SETOF waa_results LANGUAGE plpgsql STABLE ROWS 5 SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY SELECT m.id, m.conversation_id, m.account_id, coalesce(ch.queue_id, c.queue_id), m.author_id, m.template_id,
        CASE WHEN m.sent_at > 0 THEN m.sent_at WHEN m.status = 'failed' THEN m.status_at ELSE 0 END, m.sent_at > 0, m.status,
        coalesce(answer.at, 0), coalesce(reply.at, 0), CASE WHEN ch.state = 'billed' THEN ch.amount ELSE 0 END, coalesce(ch.currency, '')
    FROM waa_messages m
    JOIN waa_conversations c ON c.id = m.conversation_id
    LEFT JOIN waa_charges ch ON ch.message_id = m.id
    LEFT JOIN LATERAL (
        SELECT min(n.sent_at) AS at FROM waa_messages n
        WHERE m.sent_at > 0 AND n.conversation_id = m.conversation_id AND n.direction = 'out' AND n.kind = 'template' AND (n.sent_at, n.id) > (m.sent_at, m.id)
    ) next ON true
    LEFT JOIN LATERAL (
        SELECT min(i.created_at) AS at FROM waa_messages i
        WHERE m.sent_at > 0 AND i.conversation_id = m.conversation_id AND i.direction = 'in' AND i.kind NOT IN ('system', 'edit', 'revoke')
            AND i.created_at >= waa_second(m.sent_at) AND (next.at IS NULL OR i.created_at < waa_second(next.at))
    ) answer ON true
    LEFT JOIN LATERAL (
        SELECT min(o.sent_at) AS at FROM waa_messages o
        WHERE answer.at > 0 AND o.conversation_id = m.conversation_id AND o.direction = 'out' AND o.kind NOT IN ('template', 'reaction') AND o.author_id <> ''
            AND o.sent_at >= answer.at AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.userid = o.author_id)
    ) reply ON true
    WHERE m.conversation_id = ANY (conversations) AND m.direction = 'out' AND m.kind = 'template';
END
$$;

-- Works out anew who answered what in a conversation. Whoever calls it has the conversation's row locked, so that each sees what the other stored.
CREATE FUNCTION waa_results_answers(conversation text) RETURNS void LANGUAGE plpgsql SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
BEGIN
    UPDATE waa_results r SET answered_at = t.answered_at, replied_at = t.replied_at FROM waa_results_of(ARRAY[conversation]) t
    WHERE r.message_id = t.message_id AND r.conversation_id = conversation AND (r.answered_at, r.replied_at) IS DISTINCT FROM (t.answered_at, t.replied_at);
END
$$;

CREATE FUNCTION waa_results_template() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO waa_results (message_id, conversation_id, account_id, queue_id, agent_id, template_id, at, accepted, status)
    SELECT NEW.id, NEW.conversation_id, NEW.account_id, coalesce((SELECT c.queue_id FROM waa_conversations c WHERE c.id = NEW.conversation_id), ''), NEW.author_id, NEW.template_id,
        CASE WHEN NEW.sent_at > 0 THEN NEW.sent_at WHEN NEW.status = 'failed' THEN NEW.status_at ELSE 0 END, NEW.sent_at > 0, NEW.status
    ON CONFLICT (message_id) DO UPDATE SET conversation_id = excluded.conversation_id, at = excluded.at, accepted = excluded.accepted, status = excluded.status;
    IF TG_OP = 'INSERT' THEN
        UPDATE waa_conversations c SET began_template_id = NEW.template_id
        WHERE c.id = NEW.conversation_id AND c.began_template_id = '' AND NOT EXISTS (SELECT 1 FROM waa_messages m WHERE m.conversation_id = c.id AND m.id <> NEW.id);
    ELSIF OLD.sent_at = NEW.sent_at AND OLD.conversation_id = NEW.conversation_id THEN
        RETURN NULL;
    ELSIF OLD.conversation_id <> NEW.conversation_id THEN
        PERFORM waa_results_answers(OLD.conversation_id);
    END IF;
    IF NEW.sent_at > 0 THEN
        PERFORM waa_results_answers(NEW.conversation_id);
    END IF;
    RETURN NULL;
END
$$;

-- Of nearly all messages of a customer this is one look at an index: another one was the answer.
CREATE FUNCTION waa_results_answer() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    known bigint;
BEGIN
    SELECT r.answered_at INTO known FROM waa_results r
    WHERE r.conversation_id = NEW.conversation_id AND r.at > 0 AND r.at < waa_second(NEW.created_at) + 1000 AND r.accepted
    ORDER BY r.at DESC LIMIT 1;
    IF FOUND AND (known = 0 OR NEW.created_at < known) THEN
        PERFORM waa_results_answers(NEW.conversation_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION waa_results_moved() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    PERFORM waa_results_answers(OLD.conversation_id);
    IF NEW.conversation_id <> OLD.conversation_id THEN
        PERFORM waa_results_answers(NEW.conversation_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION waa_results_reply() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    UPDATE waa_results r SET replied_at = NEW.sent_at
    WHERE r.conversation_id = NEW.conversation_id AND r.answered_at > 0 AND r.answered_at <= NEW.sent_at AND (r.replied_at = 0 OR r.replied_at > NEW.sent_at)
        AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.userid = NEW.author_id);
    RETURN NULL;
END
$$;

CREATE FUNCTION waa_results_cost() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    UPDATE waa_results SET queue_id = NEW.queue_id, cost = CASE WHEN NEW.state = 'billed' THEN NEW.amount ELSE 0 END, currency = NEW.currency WHERE message_id = NEW.message_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER waa_results_template_new AFTER INSERT ON waa_messages FOR EACH ROW WHEN (NEW.kind = 'template' AND NEW.direction = 'out')
    EXECUTE FUNCTION waa_results_template();
CREATE TRIGGER waa_results_template AFTER UPDATE OF status, sent_at, conversation_id ON waa_messages FOR EACH ROW
    WHEN (NEW.kind = 'template' AND NEW.direction = 'out' AND (OLD.status, OLD.sent_at, OLD.conversation_id) IS DISTINCT FROM (NEW.status, NEW.sent_at, NEW.conversation_id))
    EXECUTE FUNCTION waa_results_template();
CREATE TRIGGER waa_results_answer AFTER INSERT ON waa_messages FOR EACH ROW
    WHEN (NEW.direction = 'in' AND NEW.kind NOT IN ('system', 'edit', 'revoke')) EXECUTE FUNCTION waa_results_answer();
CREATE TRIGGER waa_results_moved AFTER UPDATE OF kind, conversation_id ON waa_messages FOR EACH ROW
    WHEN (NEW.kind <> 'template' AND (OLD.kind, OLD.conversation_id) IS DISTINCT FROM (NEW.kind, NEW.conversation_id)) EXECUTE FUNCTION waa_results_moved();
CREATE TRIGGER waa_results_reply_new AFTER INSERT ON waa_messages FOR EACH ROW
    WHEN (NEW.direction = 'out' AND NEW.kind NOT IN ('template', 'reaction') AND NEW.author_id <> '' AND NEW.sent_at > 0) EXECUTE FUNCTION waa_results_reply();
CREATE TRIGGER waa_results_reply AFTER UPDATE OF sent_at ON waa_messages FOR EACH ROW
    WHEN (NEW.direction = 'out' AND NEW.kind NOT IN ('template', 'reaction') AND NEW.author_id <> '' AND OLD.sent_at <> NEW.sent_at) EXECUTE FUNCTION waa_results_reply();
CREATE TRIGGER waa_results_cost AFTER INSERT OR UPDATE ON waa_charges FOR EACH ROW EXECUTE FUNCTION waa_results_cost();
