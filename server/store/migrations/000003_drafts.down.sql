DROP INDEX IF EXISTS waa_conversations_unanswered;
ALTER TABLE IF EXISTS waa_notices DROP COLUMN IF EXISTS user_id;
DROP TABLE IF EXISTS waa_draft_offers, waa_drafts;
