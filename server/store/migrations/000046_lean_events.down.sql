-- The triggers and their functions stay: they write the same rows as those before them did.
DROP INDEX waa_events_started;
CREATE INDEX waa_event_deliveries_waiting ON waa_event_deliveries (account_id) WHERE finished_at = 0;
