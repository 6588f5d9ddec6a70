ALTER TABLE waa_messages DROP COLUMN held;
ALTER TABLE waa_templates DROP COLUMN source, DROP COLUMN correct_category;
