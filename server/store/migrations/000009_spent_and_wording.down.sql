DROP TRIGGER IF EXISTS waa_spent_keep ON waa_charges;
DROP FUNCTION IF EXISTS waa_spent_keep();
DROP FUNCTION IF EXISTS waa_spent_add(text, bigint, text, bigint);
DROP FUNCTION IF EXISTS waa_spent_part(text);
DROP FUNCTION IF EXISTS waa_spent_month(bigint);
DROP TABLE IF EXISTS waa_spent;
ALTER TABLE waa_templates DROP COLUMN IF EXISTS wording;
