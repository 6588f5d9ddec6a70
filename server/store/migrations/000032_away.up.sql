-- Locks: each ALTER TABLE takes ACCESS EXCLUSIVE for the moment it changes the catalogue; the defaults are constants, so that no table is
-- rewritten.

ALTER TABLE waa_queues ADD COLUMN away_message text NOT NULL DEFAULT ''; -- what who writes outside of the hours gets; '' = nothing
ALTER TABLE waa_conversations ADD COLUMN away_at bigint NOT NULL DEFAULT 0; -- when the last of them was stored
ALTER TABLE waa_messages ADD COLUMN automatic boolean NOT NULL DEFAULT false; -- nobody wrote it, so it is no answer
