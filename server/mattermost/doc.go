// Package mattermost is the plugin API as the rooms see it: posts, channels, people,
// files, and what this server's version can do, decided once. It also opens the
// database, makes the bot and writes to the log, since all three come from the server.
//
// The rooms call it through interfaces of their own; main makes it. It calls the
// plugin API for every change, and reads what decides a change from the server's
// tables through store, because the API reads from caches that another node does not
// invalidate. Together with main it is the only package that imports the plugin API.
package mattermost
