-- Locks: the ALTER TABLE takes ACCESS EXCLUSIVE for the moment it changes the catalogue; the defaults are constants, so that the table
-- is not rewritten.

ALTER TABLE waa_contacts
    ADD COLUMN consent_status text   NOT NULL DEFAULT '', -- '', granted, revoked
    ADD COLUMN consent_origin text   NOT NULL DEFAULT '',
    ADD COLUMN consent_note   text   NOT NULL DEFAULT '',
    ADD COLUMN consent_at     bigint NOT NULL DEFAULT 0,
    ADD COLUMN consent_by     text   NOT NULL DEFAULT '';

-- People who opted out and were erased since: keyed hashes of the numbers and ids by which they would be known again.
CREATE TABLE waa_opt_outs (
    name text   PRIMARY KEY,
    at   bigint NOT NULL
);

-- What erasing leaves of a consent is its status and time: neither says who the person is.
CREATE OR REPLACE FUNCTION waa_contacts_stay_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.erased_at := OLD.erased_at;
    NEW.name := '';
    NEW.phone := '';
    NEW.wa_id := '';
    NEW.user_id := '';
    NEW.username := '';
    NEW.cpf_masked := '';
    NEW.cpf_cipher := '';
    NEW.cpf_hash := '';
    NEW.consent_origin := OLD.consent_origin;
    NEW.consent_note := '';
    NEW.consent_status := OLD.consent_status;
    RETURN NEW;
END
$$;
