package domain

// Away is a message that a queue sends by itself to a customer who writes outside of its hours.
type Away struct {
	MessageID string
	Text      string
	Payload   []byte // of its outbox job
	Since     int64  // when the closed period began; 0 = not known. It gets one message in each window
}

// AwayDue returns when the closed period began in which a customer's message finds the queue, and
// whether the customer is to be told so: once in each closed period and each open window. at is Meta's
// timestamp of the message, now is the present, both milliseconds since epoch; what comes so late that
// the queue is open again needs no such message.
func (q *Queue) AwayDue(c *Conversation, at, now int64, s Settings) (since int64, due bool) {
	if q.AwayMessage == "" {
		return 0, false
	}
	opening := q.Opening(s)
	if opening.OpenAt(at) || opening.OpenAt(now) {
		return 0, false
	}
	since = opening.ClosedSince(now)
	return since, c.AwayAt == 0 || c.StateAt(at) != Open || c.AwayAt < max(since, c.WindowFrom)
}
