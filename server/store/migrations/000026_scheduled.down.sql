DROP TABLE waa_scheduled;
