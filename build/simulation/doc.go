// Package simulation runs several instances of the plugin in one process, over one real
// PostgreSQL, a Mattermost and a Cloud API that are simulated, and a simulated clock, and
// decides by a seed what happens in which order and what fails. What a seed does, it does
// again, as far as PostgreSQL lets it.
//
// A world lives in a bubble of testing/synctest: the plugin's own timers, tickers and
// time-outs run by a clock that stands still while anything is being done. Every
// goroutine that calls a port (a statement, a method of the plugin API, a request to
// Meta) waits there until the scheduler lets it go on, and only one is let go at a time.
package simulation
