DROP TABLE waa_processes;
