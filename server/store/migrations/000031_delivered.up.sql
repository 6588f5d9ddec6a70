-- When a message was delivered that has been read since. Of any other delivered one status_at says it.
ALTER TABLE waa_messages ADD COLUMN delivered_at bigint NOT NULL DEFAULT 0;
