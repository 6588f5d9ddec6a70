/**
 * The objects of the plugin's REST API by the names that the web part uses. Their fields come from docs/openapi.yaml: `npm run
 * generate-types` makes schema.d.ts from it, and `npm run check-types` fails where the two differ.
 */
import type {components, operations} from './schema';

type Schemas = components['schemas'];

/** The body of an operation's success. */
type Result<Name extends keyof operations> = operations[Name] extends {responses: {200: {content: {'application/json': infer Body}}}} ? Body : never;

/** A page of a list. openapi.yaml describes it once for all lists, without the type of its items. */
export type Page<T> = Omit<Schemas['Page'], 'items'> & {items: T[]};

export type State = Schemas['State'];
export type Conversation = Schemas['Conversation'];
export type Closing = Conversation['closing'];
export type ClosingOptions = Schemas['ClosingOptions'];
export type ClosingReason = Schemas['ClosingReason'];
export type ClosingReasonInput = Schemas['ClosingReasonInput'];
export type ClosingField = Schemas['ClosingField'];
export type QuickReply = Schemas['QuickReply'];
export type QuickReplyInput = Schemas['QuickReplyInput'];
export type CloseBody = NonNullable<operations['closeConversation']['requestBody']>['content']['application/json'];
export type Message = Schemas['Message'];
export type Overview = Result<'countConversations'>;
export type QueueName = Overview['queues'][number];
export type Contact = Schemas['Contact'];
export type Consent = Schemas['Consent'];
export type Lookalike = Schemas['Lookalike'];
export type Revealed = Result<'revealContact'>;

export type Account = Schemas['Account'];
export type AccountInput = Schemas['AccountInput'];
export type Probe = Result<'testAccount'>;

export type Queue = Schemas['Queue'];
export type QueueInput = Schemas['QueueInput'];
export type Holiday = Schemas['Holiday'];
export type QueueMember = Schemas['QueueMember'];

export type EventType = Schemas['EventType'];
export type EventSubscription = Schemas['EventSubscription'];
export type EventSubscriptionInput = Schemas['EventSubscriptionInput'];
export type EventDelivery = Schemas['EventDelivery'];

export type Template = Schemas['Template'];
export type TemplateRisk = Schemas['TemplateRisk'];
export type TemplateCategory = Schemas['TemplateCategory'];
export type TemplateDraft = NonNullable<operations['createTemplate']['requestBody']>['content']['application/json'];
export type TemplateInput = NonNullable<operations['patchTemplate']['requestBody']>['content']['application/json'];
export type SyncResult = Result<'syncTemplates'>;

/** The generator ignores a `required` that stands alone in an allOf, so that it takes all prices for optional. A plan has them all. */
type WithPrices<T> = Omit<T, 'prices' | 'price_changes'> & {prices: Prices; price_changes: PriceChange[]};

export type Prices = Required<Schemas['Prices']>;
export type PriceChange = Omit<Schemas['PriceChange'], 'prices'> & {prices: Prices};
export type Plan = WithPrices<Schemas['Plan']>;
export type PlanInput = WithPrices<Schemas['PlanInput']>;
export type PlanApproval = WithPrices<Schemas['PlanApproval']>;

export type LedgerGrouping = NonNullable<NonNullable<operations['getLedgerSummary']['parameters']['query']>['group_by']>;
export type LedgerGroup = Schemas['LedgerGroup'];
export type Charge = Schemas['Charge'];

export type ResultsGrouping = 'template' | 'agent' | 'queue' | 'day' | 'hour';
export type ResultsNumbers = Schemas['ResultsNumbers'];
export type ResultsGroup = Schemas['ResultsGroup'];
export type Results = Result<'getResults'>;
export type ResultsNow = Result<'getResultsNow'>;

export type DeadLetter = Schemas['DeadLetter'];
export type Finding = Schemas['Finding'];

export type StartOptions = Schemas['StartOptions'];
export type StartTemplate = Schemas['TemplateOption'];
export type Scheduled = Schemas['Scheduled'];
export type StartBody = Schemas['Start'];
export type StartCheck = Schemas['StartCheck'];
export type KnownCustomer = Schemas['Customer'];
