DROP TABLE waa_quick_replies;
