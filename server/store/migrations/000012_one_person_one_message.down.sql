-- The keys of numbers stay as they are: an earlier version stores its own beside them.
SELECT 1;
