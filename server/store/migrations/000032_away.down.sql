ALTER TABLE waa_messages DROP COLUMN automatic;
ALTER TABLE waa_conversations DROP COLUMN away_at;
ALTER TABLE waa_queues DROP COLUMN away_message;
