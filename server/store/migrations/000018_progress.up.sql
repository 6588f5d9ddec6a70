-- Locks: each ALTER TABLE takes ACCESS EXCLUSIVE for the moment it changes the catalogue; the defaults are constants, so no row is
-- rewritten. CREATE TRIGGER holds up writers of the conversations for as long.

-- When what a list shows of a conversation changed, by the database's clock: updated_at is by the clock of whichever node changed it. A
-- trigger and not a part of each statement: a process of an earlier version on the same database tells its changes too.
ALTER TABLE waa_conversations ADD COLUMN changed_at bigint NOT NULL DEFAULT 0;

CREATE FUNCTION waa_conversation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint);
    RETURN NEW;
END
$$;

CREATE TRIGGER waa_conversation_began BEFORE INSERT ON waa_conversations FOR EACH ROW EXECUTE FUNCTION waa_conversation_changed();
CREATE TRIGGER waa_conversation_changed BEFORE UPDATE ON waa_conversations FOR EACH ROW
    WHEN ((OLD.updated_at, OLD.owner_id, OLD.attendant_id, OLD.queue_id, OLD.channel_id, OLD.closed_at, OLD.aborted_at, OLD.shown_state)
        IS DISTINCT FROM (NEW.updated_at, NEW.owner_id, NEW.attendant_id, NEW.queue_id, NEW.channel_id, NEW.closed_at, NEW.aborted_at, NEW.shown_state))
    EXECUTE FUNCTION waa_conversation_changed();

-- What a job waits for that may take long, so that it is woken and need not ask again and again; '' = nothing.
ALTER TABLE waa_inbox ADD COLUMN waits_for text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX waa_inbox_waits ON waa_inbox (waits_for) WHERE waits_for <> '' AND finished_at = 0;
