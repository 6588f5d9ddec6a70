-- Locks: each ALTER TABLE takes ACCESS EXCLUSIVE for the moment it changes the
-- catalogue; the defaults are constants, so no table is rewritten. The UPDATEs
-- touch windows that are open and jobs that wait. The new index is of waiting
-- jobs: it is small, and built before the old one goes, whose two columns it
-- begins with.

-- To whom the window belongs: who wrote last, as Meta named them then. '' and '' = not known.
ALTER TABLE waa_conversations
    ADD COLUMN window_phone   text NOT NULL DEFAULT '',
    ADD COLUMN window_user_id text NOT NULL DEFAULT '';
UPDATE waa_conversations c
    SET window_phone = CASE WHEN ct.wa_id <> '' THEN ct.wa_id ELSE ltrim(ct.phone, '+') END, window_user_id = ct.user_id
    FROM waa_contacts ct
    WHERE ct.id = c.contact_id AND c.closed_at = 0 AND c.aborted_at = 0 AND c.window_until > extract(epoch FROM clock_timestamp()) * 1000;

ALTER TABLE waa_outbox
    ADD COLUMN post_id     text   COLLATE "C" NOT NULL DEFAULT '', -- of one moment the lower id goes first
    ADD COLUMN left_window bigint NOT NULL DEFAULT 0; -- the window's end when the request left
UPDATE waa_outbox o SET post_id = m.post_id FROM waa_messages m WHERE m.id = o.dedupe_key AND o.finished_at = 0 AND m.post_id <> '';
CREATE INDEX waa_outbox_order ON waa_outbox (lane, ord, post_id, id) WHERE finished_at = 0;
DROP INDEX waa_outbox_todo;

-- What Meta said last of each, by its own timestamps: what is older changes nothing any more.
ALTER TABLE waa_contacts
    ADD COLUMN marketing_allowed_at bigint NOT NULL DEFAULT 0, -- when the person allowed marketing again
    ADD COLUMN moved_at             bigint NOT NULL DEFAULT 0; -- when the person took another number or BSUID
ALTER TABLE waa_accounts ADD COLUMN well_at bigint NOT NULL DEFAULT 0; -- when the last request left that Meta is known to have taken
ALTER TABLE waa_templates ADD COLUMN told_at bigint NOT NULL DEFAULT 0;
ALTER TABLE waa_account_health
    ADD COLUMN quality_at     bigint NOT NULL DEFAULT 0,
    ADD COLUMN restriction_at bigint NOT NULL DEFAULT 0;
