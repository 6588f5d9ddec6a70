ALTER TABLE waa_conversations DROP COLUMN absence;
