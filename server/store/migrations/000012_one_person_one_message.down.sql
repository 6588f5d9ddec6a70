-- The keys of numbers stay as they are: an earlier version stores its own beside them.
DROP TABLE IF EXISTS waa_wanted;
DROP TABLE IF EXISTS waa_requests;
