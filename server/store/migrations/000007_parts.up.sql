-- Locks: the ALTER TABLE takes ACCESS EXCLUSIVE while it changes the catalogue;
-- the defaults are constants, so no row is rewritten. The new index is built
-- before the old one goes: writers wait while it is built, seconds for a million
-- messages, readers do not.

-- A post with several files is several messages at WhatsApp, each a row of its own.
ALTER TABLE waa_messages
    ADD COLUMN part  integer NOT NULL DEFAULT 0, -- the place among the messages of the post, from 0
    ADD COLUMN parts integer NOT NULL DEFAULT 0; -- how many messages the post became; 0 = it is one
CREATE UNIQUE INDEX waa_messages_part ON waa_messages (post_id, part) WHERE post_id <> '';
DROP INDEX waa_messages_post;
