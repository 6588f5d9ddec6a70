-- What Meta says of a template besides its state: where it comes from, and the category that it should have.
ALTER TABLE waa_templates ADD COLUMN source text NOT NULL DEFAULT '', ADD COLUMN correct_category text NOT NULL DEFAULT '';
-- Meta accepted the message, but held it back. It matters while the message is pending.
ALTER TABLE waa_messages ADD COLUMN held boolean NOT NULL DEFAULT false;
