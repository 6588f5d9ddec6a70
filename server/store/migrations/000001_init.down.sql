DROP TABLE IF EXISTS waa_facts, waa_audit, waa_outbox, waa_inbox, waa_charges, waa_messages, waa_conversations,
    waa_identities, waa_contacts, waa_plans, waa_templates, waa_queues, waa_accounts;
