package domain

// View is a conversation as one reader may see it.
type View struct {
	*Conversation
	State         State
	CooldownUntil int64 // when another template may follow; 0 = now
}

// Filter narrows a list of conversations.
type Filter struct {
	State   State
	Mine    bool // owner or attendant is the reader
	QueueID string
	OwnerID string // of one responsible only; "" = of all
	// ContactID: of one person only; "" = of all.
	ContactID string
	Unclaimed bool // those that wait for somebody to claim them: not closed, no attendant
	// Unanswered: those whose template waits for an answer so long; zero = all.
	Unanswered Unanswered
	Query      string // name, phone digits or a whole CPF
	Page       int
	PerPage    int
}

// ListFilter is a Filter as the store takes it.
type ListFilter struct {
	Filter
	Now      int64
	Document Document // of Query, if it is one
}

// Counts are numbers of conversations that are not closed.
type Counts struct {
	Waiting   int `db:"waiting"`
	Open      int `db:"open"`
	Expired   int `db:"expired"`
	Unclaimed int `db:"unclaimed"` // of these, without an attendant
}

// Overview is what a list of conversations shows above its rows.
type Overview struct {
	Counts
	Queues []*Queue // whose conversations the actor sees as an agent; a system admin: all
	Now    int64    // the clock by which windows end, milliseconds since epoch
}
