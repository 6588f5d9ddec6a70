-- What a queue has spent and reserved in a month, kept as the ledger changes, so that a start need not add the ledger up under its lock.
-- Several rows a queue and month, chosen by the message: parallel charges do not wait for one another.
CREATE TABLE waa_spent (
    queue_id text     NOT NULL,
    month    bigint   NOT NULL, -- its first millisecond, UTC
    part     smallint NOT NULL,
    amount   bigint   NOT NULL,
    PRIMARY KEY (queue_id, month, part)
) WITH (fillfactor = 50);

CREATE FUNCTION waa_spent_month(at bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM date_trunc('month', to_timestamp(at / 1000) AT TIME ZONE 'UTC')) * 1000)::bigint
$$;

CREATE FUNCTION waa_spent_part(message_id text) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT (abs(hashtext(message_id)::bigint) % 16)::smallint
$$;

CREATE FUNCTION waa_spent_add(queue text, at bigint, message_id text, more bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO waa_spent (queue_id, month, part, amount) VALUES (queue, waa_spent_month(at), waa_spent_part(message_id), more)
    ON CONFLICT (queue_id, month, part) DO UPDATE SET amount = waa_spent.amount + excluded.amount
$$;

-- A trigger and not a part of each statement: a process of an earlier version on the same database keeps the sum right too.
CREATE FUNCTION waa_spent_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint := 0;
    after  bigint := 0;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state IN ('reserved', 'billed') THEN
        before := OLD.amount;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state IN ('reserved', 'billed') THEN
        after := NEW.amount;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.queue_id = OLD.queue_id AND NEW.message_id = OLD.message_id AND waa_spent_month(NEW.at) = waa_spent_month(OLD.at) THEN
        IF after <> before THEN
            PERFORM waa_spent_add(NEW.queue_id, NEW.at, NEW.message_id, after - before);
        END IF;
        RETURN NULL;
    END IF;
    IF before <> 0 THEN
        PERFORM waa_spent_add(OLD.queue_id, OLD.at, OLD.message_id, -before);
    END IF;
    IF after <> 0 THEN
        PERFORM waa_spent_add(NEW.queue_id, NEW.at, NEW.message_id, after);
    END IF;
    RETURN NULL;
END
$$;

LOCK TABLE waa_charges IN SHARE ROW EXCLUSIVE MODE;

CREATE TRIGGER waa_spent_keep AFTER INSERT OR UPDATE OR DELETE ON waa_charges FOR EACH ROW EXECUTE FUNCTION waa_spent_keep();

INSERT INTO waa_spent (queue_id, month, part, amount)
SELECT queue_id, waa_spent_month(at), waa_spent_part(message_id), sum(amount) FROM waa_charges
WHERE state IN ('reserved', 'billed') GROUP BY 1, 2, 3;

-- A mark of what a template says to the customer, '' = not known yet: another wording takes our approval off.
ALTER TABLE waa_templates ADD COLUMN wording text NOT NULL DEFAULT '';
