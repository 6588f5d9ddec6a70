// Package app is the plugin as the server sees it: its lifecycle, its hooks, which are
// thin adapters that call the rooms, and the one place where all parts are put together.
//
// Package main serves it to the server. It is a package of its own so that several
// plugins can also live in one process.
package app
