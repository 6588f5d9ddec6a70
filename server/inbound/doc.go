// Package inbound takes each item of Meta's webhooks to its place. The inbox's
// jobqueue.Worker calls Handler.Handle with one stored item at a time: a message
// becomes a post in its conversation's channel, a status moves the status of a
// message of ours (StatusHandler), and everything else changes what is known of
// an account, its templates or a contact (ChangeHandler). It calls the store, and
// package posting to make the post.
package inbound
