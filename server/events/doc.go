// Package events tells other software what happens. What is to be told is written by triggers, in the transaction of the
// act (see migration 30 of package store), and each subscription has a delivery of it: a job of the queue, in a lane of the
// subscription and the conversation. The Sender signs and posts it. The Guard keeps requests out of the inside of the
// network: it looks at the address when a subscription is stored, and again at every connection.
package events
