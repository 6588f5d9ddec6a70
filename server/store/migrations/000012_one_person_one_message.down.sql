-- The keys of numbers stay as they are: an earlier version stores its own beside them.
DROP TABLE IF EXISTS waa_wanted;
DROP TABLE IF EXISTS waa_requests;
DROP TRIGGER IF EXISTS waa_messages_token_new ON waa_messages;
DROP TRIGGER IF EXISTS waa_messages_token_keep ON waa_messages;
DROP FUNCTION IF EXISTS waa_token_keep();
ALTER TABLE waa_messages DROP COLUMN IF EXISTS token;
DROP FUNCTION IF EXISTS waa_token(text);
