ALTER TABLE waa_templates DROP COLUMN edits;
