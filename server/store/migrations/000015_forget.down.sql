DELETE FROM waa_facts WHERE name = 'mentions_since';
DROP TABLE waa_forget;
DROP TABLE waa_mentions;
DROP TRIGGER waa_contacts_stay_erased ON waa_contacts;
DROP FUNCTION waa_contacts_stay_erased();
ALTER TABLE waa_conversations DROP COLUMN erased_at;
ALTER TABLE waa_contacts DROP COLUMN erased_at;
