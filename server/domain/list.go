package domain

import "time"

// View is a conversation as it is shown to one person, with what depends on the present moment.
type View struct {
	*Conversation
	State         State
	CooldownUntil int64 // from when on another template may be sent, milliseconds since epoch; 0 = now
	// NextTemplate is why no template may go to the customer now, with the moment from which on one may, where time alone
	// is in the way; nil = one may, or it was not asked, because only single conversations are.
	NextTemplate *Refusal
	// NextText is what the next free text would cost in Currency (ISO 4217); 0 = nothing, or it is not known. Like the above.
	NextText Money
	Currency string
	Waits    int64 // how long the customer has waited within the queue's hours, milliseconds, where WaitsSince tells that they wait
}

// Filter selects the conversations of a list. A field that is zero does not restrict it.
type Filter struct {
	State   State
	Mine    bool // only those whose owner or attendant is the reader
	QueueID string
	OwnerID string // only those with this owner; "" = all
	// AttendantID selects the conversations that somebody serves; "" = all.
	AttendantID string
	// Waiting selects those whose customer has waited at least that long for our answer, within the queue's hours; nil = all.
	Waiting *time.Duration
	// CreatedFrom and CreatedTo select the conversations that began at or after the one and before the
	// other, milliseconds since epoch; 0 = whenever.
	CreatedFrom, CreatedTo int64
	// ContactID selects the conversations with one person; "" = all.
	ContactID string
	Unclaimed bool // only those that wait to be claimed: not closed and without an attendant
	// Unanswered selects those whose template has waited that long for an answer; zero = all.
	Unanswered Unanswered
	Query      string // part of a name, digits of a phone number, or a complete CPF or CNPJ
	Page       int
	PerPage    int
}

// ListFilter is a Filter together with what the store cannot work out by itself.
type ListFilter struct {
	Filter
	Now      int64    // milliseconds since epoch
	Document Document // Query as a CPF or CNPJ, if it is one; else ""
	// WaitsSince is when a wait must have begun at the latest to have lasted for Waiting, milliseconds since
	// epoch, by the ids of the queues that are not always open.
	WaitsSince map[string]int64
}

// Counts are the numbers of conversations that are not closed, by state.
type Counts struct {
	Waiting   int `db:"waiting"`
	Open      int `db:"open"`
	Expired   int `db:"expired"`
	Unclaimed int `db:"unclaimed"` // those of all three states that have no attendant
}

// Overview is what a list of conversations shows above its rows.
type Overview struct {
	Counts
	Queues []*Queue // the queues in which the actor is an agent; all of them for a system admin
	// Supervised are the ids of those of Queues that the actor supervises.
	Supervised []string
	// Supervises is set for the supervisor of any queue, and for a system admin.
	Supervises bool
	Now        int64 // the server's time, by which windows end, milliseconds since epoch
}
