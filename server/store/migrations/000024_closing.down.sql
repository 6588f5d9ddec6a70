ALTER TABLE waa_conversations DROP COLUMN closing_reason_id, DROP COLUMN closing_label, DROP COLUMN closing_fields;
ALTER TABLE waa_queues DROP COLUMN closing_reason_required;
DROP TABLE waa_closing_reasons;
