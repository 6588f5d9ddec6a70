DROP INDEX waa_conversations_live;
