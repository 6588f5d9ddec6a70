-- Locks: ALTER TABLE takes ACCESS EXCLUSIVE on the contacts for as long as it
-- changes the catalogue; the default is a constant, so the table is not rewritten.

ALTER TABLE waa_contacts ADD COLUMN username text NOT NULL DEFAULT ''; -- as WhatsApp last gave it, without "@"

-- Customers' files on their way onto their posts: one job a message, the
-- columns of waa_inbox and what resumes an upload.
CREATE TABLE waa_media (
    id              bigserial PRIMARY KEY,
    lane            text      COLLATE "C" NOT NULL, -- the message: files do not wait for each other
    ord             bigint    NOT NULL, -- Meta's timestamp, milliseconds
    dedupe_key      text      NOT NULL, -- the message's wamid
    account_id      text      NOT NULL,
    payload         bytea     NOT NULL,
    created_at      bigint    NOT NULL,
    due_at          bigint    NOT NULL DEFAULT 0,
    attempts        integer   NOT NULL DEFAULT 0,
    lease_owner     text      NOT NULL DEFAULT '',
    lease_until     bigint    NOT NULL DEFAULT 0,
    finished_at     bigint    NOT NULL DEFAULT 0,
    dead_at         bigint    NOT NULL DEFAULT 0,
    reason          text      NOT NULL DEFAULT '',
    conversation_id text      NOT NULL,
    file_id         text      NOT NULL, -- the file's id in Mattermost, chosen before it is there
    upload_id       text      NOT NULL DEFAULT '', -- the server's upload session; '' = none
    upload_from     bigint    NOT NULL DEFAULT 0   -- at which byte the last try began to add
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE UNIQUE INDEX waa_media_key ON waa_media (dedupe_key);
CREATE INDEX waa_media_todo ON waa_media (lane, ord, id) WHERE finished_at = 0;
CREATE UNIQUE INDEX waa_media_lease ON waa_media (lane) WHERE finished_at = 0 AND lease_owner <> '';
CREATE INDEX waa_media_dead ON waa_media (dead_at) WHERE dead_at > 0;
CREATE INDEX waa_media_finished ON waa_media (finished_at) WHERE finished_at > 0 AND dead_at = 0;
CREATE INDEX waa_media_conversation ON waa_media (conversation_id);

-- The customer's last reaction to a message; emoji '' = taken back.
CREATE TABLE waa_reactions (
    message_id text   PRIMARY KEY, -- the message reacted to
    wamid      text   NOT NULL, -- of the reaction
    emoji      text   NOT NULL,
    at         bigint NOT NULL -- Meta's timestamp, milliseconds
);
