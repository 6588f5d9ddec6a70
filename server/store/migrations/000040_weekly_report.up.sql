ALTER TABLE waa_queues ADD COLUMN report_channel_id text NOT NULL DEFAULT ''; -- the channel that gets the queue's results each Monday; '' = none
