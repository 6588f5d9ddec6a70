package domain

import (
	"slices"
	"time"
)

// What results can be grouped by.
const (
	ResultsByTemplate = "template"
	ResultsByAgent    = "agent"
	ResultsByQueue    = "queue"
	ResultsByDay      = "day"
	ResultsByHour     = "hour" // of the day, 00 to 23
)

// ResultsFilter selects what results are added up: the templates that WhatsApp accepted in a
// period, or refused at once in it, and the conversations that were started and closed in it.
type ResultsFilter struct {
	From, To  int64  // milliseconds since epoch, To itself is excluded
	Period    string // a word of Period in the place of both; "" = none
	By        string
	AccountID string   // "" = all
	QueueIDs  []string // the queues whose results are wanted, unless All is set
	All       bool     // those of all queues, also of queues that were removed
	Zone      string   // IANA name of the time zone of the days, where a queue has none of its own
}

// ResultsGroup is what came of the templates of one template, agent, queue or day.
type ResultsGroup struct {
	Group            string   `db:"group"` // an id, a date (2026-11-28) or an hour (09); "" = none, such as the template of a conversation that the customer began
	Name             string   `db:"name"`  // a readable name for the group
	IsTotal          bool     `db:"is_total"`
	Sent             int      `db:"sent"`      // accepted by WhatsApp
	Delivered        int      `db:"delivered"` // of those; read ones are delivered too
	Read             int      `db:"read"`
	Failed           int      `db:"failed"`             // accepted, and told as failed later
	Refused          int      `db:"refused"`            // never accepted
	Answered         int      `db:"answered"`           // the customer wrote after it and before the next template
	MedianAnswer     *float64 `db:"median_answer"`      // milliseconds from acceptance to the answer; nil = nobody answered
	MedianFirstReply *float64 `db:"median_first_reply"` // milliseconds from the answer to the first text or file of an agent
	Started          int      `db:"started"`            // conversations
	Closed           int      `db:"closed"`
	Cost             Money    `db:"cost"`     // billed for these templates
	Currency         string   `db:"currency"` // ISO 4217; "" = nothing was charged, or Mixed
	Mixed            bool     `db:"mixed"`    // charged in several currencies: Cost means nothing
}

// AnswerRate is the share of the delivered templates that were answered; nil = none was delivered.
func (g *ResultsGroup) AnswerRate() *float64 {
	if g.Delivered == 0 {
		return nil
	}
	rate := float64(g.Answered) / float64(g.Delivered)
	return &rate
}

// CostPerAnswer is rounded to the millionth; nil = nobody answered, or the costs are Mixed.
func (g *ResultsGroup) CostPerAnswer() *Money {
	if g.Answered == 0 || g.Mixed {
		return nil
	}
	n := Money(g.Answered)
	cost := (2*g.Cost + n) / (2 * n)
	return &cost
}

// Results are the groups in the order of their ids or dates, and all of them together.
type Results struct {
	From, To int64          // the period, milliseconds since epoch
	Zone     *time.Location // in which its first and last day begin and end
	Groups   []*ResultsGroup
	Totals   *ResultsGroup
}

// Ranked returns the groups with those first that were sent most.
func (r *Results) Ranked() []*ResultsGroup {
	groups := slices.Clone(r.Groups)
	slices.SortStableFunc(groups, func(a, b *ResultsGroup) int { return b.Sent - a.Sent })
	return groups
}

// ResultsNow is who waits for whom in the conversations that are not closed.
type ResultsNow struct {
	QueueID             string `db:"queue_id"`           // where it is of one queue; "" = of all of them together
	WaitingForUs        int    `db:"waiting_for_us"`     // the customer has the last word
	LongestWaitSince    int64  `db:"longest_wait_since"` // milliseconds since epoch; 0 = nobody waits
	LongestWait         int64  // how much of that is within the queue's hours, milliseconds; not read from the store
	WaitingForCustomers int    `db:"waiting_for_customers"` // a template waits for its answer
	WindowEnding        int    `db:"window_ending"`         // of those who wait for us, whose window ends within RemindBefore
	Unanswered          int    `db:"unanswered"`            // the template has waited for six hours
}

// Add adds another queue's numbers. The longest wait is that with the most time within its queue's hours.
func (n *ResultsNow) Add(other *ResultsNow) {
	n.WaitingForUs += other.WaitingForUs
	n.WaitingForCustomers += other.WaitingForCustomers
	n.WindowEnding += other.WindowEnding
	n.Unanswered += other.Unanswered
	if other.LongestWaitSince == 0 {
		return
	}
	longer := other.LongestWait - n.LongestWait
	if n.LongestWaitSince == 0 || longer > 0 || longer == 0 && other.LongestWaitSince < n.LongestWaitSince {
		n.LongestWaitSince, n.LongestWait = other.LongestWaitSince, other.LongestWait
	}
}

// TemplateOutcomes counts what ever came of a template in a queue. Each outcome includes those that follow it: what was
// read was delivered too.
type TemplateOutcomes struct {
	Queue     string `db:"queue"` // names; "" where it was removed
	Template  string `db:"template"`
	Sent      int64  `db:"sent"`
	Delivered int64  `db:"delivered"`
	Read      int64  `db:"read"`
	Failed    int64  `db:"failed"`
	Refused   int64  `db:"refused"`
	Answered  int64  `db:"answered"`
	Replied   int64  `db:"replied"`
	// How many answers and first replies came within each of WaitBuckets, and how long all of them took, milliseconds.
	AnswerCounts []int64 `db:"-"`
	AnswerSum    int64   `db:"answer_sum"`
	ReplyCounts  []int64 `db:"-"`
	ReplySum     int64   `db:"reply_sum"`
}

// WaitBuckets are the upper bounds, in seconds, by which answers and replies are counted: from a minute to three days.
func WaitBuckets() []int64 { return []int64{60, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200} }

// ResultsCheck is what a comparison of the kept results with messages and charges found.
type ResultsCheck struct {
	Conversations int `db:"conversations"` // gone through
	Templates     int `db:"templates"`     // kept
	Differed      int `db:"differed"`      // were corrected
}
