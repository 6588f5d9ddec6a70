ALTER TABLE waa_identities DROP COLUMN origin;
