// Package postgres opens connections to the server's database that come to an
// end: a statement ends with its context even where the network swallows
// everything, and after a failover no connection stays with what was the primary.
package postgres
