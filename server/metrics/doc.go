// Package metrics counts what operators watch. All names begin with waa_, and no
// label holds anything of a customer's.
//
// Package main serves it on the server's metrics listener and lets workers, hooks
// and the webhook count. The package itself calls nobody but the function that it
// is given to read the queues.
package metrics
