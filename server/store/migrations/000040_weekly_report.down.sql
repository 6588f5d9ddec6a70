ALTER TABLE waa_queues DROP COLUMN report_channel_id;
