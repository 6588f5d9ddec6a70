-- Locks: each ALTER TABLE takes ACCESS EXCLUSIVE for the moment it changes the
-- catalogue; the defaults are constants, so no table is rewritten. The indexes
-- hold up writers of waa_conversations while they are built: they are empty, small, or of closed conversations.

ALTER TABLE waa_queues ADD COLUMN time_zone text NOT NULL DEFAULT ''; -- IANA name; '' = the plugin's setting

ALTER TABLE waa_conversations
    ADD COLUMN previous_id   text   NOT NULL DEFAULT '', -- the customer's last one, where a return made this one
    ADD COLUMN reopened_at   bigint NOT NULL DEFAULT 0,
    ADD COLUMN reopened_by   text   NOT NULL DEFAULT '', -- '' = the customer, by writing again
    ADD COLUMN archived_at   bigint NOT NULL DEFAULT 0,  -- from when on its channel is archived, or about to be
    ADD COLUMN archive_lease bigint NOT NULL DEFAULT 0;  -- while the archiving is under way, held until then; 0 = done
CREATE INDEX waa_conversations_archive ON waa_conversations (closed_at) WHERE closed_at > 0 AND archived_at = 0 AND channel_id <> '';
CREATE INDEX waa_conversations_unmade ON waa_conversations (team_id) WHERE channel_id = '' AND closed_at = 0 AND aborted_at = 0;
CREATE INDEX waa_conversations_archiving ON waa_conversations (archive_lease) WHERE archive_lease > 0;
