ALTER TABLE waa_messages DROP COLUMN over_hours;
ALTER TABLE waa_queues
    DROP COLUMN hours,
    DROP COLUMN template_hours,
    DROP COLUMN holidays;
