-- Texts that agents keep for what they answer again and again: one person's own, or a queue's.
CREATE TABLE waa_quick_replies (
    id         text   PRIMARY KEY,
    owner_id   text   NOT NULL DEFAULT '',
    queue_id   text   NOT NULL DEFAULT '',
    shortcut   text   NOT NULL COLLATE "C",
    title      text   NOT NULL DEFAULT '',
    body       text   NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CHECK ((owner_id = '') <> (queue_id = ''))
);
CREATE UNIQUE INDEX waa_quick_replies_owner ON waa_quick_replies (owner_id, shortcut) WHERE queue_id = '';
CREATE UNIQUE INDEX waa_quick_replies_queue ON waa_quick_replies (queue_id, shortcut) WHERE owner_id = '';
