// Package metrics counts what operators of the plugin watch. All names begin with
// waa_, and no label contains data of a customer.
//
// Package main serves the metrics on the server's metrics listener, and gives workers,
// hooks and the webhook the functions that count. The package itself calls only the
// function that it was given to read the queues.
package metrics
