-- Ids are Mattermost's 26 characters, times milliseconds since epoch (0 = none),
-- money millionths of the currency's main unit. Text has no length here: what
-- comes from outside is cut before it is stored. No foreign key points to a
-- table of the server's.

CREATE TABLE waa_accounts (
    id               text    PRIMARY KEY,
    name             text    NOT NULL,
    phone_number_id  text    NOT NULL,
    waba_id          text    NOT NULL,
    display_phone    text    NOT NULL DEFAULT '',
    access_token     text    NOT NULL DEFAULT '', -- sealed
    app_secret       text    NOT NULL DEFAULT '', -- sealed
    verify_token     text    NOT NULL DEFAULT '', -- sealed
    default_queue_id text    NOT NULL DEFAULT '',
    enabled          boolean NOT NULL DEFAULT true,
    blocked_code     integer NOT NULL DEFAULT 0,
    blocked_at       bigint  NOT NULL DEFAULT 0,
    webhook_at       bigint  NOT NULL DEFAULT 0,
    created_at       bigint  NOT NULL,
    updated_at       bigint  NOT NULL
);
CREATE UNIQUE INDEX waa_accounts_number ON waa_accounts (phone_number_id);
CREATE INDEX waa_accounts_waba ON waa_accounts (waba_id);

CREATE TABLE waa_queues (
    id                 text    PRIMARY KEY,
    name               text    NOT NULL,
    team_id            text    NOT NULL,
    channel_id         text    NOT NULL,
    account_id         text    NOT NULL,
    inactivity_minutes integer NOT NULL DEFAULT 0,
    created_at         bigint  NOT NULL,
    updated_at         bigint  NOT NULL
);
CREATE UNIQUE INDEX waa_queues_channel ON waa_queues (channel_id);
CREATE INDEX waa_queues_account ON waa_queues (account_id);

CREATE TABLE waa_templates (
    id          text    PRIMARY KEY,
    account_id  text    NOT NULL,
    meta_id     text    NOT NULL DEFAULT '',
    name        text    NOT NULL,
    language    text    NOT NULL,
    category    text    NOT NULL DEFAULT '',
    status      text    NOT NULL DEFAULT '',
    body        text    NOT NULL DEFAULT '',
    definition  jsonb   NOT NULL,
    approved    boolean NOT NULL DEFAULT false,
    approved_by text    NOT NULL DEFAULT '',
    approved_at bigint  NOT NULL DEFAULT 0,
    queue_ids   text[]  NOT NULL DEFAULT '{}',
    gone_at     bigint  NOT NULL DEFAULT 0,
    created_at  bigint  NOT NULL,
    updated_at  bigint  NOT NULL
);
CREATE UNIQUE INDEX waa_templates_name ON waa_templates (account_id, name, language);
CREATE INDEX waa_templates_meta ON waa_templates (account_id, meta_id);

CREATE TABLE waa_plans (
    id            text    PRIMARY KEY,
    queue_id      text    NOT NULL,
    monthly_limit bigint  NOT NULL,
    currency      text    NOT NULL,
    prices        jsonb   NOT NULL,
    approved      boolean NOT NULL DEFAULT false,
    approved_by   text    NOT NULL DEFAULT '',
    approved_at   bigint  NOT NULL DEFAULT 0,
    created_at    bigint  NOT NULL,
    updated_at    bigint  NOT NULL
);
CREATE UNIQUE INDEX waa_plans_queue ON waa_plans (queue_id);

CREATE TABLE waa_contacts (
    id                text   PRIMARY KEY,
    name              text   NOT NULL DEFAULT '',
    phone             text   NOT NULL DEFAULT '',
    wa_id             text   NOT NULL DEFAULT '',
    user_id           text   NOT NULL DEFAULT '', -- BSUID
    cpf_masked        text   NOT NULL DEFAULT '',
    cpf_cipher        text   NOT NULL DEFAULT '',
    cpf_hash          text   NOT NULL DEFAULT '',
    last_template_at  bigint NOT NULL DEFAULT 0,
    blocked_until     bigint NOT NULL DEFAULT 0,
    marketing_stop_at bigint NOT NULL DEFAULT 0,
    created_at        bigint NOT NULL,
    updated_at        bigint NOT NULL
);
CREATE INDEX waa_contacts_cpf ON waa_contacts (cpf_hash) WHERE cpf_hash <> '';

