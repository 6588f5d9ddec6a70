-- Whether the queue was told that the attendant is out of office or does not want to be disturbed.
ALTER TABLE waa_conversations ADD COLUMN absence text NOT NULL DEFAULT '';
