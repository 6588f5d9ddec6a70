ALTER TABLE waa_notices DROP COLUMN conversation_id;
DROP TABLE waa_sidebars;
DROP TABLE waa_lines;
ALTER TABLE waa_conversations
    DROP COLUMN attended_at, DROP COLUMN queued_for, DROP COLUMN reminded_at, DROP COLUMN idle_at,
    DROP COLUMN shown_people, DROP COLUMN card_post, DROP COLUMN card_no;
