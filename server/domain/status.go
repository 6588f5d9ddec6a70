package domain

// Status is the status of an outbound message, as its post shows it in the property waa_status.
type Status string

// The statuses. A message's status only moves forward: see Status.Advances.
const (
	Pending   Status = "pending"
	Unknown   Status = "unknown" // it was sent, but whether Meta took it is not known
	Sent      Status = "sent"
	Delivered Status = "delivered"
	Read      Status = "read"
	Failed    Status = "failed"
	NotSent   Status = "not_sent" // it never left for WhatsApp
)

var statusRank = map[Status]int{"": 0, Pending: 1, Unknown: 2, Sent: 3, Delivered: 4, Read: 5, Failed: 6, NotSent: 6}

// Rank returns the position of a status in their order. A status may only be replaced by one of a
// higher rank. Failed and NotSent have the highest, so they are final.
func (s Status) Rank() int { return statusRank[s] }

// Advances reports whether a message with status s may get the status next. Webhooks come late and in
// any order, so an older status must not replace a newer one; and a message that was delivered or
// read cannot fail any more.
func (s Status) Advances(next Status) bool {
	if next == Failed && (s == Delivered || s == Read) {
		return false
	}
	return next.Rank() > s.Rank()
}

// Reached reports whether WhatsApp has accepted the message.
func (s Status) Reached() bool { return s == Sent || s == Delivered || s == Read }

// NeedsNotice reports whether the reason for the status is to be posted in the thread of the post.
func (s Status) NeedsNotice() bool { return s == Failed || s == Unknown || s == NotSent }

// AggregateStatus returns the status of a post that became several messages: Failed if one of them
// failed, else NotSent if one did not leave, else the lowest status among them. As each message's
// status only moves forward, so does this one.
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
