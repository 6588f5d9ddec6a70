-- What opens what earlier keys sealed: the secret called name, sealed under the key called under. A key's row under itself says when it
-- came into force last (current_at); the latest one seals. "names" is the secret by which lanes and keys of webhooks are hashed: it
-- outlives keys, so that what waits stays in its lane.
CREATE TABLE waa_keys (
    name       text   NOT NULL,
    under      text   NOT NULL,
    sealed     text   NOT NULL DEFAULT '',
    current_at bigint NOT NULL DEFAULT 0, -- the database's clock
    created_at bigint NOT NULL,
    PRIMARY KEY (name, under)
);
