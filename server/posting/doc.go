// Package posting is what the rooms share that make posts or read them: the post
// itself and its properties, which other software reads (post.go), posting it
// exactly once (EnsurePost), the seal that proves a post is ours (Seals), which
// channels are ours (Channels), texts in a channel's language (Localizer), Meta's
// rules for files (CheckFile), and what a post becomes in the outbox
// (OutboundPayload, Card). The mattermost package implements its interfaces.
package posting
