UPDATE waa_messages SET post_id = '', shown_status = status WHERE part > 0;
CREATE UNIQUE INDEX waa_messages_post ON waa_messages (post_id) WHERE post_id <> '';
DROP INDEX waa_messages_part;
ALTER TABLE waa_messages DROP COLUMN part, DROP COLUMN parts;
