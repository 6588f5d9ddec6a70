// Package webhook takes in what Meta delivers: it proves that a delivery is Meta's, takes it apart, finds the account of
// each item and stores the items in the inbox before it returns 200. Everything else happens later, when the inbox's
// worker hands the items to package inbound.
//
// Package main mounts Handler under /webhook and gives it the store. The package calls package whatsapp to verify and
// split deliveries.
package webhook
