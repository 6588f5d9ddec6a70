ALTER TABLE waa_messages DROP COLUMN delivered_at;
