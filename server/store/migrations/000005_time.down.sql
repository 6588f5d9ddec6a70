DROP INDEX waa_conversations_archiving;
DROP INDEX waa_conversations_unmade;
DROP INDEX waa_conversations_archive;
ALTER TABLE waa_conversations
    DROP COLUMN archive_lease,
    DROP COLUMN archived_at,
    DROP COLUMN reopened_by,
    DROP COLUMN reopened_at,
    DROP COLUMN previous_id;
ALTER TABLE waa_queues DROP COLUMN time_zone;
