DROP TABLE IF EXISTS waa_notices, waa_account_health, waa_plan_approvals;
ALTER TABLE waa_plans DROP COLUMN price_changes, DROP COLUMN approved_prices, DROP COLUMN approved_currency;
ALTER TABLE waa_templates DROP COLUMN quality, DROP COLUMN rejected_reason, DROP COLUMN rules;
