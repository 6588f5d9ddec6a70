// Package api is the REST API for agents, for the buttons under posts, and for administrators. docs/openapi.yaml describes
// every route of it.
//
// router.go says who may come in; input_*.go read and check what was sent; output.go and errors.go write the answer. Each
// resource has a file with its routes, its handlers, its view (the JSON that is sent) and its checks. What agents do goes
// to package service, which decides what each of them may see and do; what administrators change goes to the store.
package api
