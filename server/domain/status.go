package domain

// Status of an outbound message, as its post shows it (prop waa_status).
type Status string

// The statuses. They only move forward: see Status.Advances.
const (
	Pending   Status = "pending"
	Unknown   Status = "unknown" // Meta's outcome is not known and nobody came back with it
	Sent      Status = "sent"
	Delivered Status = "delivered"
	Read      Status = "read"
	Failed    Status = "failed"
	NotSent   Status = "not_sent" // never left for WhatsApp
)

var statusRank = map[Status]int{"": 0, Pending: 1, Unknown: 2, Sent: 3, Delivered: 4, Read: 5, Failed: 6, NotSent: 6}

// Rank orders the statuses; a higher one replaces a lower one and never the
// other way round. failed and not_sent end it.
func (s Status) Rank() int { return statusRank[s] }

// Advances tells whether a message with status s may take the status next. A
// delivered or read message cannot fail any more.
func (s Status) Advances(next Status) bool {
	if next == Failed && (s == Delivered || s == Read) {
		return false
	}
	return next.Rank() > s.Rank()
}

// Reached tells whether WhatsApp has the message.
func (s Status) Reached() bool { return s == Sent || s == Delivered || s == Read }

// NeedsNotice tells whether the status leaves a line with the reason in the post's thread.
func (s Status) NeedsNotice() bool { return s == Failed || s == Unknown || s == NotSent }

// AggregateStatus is what a post shows that became several messages: a failure if one
// failed, else what did not leave, else the one that is furthest behind. Where
// each of them only moves forward, so does this.
func AggregateStatus(statuses []Status) Status {
	var together Status
	for i, s := range statuses {
		switch {
		case i == 0, s == Failed, s == NotSent && together != Failed:
			together = s
		case together == Failed, together == NotSent:
		case s.Rank() < together.Rank():
			together = s
		}
	}
	return together
}
