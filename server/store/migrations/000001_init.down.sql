-- the functions are made after the migrations, see function.go
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'waa\_%' LOOP
        EXECUTE 'DROP FUNCTION ' || f;
    END LOOP;
END $$;
DROP TABLE IF EXISTS waa_facts, waa_audit, waa_outbox, waa_inbox, waa_charges, waa_messages, waa_conversations,
    waa_identities, waa_contacts, waa_plans, waa_templates, waa_queues, waa_accounts;
