-- Locks: each ALTER TABLE takes ACCESS EXCLUSIVE for the moment it changes the catalogue; the defaults are constants, so that no table
-- is rewritten. The UPDATEs touch people who were erased already.

ALTER TABLE waa_contacts ADD COLUMN erased_at bigint NOT NULL DEFAULT 0;      -- when the person was erased; 0 = not
ALTER TABLE waa_conversations ADD COLUMN erased_at bigint NOT NULL DEFAULT 0; -- the same, of the person it is with

UPDATE waa_contacts SET erased_at = updated_at WHERE name = '' AND phone = '' AND wa_id = '' AND user_id = '' AND cpf_hash = ''
    AND EXISTS (SELECT 1 FROM waa_audit a WHERE a.object_id = waa_contacts.id AND a.action = 'contact_erased');
UPDATE waa_conversations c SET erased_at = ct.erased_at FROM waa_contacts ct WHERE ct.id = c.contact_id AND ct.erased_at > 0;

-- What comes late of a person who was erased (a status, an answer of Meta's) brings nothing of them back, whoever writes it.
CREATE FUNCTION waa_contacts_stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.erased_at := OLD.erased_at;
    NEW.name := '';
    NEW.phone := '';
    NEW.wa_id := '';
    NEW.user_id := '';
    NEW.username := '';
    NEW.cpf_masked := '';
    NEW.cpf_cipher := '';
    NEW.cpf_hash := '';
    RETURN NEW;
END
$$;
CREATE TRIGGER waa_contacts_stay_erased BEFORE UPDATE ON waa_contacts FOR EACH ROW WHEN (OLD.erased_at > 0) EXECUTE FUNCTION waa_contacts_stay_erased();

-- Posts of ours outside of a conversation's channel that tell of it: cards in queues, direct messages. One post may tell of several.
CREATE TABLE waa_mentions (
    conversation_id text NOT NULL,
    post_id         text NOT NULL,
    PRIMARY KEY (conversation_id, post_id)
);

-- What an erasure has still to take out of Mattermost: one row a conversation, stored with the erasure.
CREATE TABLE waa_forget (
    conversation_id text    PRIMARY KEY,
    contact_id      text    NOT NULL,
    posts           text[]  NOT NULL DEFAULT '{}', -- posts elsewhere that waa_mentions does not know: of before it was kept
    created_at      bigint  NOT NULL, -- the database's clock, as all times here
    due_at          bigint  NOT NULL,
    attempts        integer NOT NULL DEFAULT 0, -- failures in a row
    lease_until     bigint  NOT NULL DEFAULT 0,
    passes          integer NOT NULL DEFAULT 0, -- how often it was gone through to the end
    done_at         bigint  NOT NULL DEFAULT 0,
    stays           text[]  NOT NULL DEFAULT '{}' -- what the server's settings do not let go
);
CREATE INDEX waa_forget_due ON waa_forget (due_at) WHERE done_at = 0;
CREATE INDEX waa_forget_contact ON waa_forget (contact_id);

-- Those who were erased before: their channels once more, and to the end.
INSERT INTO waa_forget (conversation_id, contact_id, created_at, due_at)
    SELECT id, contact_id, erased_at, 0 FROM waa_conversations WHERE erased_at > 0;

-- Until when posts elsewhere were not kept in waa_mentions, by the server's clock.
INSERT INTO waa_facts (name, value) VALUES ('mentions_since', CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)) ON CONFLICT DO NOTHING;
