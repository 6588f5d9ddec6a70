-- Locks: CREATE TABLE takes none that a statement waits for.

-- The processes of the plugin that other ones watch: each holds an advisory lock for as long as it lives. A process of an earlier version is
-- not here, and what it leaves waits for its lease.
CREATE TABLE waa_processes (
    id text PRIMARY KEY
);
