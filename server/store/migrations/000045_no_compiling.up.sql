-- Locks: ALTER FUNCTION takes none that a statement waits for.

-- Without sequential scans the price of a table that is too small for an index is so high that PostgreSQL compiles the statement
-- (jit), which takes a hundred times as long as it runs. The plugin switches that off for connections of its own, but it has none
-- behind a pooler, or where it goes through the server.
DO $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'waa\_%' AND 'enable_seqscan=off' = ANY (proconfig)
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET jit = off', f.name);
    END LOOP;
END
$$;
