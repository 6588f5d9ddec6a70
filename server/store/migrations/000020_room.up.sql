-- Locks: SHARE UPDATE EXCLUSIVE, which holds up neither readers nor writers. No row is rewritten.
-- A message is updated with each of its statuses: room on its page, and a vacuum that does not wait for a fifth of ten million rows.
ALTER TABLE waa_messages SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE waa_charges SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
