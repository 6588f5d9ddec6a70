DROP TABLE waa_standing;
