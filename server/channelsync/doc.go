// Package channelsync makes Mattermost show what the database says of conversations: their
// channels with header, posts of templates and state lines, the people in them, the queue's
// card, the status on each post, the agents' sidebars, and the events for web clients.
//
// Everything compares what is stored with what was shown last and may be repeated: a crash,
// or another node at the same work, leaves nothing wrong. Syncer.sync is the whole of it for
// one conversation, read from top to bottom; create.go, repair.go, state.go, people.go,
// card.go and events.go are its steps.
//
// The service calls SyncNow; loops of package app call the Runs; the channel hooks call
// Members. It calls the store and Mattermost, and knows nothing of WhatsApp but its errors.
package channelsync
