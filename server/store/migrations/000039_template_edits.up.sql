-- When an approved template was edited, the last 30 days at least: Meta allows so many edits in that time.
ALTER TABLE waa_templates ADD COLUMN edits bigint[] NOT NULL DEFAULT '{}';
