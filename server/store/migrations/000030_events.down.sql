DROP TRIGGER waa_event_plan ON waa_notices;
DROP TRIGGER waa_event_opt_out ON waa_contacts;
DROP TRIGGER waa_event_message ON waa_messages;
DROP TRIGGER waa_event_message_new ON waa_messages;
DROP TRIGGER waa_event_transfer ON waa_audit;
DROP TRIGGER waa_event_conversation ON waa_conversations;
DROP FUNCTION waa_event_plan();
DROP FUNCTION waa_event_opt_out();
DROP FUNCTION waa_event_message();
DROP FUNCTION IF EXISTS waa_event_message_new();
DROP FUNCTION waa_event_transfer();
DROP FUNCTION waa_event_conversation();
DROP FUNCTION IF EXISTS waa_tell_conversation(text, waa_conversations, waa_messages);
DROP FUNCTION IF EXISTS waa_tell(text, text, text, waa_events);
DROP FUNCTION IF EXISTS waa_tell(text[], text[], text[], jsonb); -- of 46, which leaves it
DROP FUNCTION IF EXISTS waa_happened(text, text, bigint, text, bigint, text);
DROP FUNCTION waa_event_id();
DROP TABLE waa_event_deliveries CASCADE; -- the functions over its rows
DROP TABLE waa_events;
DROP TABLE waa_event_subscriptions;
