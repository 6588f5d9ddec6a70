-- waa_conversations_listed, which is built beside the running plugin, takes its place
DROP INDEX waa_conversations_live;
