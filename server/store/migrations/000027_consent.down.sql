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
    RETURN NEW;
END
$$;
DROP TABLE waa_opt_outs;
ALTER TABLE waa_contacts
    DROP COLUMN consent_status,
    DROP COLUMN consent_origin,
    DROP COLUMN consent_note,
    DROP COLUMN consent_at,
    DROP COLUMN consent_by;
