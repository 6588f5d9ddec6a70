package domain

// Absence says how far a conversation is whose attendant is out of office or does not want to be disturbed, by
// their status in Mattermost.
type Absence string

// The states of an absence. It is told once, when the customer waits, and forgotten when the attendant is back or
// somebody else serves the conversation.
const (
	AbsenceNone     Absence = ""
	AbsenceOffered  Absence = "offered"  // the queue was told, and any of its agents may claim the conversation
	AbsenceAnswered Absence = "answered" // the attendant answered all the same, so that nobody has to stand in
)

// The statuses in Mattermost by which somebody is absent.
const (
	StatusOutOfOffice  = "ooo"
	StatusDoNotDisturb = "dnd"
)

// Claimable reports whether any agent of the queue may become the attendant.
func (c *Conversation) Claimable() bool {
	return c.ClosedAt == 0 && (c.AttendantID == "" || c.Absence == AbsenceOffered)
}

// AbsenceChange is a conversation whose absence is to become another one.
type AbsenceChange struct {
	AttendedConversation
	From   Absence `db:"absence"`
	To     Absence `db:"becomes"`
	Status string  `db:"status"` // the attendant's, as Mattermost has it; "" = they never had one
}
