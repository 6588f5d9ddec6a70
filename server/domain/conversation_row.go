package domain

// ConversationRow is one conversation in an export of a list, in words and figures and not in ids.
// Moments are milliseconds since epoch; 0 = it did not happen, or is not known.
type ConversationRow struct {
	ID            string `db:"id"`
	Account       string `db:"account"`
	Queue         string `db:"queue"`    // "" = it was removed
	Zone          string `db:"zone"`     // the queue's time zone; "" = the plugin's setting
	Customer      string `db:"customer"` // name
	Phone         string `db:"phone"`    // E.164
	CPFMasked     string `db:"cpf_masked"`
	Owner         string `db:"owner"` // username, as the following
	Attendant     string `db:"attendant"`
	Template      string `db:"template"` // Meta's name of the first one sent; "" = none was, or it was removed
	State         State  `db:"state"`    // at the moment of the filter
	CreatedAt     int64  `db:"created_at"`
	DeliveredAt   int64  `db:"delivered_at"` // of the first template
	ReadAt        int64  `db:"read_at"`      // of the first template
	FirstAnswerAt int64  `db:"first_answer_at"`
	FirstReplyAt  int64  `db:"first_reply_at"` // the first free text or file of an agent after that
	ClosedAt      int64  `db:"closed_at"`
	ClosingLabel  string `db:"closing_label"`
	MessagesIn    int    `db:"messages_in"`
	MessagesOut   int    `db:"messages_out"` // what left, templates among it
	Templates     int    `db:"templates"`
	Cost          Money  `db:"cost"` // billed
	Currency      string `db:"currency"`
}
