-- Locks: the column of waa_notices has a constant default, so the table is not
-- rewritten; it has a few thousand rows at the most. New tables hold up nobody.

-- What agents typed while the conversation was locked.
CREATE TABLE waa_drafts (
    id              text    PRIMARY KEY,
    ord             bigserial, -- the order in which they were typed
    conversation_id text    NOT NULL,
    author_id       text    NOT NULL,
    root_id         text    NOT NULL DEFAULT '', -- the thread it was typed in
    body            text    NOT NULL,
    file_ids        text[]  NOT NULL DEFAULT '{}', -- uploaded, attached to no post yet
    fingerprint     text    NOT NULL, -- of text and files: the same ones are one draft
    state           text    NOT NULL DEFAULT 'held', -- held, chosen, sent, dropped
    opening         bigint  NOT NULL DEFAULT 0, -- window_from of the opening that offered it last
    chosen_by       text    NOT NULL DEFAULT '',
    chosen_at       bigint  NOT NULL DEFAULT 0, -- the database's clock
    lease_until     bigint  NOT NULL DEFAULT 0,
    attempts        integer NOT NULL DEFAULT 0,
    post_id         text    NOT NULL DEFAULT '',
    created_at      bigint  NOT NULL,
    updated_at      bigint  NOT NULL
);
CREATE UNIQUE INDEX waa_drafts_same ON waa_drafts (conversation_id, author_id, fingerprint) WHERE state = 'held';
CREATE INDEX waa_drafts_order ON waa_drafts (conversation_id, author_id, ord);
CREATE INDEX waa_drafts_chosen ON waa_drafts (ord) WHERE state = 'chosen';
CREATE INDEX waa_drafts_done ON waa_drafts (updated_at) WHERE state IN ('sent', 'dropped');

-- The posts that offer drafts: one an agent and opening of the window. What it
-- shows is behind while shown < version.
CREATE TABLE waa_draft_offers (
    conversation_id text    NOT NULL,
    author_id       text    NOT NULL,
    opening         bigint  NOT NULL,
    post_id         text    NOT NULL DEFAULT '',
    version         integer NOT NULL DEFAULT 1,
    shown           integer NOT NULL DEFAULT 0,
    lease_until     bigint  NOT NULL DEFAULT 0,
    attempts        integer NOT NULL DEFAULT 0,
    created_at      bigint  NOT NULL,
    PRIMARY KEY (conversation_id, author_id, opening)
);
CREATE INDEX waa_draft_offers_due ON waa_draft_offers (created_at) WHERE shown < version;

ALTER TABLE waa_notices ADD COLUMN user_id text NOT NULL DEFAULT ''; -- for this person alone

CREATE INDEX waa_conversations_unanswered ON waa_conversations (last_template_at) WHERE closed_at = 0 AND aborted_at = 0;
