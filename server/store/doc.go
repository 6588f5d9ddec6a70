// Package store keeps everything in PostgreSQL, one file for each table or
// aggregate. *Store satisfies the Store interfaces of the packages that use it;
// package app makes it with New, after Migrate has brought the tables up to date.
// It calls nothing but the database and the Encrypter.
//
// The connection is our own (see package postgres) or, where that cannot be had,
// Mattermost's plugin driver, over which each statement and each row is a remote
// call. So a method is one statement where that is possible, and long lists that
// are read as a whole come as one row. The tests run over both.
//
// How the parts fit together:
//   - Rows are mapped by the db tags of the structs in package domain.
//   - Statements of the hot paths are functions in the database: see function.
//   - Work that any process of the cluster may do is claimed by a lease, and the
//     jobs of inbox, outbox and media by the claims of Queue.
//   - Calls that come together are made one statement by a batcher.
//   - All leases and deadlines are by the database's clock: see clock.
//
// Locks are taken in one order, so that nothing deadlocks: advisory locks of a
// person's identities, contact, conversation, message, charge.
package store
