ALTER TABLE waa_drafts DROP COLUMN send_at;
