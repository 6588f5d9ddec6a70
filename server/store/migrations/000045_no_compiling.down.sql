DO $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND proname SIMILAR TO 'waa\_(results|tell|event)%' AND 'enable_seqscan=off' = ANY (proconfig)
    LOOP
        EXECUTE format('ALTER FUNCTION %s RESET jit', f.name);
    END LOOP;
END
$$;
