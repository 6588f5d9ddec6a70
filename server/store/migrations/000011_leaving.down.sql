ALTER TABLE waa_account_health DROP COLUMN quality_at, DROP COLUMN restriction_at;
ALTER TABLE waa_templates DROP COLUMN told_at;
ALTER TABLE waa_accounts DROP COLUMN well_at;
ALTER TABLE waa_contacts DROP COLUMN marketing_allowed_at, DROP COLUMN moved_at;
CREATE INDEX waa_outbox_todo ON waa_outbox (lane, ord, id) WHERE finished_at = 0;
DROP INDEX waa_outbox_order;
ALTER TABLE waa_outbox DROP COLUMN post_id, DROP COLUMN left_window;
ALTER TABLE waa_conversations DROP COLUMN window_phone, DROP COLUMN window_user_id;
