DROP INDEX waa_standing_unlooked;
ALTER TABLE waa_standing DROP COLUMN looked_at;
