-- Locks: ALTER TABLE takes ACCESS EXCLUSIVE for as long as it changes the
-- catalogue; the defaults are constants, so that no table is rewritten. The
-- UPDATE touches open conversations only.

ALTER TABLE waa_conversations
    ADD COLUMN attended_at  bigint NOT NULL DEFAULT 0,  -- when the attendant changed last, also to nobody
    ADD COLUMN queued_for   text   NOT NULL DEFAULT '', -- why it waits in its queue
    ADD COLUMN reminded_at  bigint NOT NULL DEFAULT 0,  -- the beginning of the wait that was acted on
    -- since when, at the earliest, the customer may wait for our answer; 0 = not, or it was acted on
    ADD COLUMN idle_at      bigint NOT NULL DEFAULT 0,
    ADD COLUMN shown_people text   NOT NULL DEFAULT '', -- who Mattermost was last arranged for
    ADD COLUMN card_post    text   NOT NULL DEFAULT '', -- the card that stands in the queue's channel
    ADD COLUMN card_no      bigint NOT NULL DEFAULT 0;
UPDATE waa_conversations SET
        shown_people = owner_id || ':' || attendant_id || ':' || queue_id || ':open:0:0',
        idle_at = CASE WHEN last_inbound_at > last_outbound_at THEN last_inbound_at ELSE 0 END
    WHERE closed_at = 0 AND aborted_at = 0 AND channel_id <> '';

CREATE INDEX waa_conversations_idle ON waa_conversations (queue_id, idle_at) WHERE idle_at > 0 AND closed_at = 0 AND aborted_at = 0;
CREATE INDEX waa_conversations_served ON waa_conversations (attendant_id, id) WHERE attendant_id <> '' AND closed_at = 0 AND aborted_at = 0;
CREATE INDEX waa_conversations_owned ON waa_conversations (owner_id, id) WHERE owner_id <> '' AND closed_at = 0 AND aborted_at = 0;

-- Lines that the channel of a conversation is to show, stored with what they
-- tell of; deleted once they are there.
CREATE TABLE waa_lines (
    id              bigserial PRIMARY KEY,
    conversation_id text  NOT NULL,
    text_key        text  NOT NULL,
    data            jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX waa_lines_conversation ON waa_lines (conversation_id, id);

-- Each agent's category in the sidebar, one a team; due at due_at by the database's clock.
CREATE TABLE waa_sidebars (
    user_id     text   NOT NULL,
    team_id     text   NOT NULL,
    category_id text   NOT NULL DEFAULT '',
    due_at      bigint NOT NULL,
    lease_until bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, team_id)
);
CREATE INDEX waa_sidebars_due ON waa_sidebars (due_at);
INSERT INTO waa_sidebars (user_id, team_id, due_at)
    SELECT DISTINCT v.user_id, c.team_id, 1 FROM waa_conversations c, LATERAL (VALUES (c.owner_id), (c.attendant_id)) v (user_id)
    WHERE c.closed_at = 0 AND c.aborted_at = 0 AND c.channel_id <> '' AND v.user_id <> '';

ALTER TABLE waa_notices ADD COLUMN conversation_id text NOT NULL DEFAULT ''; -- what it is about
