// Package service is what people can do with conversations: start one, send a template, claim,
// transfer, close, reopen, note, keep and send drafts, read and list. Each method checks who
// asks and returns a *domain.Refusal if they may not do it.
//
// The REST API, the slash command and the dialogs call it; the loops call it too, for what
// follows from somebody's leaving or waiting. It calls the store, and through func fields and
// small interfaces the sending of one message, the channels and the users.
package service
