-- What administrators call a template and its variables: a title, and labels by dialog element. A sync leaves both as they are.
ALTER TABLE waa_templates ADD COLUMN title text NOT NULL DEFAULT '', ADD COLUMN labels jsonb NOT NULL DEFAULT '{}';
