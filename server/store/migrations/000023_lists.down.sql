CREATE INDEX waa_conversations_live ON waa_conversations (updated_at DESC, id) WHERE closed_at = 0 AND aborted_at = 0;
