DROP INDEX IF EXISTS waa_inbox_waits;
ALTER TABLE waa_inbox DROP COLUMN IF EXISTS waits_for;
DROP TRIGGER IF EXISTS waa_conversation_changed ON waa_conversations;
DROP TRIGGER IF EXISTS waa_conversation_began ON waa_conversations;
DROP FUNCTION IF EXISTS waa_conversation_changed();
ALTER TABLE waa_conversations DROP COLUMN IF EXISTS changed_at;
