/** The objects of the plugin's REST API, described in docs/openapi.yaml. Times are milliseconds since epoch, null where there is none. */

export type Page<T> = {items: T[]; total: number; page: number; per_page: number};

/** What Meta last said of a number, in Meta's words. */
export type AccountHealth = {
    checked_at: number | null;
    ok: boolean;
    error: string;
    quality_rating: string;
    messaging_limit: string;
    number_status: string;
    restriction: string;
    templates_synced_at: number | null;
};

export type Account = {
    id: string;
    name: string;
    phone_number_id: string;
    waba_id: string;
    display_phone: string;
    default_queue_id: string;
    enabled: boolean;
    has_access_token: boolean;
    has_app_secret: boolean;
    has_verify_token: boolean;
    webhook_url: string;
    webhook_at: number | null;

    /** Meta's error that keeps the account from sending, 0 for none. */
    blocked_code: number;
    blocked_at: number | null;
    health: AccountHealth;
};

/** What can be set. The secrets are never read back; an empty one leaves what is stored. */
export type AccountInput = Partial<Pick<Account, 'name' | 'phone_number_id' | 'waba_id' | 'display_phone' | 'default_queue_id' | 'enabled'>> & {
    access_token?: string;
    app_secret?: string;
    verify_token?: string;
};

/** What Meta says of an account when it is asked now, in Meta's words. */
export type Probe = {
    display_phone: string;
    verified_name: string;
    quality_rating: string;
    status: string;
    subscribed: boolean;
    token_expires_at: number | null;
    scopes: string[];
    problems: string[];
};

export type Queue = {
    id: string;
    name: string;
    team_id: string;
    channel_id: string;
    account_id: string;

    /** 0 = the plugin's setting. */
    inactivity_minutes: number;

    /** IANA name; "" for the plugin's setting. */
    time_zone: string;
};

export type QueueInput = Omit<Queue, 'id'>;

export type QueueMember = {id: string; username: string; name: string; supervisor: boolean; system_admin: boolean};

export type TemplateVariable = {
    element: string;
    kind: 'text' | 'media' | 'location';
    name: string;
    example: string;
    default: string;

    /** Set by an admin; 0 = limit. */
    max_length: number;
    limit: number;
};

export type Template = {
    id: string;
    account_id: string;
    name: string;
    language: string;
    category: string;
    status: string;
    quality: string;
    rejected_reason: string;

    /** Why no agent can use it, in the reader's language; '' = agents of its queues can. */
    unusable_reason: string;
    text: string;
    approved: boolean;
    approved_by: string;
    approved_at: number | null;
    queue_ids: string[];
    gone_at: number | null;

    /** Markdown: the whole message as the customer will see it. Not in lists. */
    preview?: string;

    /** In the order of the dialog. Not in lists. */
    variables?: TemplateVariable[];
};

export type VariableRule = {default: string; max_length: number};

export type TemplateInput = {approved?: boolean; queue_ids?: string[]; variables?: Record<string, VariableRule | null>};

export type SyncResult = {added: number; updated: number; gone: number; total: number};

export type Prices = {marketing: number; utility: number; authentication: number; service: number};

export type PriceChange = {from: number; prices: Prices};

export type Plan = {
    id: string;
    queue_id: string;
    monthly_limit: number;
    currency: string;
    prices: Prices;
    price_changes: PriceChange[];

    /** This month, in the plan's currency. */
    spent: number;
    status: 'draft' | 'approved';
    approved_by: string;
    approved_at: number | null;
};

export type PlanInput = Pick<Plan, 'queue_id' | 'monthly_limit' | 'currency' | 'prices' | 'price_changes'>;

export type PlanApproval = Pick<Plan, 'id' | 'monthly_limit' | 'currency' | 'prices' | 'price_changes' | 'approved_by' | 'approved_at'> & {
    ended_by: string;

    /** null = it holds. */
    ended_at: number | null;
};

export type LedgerGrouping = 'queue' | 'agent' | 'template' | 'category' | 'month';

/** The ledger added up. One line a group and currency. */
export type LedgerGroup = {
    id: string;
    group: string;
    name: string;
    currency: string;
    billed: number;
    reserved: number;
    messages: number;
    billed_messages: number;
    free_messages: number;
};

export type Charge = {
    id: string;
    queue_id: string;
    agent_id: string;
    template_id: string;
    category: string;
    amount: number;
    currency: string;
    state: 'reserved' | 'billed' | 'free' | 'released';
    at: number | null;
};

export type DeadLetter = {id: string; account_id: string; received_at: number | null; reason: string; payload: string};

export type Finding = {id: string; check: string; account_id: string; ok: boolean; text: string; fix: string};
