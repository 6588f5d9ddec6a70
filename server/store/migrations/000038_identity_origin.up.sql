-- How an identity became known, where Meta did not name it as the sender's: contact_request = the customer shared it when asked.
ALTER TABLE waa_identities ADD COLUMN origin text NOT NULL DEFAULT '';
