package domain

import "time"

const (
	// WaitForChannel is the first pause of an answer that came before its channel,
	// and waitForStart the longest while the channel is about to be made.
	WaitForChannel = 300 * time.Millisecond
	WaitForStart   = 2 * time.Second
	// WaitFirst and waitLongest are the pauses of what waits for something that
	// may take days: a team's room, a number's default queue.
	WaitFirst   = 5 * time.Second
	WaitLongest = 5 * time.Minute
)

// WaitsForQueue is what a message of somebody new waits for while the number
// has no default queue; who is the person's phone key or user id.
func WaitsForQueue(accountID, who string) string { return "queue:" + accountID + ":" + who }

// WaitsForChannel is what a message waits for whose conversation has no channel yet.
func WaitsForChannel(conversationID string) string { return "channel:" + conversationID }

const (
	RefreshLease = 20 * time.Second
	RefreshBatch = 16
	RefreshHands = 4
	// StartPatience is how long a start may take before its channel appears without its outcome.
	StartPatience = 75 * time.Second
)
