// Package mattermost wraps the plugin API for the rest of the plugin: posts, channels,
// people, files, and what this version of the server can do, which is decided once. It
// also opens the database, creates the bot and writes to the log, because all three
// come from the server.
//
// The other packages call it through interfaces of their own, and package app creates
// it. Every change goes through the plugin API. Whatever decides a change is read from
// the server's tables through package store, because the API reads from caches that
// another node does not invalidate. Apart from package app, this is the only package
// that imports the plugin API.
package mattermost
