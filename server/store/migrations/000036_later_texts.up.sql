-- Locks: the column has a constant default, so the table is not rewritten.

ALTER TABLE waa_drafts ADD COLUMN send_at bigint NOT NULL DEFAULT 0; -- when it is sent by itself; 0 = only by hand
