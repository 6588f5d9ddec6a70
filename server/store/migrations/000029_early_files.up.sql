-- A file may be fetched before its message has a post. Locks: ALTER TABLE takes ACCESS EXCLUSIVE for as long
-- as it changes the catalogue; the defaults are constants, so the table is not rewritten.
ALTER TABLE waa_media ADD COLUMN post_id text NOT NULL DEFAULT ''; -- the message's post, once the job was told of it; '' = see the payload
ALTER TABLE waa_media ADD COLUMN uploaded_at bigint NOT NULL DEFAULT 0; -- when the whole file was in Mattermost before its post was known
