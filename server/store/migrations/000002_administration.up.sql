-- Locks: every ALTER TABLE here takes ACCESS EXCLUSIVE for as long as it changes
-- the catalogue; the defaults are constants, so no table is rewritten. The
-- tables altered and updated are an administrator's: dozens of plans, thousands
-- of templates. Neither messages, charges nor jobs are touched. New tables hold
-- up nobody.

ALTER TABLE waa_templates
    ADD COLUMN quality         text  NOT NULL DEFAULT '',
    ADD COLUMN rejected_reason text  NOT NULL DEFAULT '',
    ADD COLUMN rules           jsonb NOT NULL DEFAULT '{}'; -- by dialog element: an administrator's default and length
UPDATE waa_templates SET quality = coalesce(definition ->> 'quality_score', ''), rejected_reason = coalesce(definition ->> 'rejected_reason', '');

ALTER TABLE waa_plans
    ADD COLUMN price_changes     jsonb NOT NULL DEFAULT '[]',
    -- what was approved last, as [{"from", "prices"}]: what is delivered while a
    -- new draft waits is charged at these
    ADD COLUMN approved_prices   jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN approved_currency text  NOT NULL DEFAULT '';
UPDATE waa_plans SET approved_prices = jsonb_build_array(jsonb_build_object('from', 0, 'prices', prices)), approved_currency = currency WHERE approved;

-- Every approval there ever was; ended_at 0 = it holds.
CREATE TABLE waa_plan_approvals (
    id            text   PRIMARY KEY,
    plan_id       text   NOT NULL,
    queue_id      text   NOT NULL,
    monthly_limit bigint NOT NULL,
    currency      text   NOT NULL,
    prices        jsonb  NOT NULL,
    price_changes jsonb  NOT NULL DEFAULT '[]',
    approved_by   text   NOT NULL,
    approved_at   bigint NOT NULL,
    ended_by      text   NOT NULL DEFAULT '',
    ended_at      bigint NOT NULL DEFAULT 0
);
CREATE INDEX waa_plan_approvals_plan ON waa_plan_approvals (plan_id, approved_at);
INSERT INTO waa_plan_approvals (id, plan_id, queue_id, monthly_limit, currency, prices, approved_by, approved_at)
    SELECT id, id, queue_id, monthly_limit, currency, prices, approved_by, approved_at FROM waa_plans WHERE approved;

-- What Meta says of a number; apart from waa_accounts, which every send reads.
CREATE TABLE waa_account_health (
    account_id       text    PRIMARY KEY,
    checked_at       bigint  NOT NULL DEFAULT 0,
    ok               boolean NOT NULL DEFAULT false,
    error_code       integer NOT NULL DEFAULT 0,
    quality_rating   text    NOT NULL DEFAULT '',
    messaging_limit  text    NOT NULL DEFAULT '',
    number_status    text    NOT NULL DEFAULT '',
    restriction      text    NOT NULL DEFAULT '',
    subscribed       boolean NOT NULL DEFAULT false,
    token_checked_at bigint  NOT NULL DEFAULT 0, -- scopes, expiry and subscription are asked for more rarely
    token_expires_at bigint  NOT NULL DEFAULT 0,
    scopes           text[]  NOT NULL DEFAULT '{}',
    clock_skew       bigint  NOT NULL DEFAULT 0  -- ours less Meta's, milliseconds
);

-- What people are to be told by the bot, each once: stored with what it tells
-- of, then posted. told has who got it.
CREATE TABLE waa_notices (
    key         text   PRIMARY KEY,
    account_id  text   NOT NULL DEFAULT '',
    queue_id    text   NOT NULL DEFAULT '', -- '' = for the system admins, else for the queue's supervisors
    text_key    text   NOT NULL,
    data        jsonb  NOT NULL DEFAULT '{}',
    created_at  bigint NOT NULL,
    lease_until bigint NOT NULL DEFAULT 0,
    attempts    integer NOT NULL DEFAULT 0,
    told        text[] NOT NULL DEFAULT '{}',
    told_at     bigint NOT NULL DEFAULT 0
);
CREATE INDEX waa_notices_todo ON waa_notices (created_at) WHERE told_at = 0;
