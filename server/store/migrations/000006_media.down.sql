DROP TABLE waa_reactions;
DROP TABLE waa_media CASCADE; -- the functions over its rows
ALTER TABLE waa_contacts DROP COLUMN username;
