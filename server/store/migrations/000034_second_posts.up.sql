-- When it was looked for posts that came after the one that was agreed on; 0 = not yet.
ALTER TABLE waa_standing ADD COLUMN looked_at bigint NOT NULL DEFAULT 0;
CREATE INDEX waa_standing_unlooked ON waa_standing (created_at) WHERE looked_at = 0;
