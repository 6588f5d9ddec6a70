// Package drafts posts the held drafts that agents chose to send, and keeps the posts up to date
// that offer drafts when a customer answers.
//
// The service calls Sender.SendDrafts; a loop of package app calls Run, which finishes what a
// crash left. A draft becomes an ordinary post in its author's name and passes the same policy
// as any other: see postpolicy.Intake.CheckPost.
package drafts
