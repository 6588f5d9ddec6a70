// Package postpolicy decides what becomes of posts, reactions and deletions in conversations'
// channels: whether a post is refused, stays internal, or goes to the customer, and in the
// last case it puts the messages into the outbox.
//
// The posting hooks call Intake.CheckPost before a post is stored and Intake.EnqueuePost after;
// Reconciler finds posts that no hook reported. It makes the lock visible to people, but is
// not the lock: domain.SendCheck decides again when a message is about to leave.
package postpolicy
