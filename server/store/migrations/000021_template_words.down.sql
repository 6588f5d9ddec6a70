ALTER TABLE waa_templates DROP COLUMN title, DROP COLUMN labels;