-- kind: phone (the one key of a number, see conversation.PhoneKey) or bsuid.
CREATE TABLE waa_identities (
    account_id text NOT NULL,
    kind       text NOT NULL,
    value      text NOT NULL,
    contact_id text NOT NULL,
    PRIMARY KEY (account_id, kind, value)
);
CREATE INDEX waa_identities_value ON waa_identities (kind, value);
CREATE INDEX waa_identities_contact ON waa_identities (contact_id);

CREATE TABLE waa_conversations (
    id               text   PRIMARY KEY,
    account_id       text   NOT NULL,
    contact_id       text   NOT NULL,
    queue_id         text   NOT NULL,
    team_id          text   NOT NULL,
    channel_id       text   NOT NULL DEFAULT '',
    owner_id         text   NOT NULL DEFAULT '',
    attendant_id     text   NOT NULL DEFAULT '',
    window_from      bigint NOT NULL DEFAULT 0,
    window_until     bigint NOT NULL DEFAULT 0,
    last_template_at bigint NOT NULL DEFAULT 0,
    last_inbound_at  bigint NOT NULL DEFAULT 0,
    last_outbound_at bigint NOT NULL DEFAULT 0,
    closed_at        bigint NOT NULL DEFAULT 0,
    closed_by        text   NOT NULL DEFAULT '',
    close_reason     text   NOT NULL DEFAULT '',
    aborted_at       bigint NOT NULL DEFAULT 0,
    created_at       bigint NOT NULL,
    updated_at       bigint NOT NULL,
    -- what Mattermost still has to be told: due at refresh_at, held by a worker until refresh_lease
    refresh_at       bigint NOT NULL DEFAULT 0,
    refresh_lease    bigint NOT NULL DEFAULT 0,
    shown_state      text   NOT NULL DEFAULT ''
) WITH (fillfactor = 80); -- room to update a row where it is
-- one customer, one open conversation per account
CREATE UNIQUE INDEX waa_conversations_open ON waa_conversations (account_id, contact_id) WHERE closed_at = 0 AND aborted_at = 0;
CREATE UNIQUE INDEX waa_conversations_channel ON waa_conversations (channel_id) WHERE channel_id <> '';
CREATE INDEX waa_conversations_contact ON waa_conversations (contact_id);
CREATE INDEX waa_conversations_owner ON waa_conversations (owner_id, updated_at);
CREATE INDEX waa_conversations_attendant ON waa_conversations (attendant_id, updated_at);
CREATE INDEX waa_conversations_queue ON waa_conversations (queue_id, updated_at);
CREATE INDEX waa_conversations_updated ON waa_conversations (updated_at);
CREATE INDEX waa_conversations_refresh ON waa_conversations (refresh_at) WHERE refresh_at > 0;

