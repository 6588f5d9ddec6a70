// Package postgres opens connections to the server's database that never hang: a
// statement ends with its context even if the network silently drops everything, and
// after a failover no connection stays with the former primary.
package postgres
