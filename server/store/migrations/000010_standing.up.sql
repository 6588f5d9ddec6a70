-- Which of several posts of one thing stands: the first that somebody says. Only
-- who took something over, or was overtaken, asks; see server/relay/post.go.
CREATE TABLE waa_standing (
    key varchar(64) PRIMARY KEY,
    post_id varchar(26) NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX waa_standing_age ON waa_standing (created_at);

-- When the server's row of the channel was changed last, as far as we saw it: what is later was done by somebody else.
ALTER TABLE waa_conversations ADD COLUMN channel_at bigint NOT NULL DEFAULT 0;
