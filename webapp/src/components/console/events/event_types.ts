import type {EventDelivery, EventType} from 'src/api/types';
import type {MessageKey} from 'src/i18n';
import type {Text} from 'src/i18n/use_text';

/** What other software can be told of, in the order in which it is offered, with its name on screen. */
export const eventNames: Record<EventType, MessageKey> = {
    'conversation.started': 'whatsapp-ativo.admin.events.type.conversation_started',
    'conversation.answered': 'whatsapp-ativo.admin.events.type.conversation_answered',
    'conversation.transferred': 'whatsapp-ativo.admin.events.type.conversation_transferred',
    'conversation.closed': 'whatsapp-ativo.admin.events.type.conversation_closed',
    'conversation.reopened': 'whatsapp-ativo.admin.events.type.conversation_reopened',
    'message.received': 'whatsapp-ativo.admin.events.type.message_received',
    'message.sent': 'whatsapp-ativo.admin.events.type.message_sent',
    'message.status': 'whatsapp-ativo.admin.events.type.message_status',
    'template.failed': 'whatsapp-ativo.admin.events.type.template_failed',
    'plan.warning': 'whatsapp-ativo.admin.events.type.plan_warning',
    'contact.opted_out': 'whatsapp-ativo.admin.events.type.contact_opted_out',
};

export const eventTypes = Object.keys(eventNames) as EventType[];

/** The name of a delivery's event; a test is no type that one can choose. */
export const deliveryName = (type: string, t: Text): string => t(eventNames[type as EventType] ?? 'whatsapp-ativo.admin.events.type.test');

const errors: Record<Exclude<EventDelivery['error'], ''>, MessageKey> = {
    timeout: 'whatsapp-ativo.admin.events.error.timeout',
    unreachable: 'whatsapp-ativo.admin.events.error.unreachable',
    tls: 'whatsapp-ativo.admin.events.error.tls',
    address_not_public: 'whatsapp-ativo.admin.events.error.address_not_public',
    redirect: 'whatsapp-ativo.admin.events.error.redirect',
    status: 'whatsapp-ativo.admin.events.error.status',
    gone: 'whatsapp-ativo.admin.events.error.gone',
    disabled: 'whatsapp-ativo.admin.events.error.disabled',
};

/** Why the last request of a delivery failed; '' = it did not. */
export const deliveryError = (delivery: EventDelivery, t: Text): string => (delivery.error ? t(errors[delivery.error], {code: delivery.status_code ?? ''}) : '');
