// Package doctor examines an installation and says, for each finding, what to do.
//
// The REST API, the slash command and the server's support packet call it. It reads
// through one store, asks Meta about each number, and changes nothing.
package doctor
