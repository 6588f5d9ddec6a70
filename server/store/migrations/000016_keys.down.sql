DROP TABLE waa_keys;
