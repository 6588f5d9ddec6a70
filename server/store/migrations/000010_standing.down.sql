ALTER TABLE waa_conversations DROP COLUMN channel_at;
DROP TABLE waa_standing;
