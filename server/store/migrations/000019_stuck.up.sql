-- Locks: each ALTER TABLE takes ACCESS EXCLUSIVE for the moment it changes the catalogue; the default is a constant, so no row is rewritten.

-- When a job was first claimed; 0 = it was not, or by a process of an earlier version.
ALTER TABLE waa_inbox ADD COLUMN begun_at bigint NOT NULL DEFAULT 0;
ALTER TABLE waa_outbox ADD COLUMN begun_at bigint NOT NULL DEFAULT 0;
ALTER TABLE waa_media ADD COLUMN begun_at bigint NOT NULL DEFAULT 0;