CREATE TABLE waa_messages (
    id              text    PRIMARY KEY,
    conversation_id text    NOT NULL,
    account_id      text    NOT NULL,
    contact_id      text    NOT NULL,
    direction       text    NOT NULL,
    kind            text    NOT NULL,
    author_id       text    NOT NULL DEFAULT '',
    post_id         text    NOT NULL DEFAULT '',
    wamid           text    NOT NULL DEFAULT '',
    status          text    NOT NULL DEFAULT '',
    shown_status    text    NOT NULL DEFAULT '',
    show_lease      bigint  NOT NULL DEFAULT 0,
    reason_code     integer NOT NULL DEFAULT 0,
    body            text    NOT NULL DEFAULT '', -- a template's text; free text lives in the post alone
    template_id     text    NOT NULL DEFAULT '',
    category        text    NOT NULL DEFAULT '',
    -- the first pricing that came with a status; '' = none yet
    priced_category text    NOT NULL DEFAULT '',
    priced_type     text    NOT NULL DEFAULT '',
    created_at      bigint  NOT NULL,
    sent_at         bigint  NOT NULL DEFAULT 0,
    status_at       bigint  NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX waa_messages_wamid ON waa_messages (wamid) WHERE wamid <> '';
CREATE UNIQUE INDEX waa_messages_post ON waa_messages (post_id) WHERE post_id <> '';
CREATE INDEX waa_messages_conversation ON waa_messages (conversation_id, created_at, id);
CREATE INDEX waa_messages_template ON waa_messages (contact_id, created_at) WHERE kind = 'template';
CREATE INDEX waa_messages_show ON waa_messages (created_at) WHERE shown_status <> status AND post_id <> '';

-- The ledger: one line a message that Meta may bill.
CREATE TABLE waa_charges (
    message_id      text   PRIMARY KEY,
    conversation_id text   NOT NULL,
    account_id      text   NOT NULL,
    queue_id        text   NOT NULL,
    agent_id        text   NOT NULL DEFAULT '',
    template_id     text   NOT NULL DEFAULT '',
    wamid           text   NOT NULL DEFAULT '',
    category        text   NOT NULL,
    amount          bigint NOT NULL,
    currency        text   NOT NULL,
    state           text   NOT NULL,
    at              bigint NOT NULL
);
CREATE INDEX waa_charges_queue ON waa_charges (queue_id, at) INCLUDE (state, amount);
CREATE INDEX waa_charges_account ON waa_charges (account_id, category, at);
CREATE INDEX waa_charges_at ON waa_charges (at);

-- Inbox and outbox have the columns that package jobqueue works with. Jobs of
-- one lane run one at a time in the order (ord, id). The index _lease lets only
-- one job of a lane be held at a time, whatever two workers see of each other.
CREATE TABLE waa_inbox (
    id          bigserial PRIMARY KEY,
    lane        text      COLLATE "C" NOT NULL,
    ord         bigint    NOT NULL, -- Meta's timestamp, milliseconds
    dedupe_key  text      NOT NULL,
    account_id  text      NOT NULL,
    payload     bytea     NOT NULL,
    created_at  bigint    NOT NULL,
    due_at      bigint    NOT NULL DEFAULT 0,
    attempts    integer   NOT NULL DEFAULT 0,
    lease_owner text      NOT NULL DEFAULT '',
    lease_until bigint    NOT NULL DEFAULT 0,
    finished_at bigint    NOT NULL DEFAULT 0,
    dead_at     bigint    NOT NULL DEFAULT 0,
    reason      text      NOT NULL DEFAULT ''
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE UNIQUE INDEX waa_inbox_key ON waa_inbox (dedupe_key);
CREATE INDEX waa_inbox_todo ON waa_inbox (lane, ord, id) WHERE finished_at = 0;
CREATE UNIQUE INDEX waa_inbox_lease ON waa_inbox (lane) WHERE finished_at = 0 AND lease_owner <> '';
CREATE INDEX waa_inbox_dead ON waa_inbox (dead_at) WHERE dead_at > 0;
CREATE INDEX waa_inbox_finished ON waa_inbox (finished_at) WHERE finished_at > 0 AND dead_at = 0;

CREATE TABLE waa_outbox (
    id          bigserial PRIMARY KEY,
    lane        text      COLLATE "C" NOT NULL, -- the conversation
    ord         bigint    NOT NULL, -- the post's CreateAt
    dedupe_key  text      NOT NULL, -- the message's id
    account_id  text      NOT NULL,
    payload     bytea     NOT NULL,
    created_at  bigint    NOT NULL,
    due_at      bigint    NOT NULL DEFAULT 0,
    attempts    integer   NOT NULL DEFAULT 0,
    lease_owner text      NOT NULL DEFAULT '',
    lease_until bigint    NOT NULL DEFAULT 0,
    finished_at bigint    NOT NULL DEFAULT 0,
    dead_at     bigint    NOT NULL DEFAULT 0,
    reason      text      NOT NULL DEFAULT '',
    left_at     bigint    NOT NULL DEFAULT 0 -- set before the request may leave: from then on the outcome can be unknown
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE UNIQUE INDEX waa_outbox_key ON waa_outbox (dedupe_key);
CREATE INDEX waa_outbox_todo ON waa_outbox (lane, ord, id) WHERE finished_at = 0;
CREATE UNIQUE INDEX waa_outbox_lease ON waa_outbox (lane) WHERE finished_at = 0 AND lease_owner <> '';
CREATE INDEX waa_outbox_dead ON waa_outbox (dead_at) WHERE dead_at > 0;
CREATE INDEX waa_outbox_finished ON waa_outbox (finished_at) WHERE finished_at > 0 AND dead_at = 0;

CREATE TABLE waa_audit (
    id        text   PRIMARY KEY,
    at        bigint NOT NULL,
    actor_id  text   NOT NULL,
    action    text   NOT NULL,
    object_id text   NOT NULL,
    details   jsonb  NOT NULL DEFAULT '{}'
);
CREATE INDEX waa_audit_at ON waa_audit (at);
CREATE INDEX waa_audit_object ON waa_audit (object_id);

-- Small facts that outlive a process, e.g. when the plugin was last alive.
CREATE TABLE waa_facts (
    name  text   PRIMARY KEY,
    value bigint NOT NULL
);
