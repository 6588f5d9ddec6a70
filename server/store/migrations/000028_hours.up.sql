-- Locks: each ALTER TABLE takes ACCESS EXCLUSIVE for the moment it changes the catalogue; the defaults are constants, so that no table is
-- rewritten.

ALTER TABLE waa_queues
    ADD COLUMN hours          text NOT NULL DEFAULT '[]', -- JSON; [] = always
    ADD COLUMN template_hours text NOT NULL DEFAULT '[]', -- the same
    ADD COLUMN holidays       text NOT NULL DEFAULT '[]'; -- JSON, dates

ALTER TABLE waa_messages ADD COLUMN over_hours boolean NOT NULL DEFAULT false; -- a supervisor confirmed that the template may go outside of the hours
