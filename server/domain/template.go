package domain

import (
	"slices"
	"unicode/utf8"
)

// Template (Modelo) is our copy of a message template at Meta, together with what administrators
// decided about it here: the approval, the queues that may use it, and rules for its variables.
type Template struct {
	ID        string `db:"id"`
	AccountID string `db:"account_id"`
	MetaID    string `db:"meta_id"`
	Name      string `db:"name"`
	Language  string `db:"language"` // as Meta stores it: pt_BR, en_US, en
	Category  string `db:"category"` // MARKETING, UTILITY or AUTHENTICATION
	Status    string `db:"status"`   // Meta's word; only one that is APPROVED can be sent
	Quality   string `db:"quality"`  // Meta's word: GREEN, YELLOW, RED, UNKNOWN; "" = not known
	// RejectedReason is Meta's word for why it was rejected; "" = none.
	RejectedReason string `db:"rejected_reason"`
	// Source is Meta's word for where it comes from, such as SourceGenerated; "" = it does not say.
	Source string `db:"source"`
	// CorrectCategory is the category to which Meta will move it; "" = the one that it has is right.
	CorrectCategory string   `db:"correct_category"`
	Text            string   `db:"body"`       // the body, with placeholders for its variables
	Definition      []byte   `db:"definition"` // the whole template as Meta returned it (JSON)
	Approved        bool     `db:"approved"`
	ApprovedBy      string   `db:"approved_by"`
	ApprovedAt      int64    `db:"approved_at"`
	QueueIDs        []string `db:"queue_ids"` // queues that may use it; if empty, nobody may
	Rules           Rules    `db:"rules"`     // what an administrator set for its variables
	Title           string   `db:"title"`     // what an administrator calls it; "" = it is shown by its name
	Labels          Labels   `db:"labels"`    // what an administrator calls its variables
	Edits           []int64  `db:"edits"`     // when it was edited while it was approved, milliseconds since epoch, in order
	GoneAt          int64    `db:"gone_at"`   // when a sync first did not find it at Meta any more; 0 = it exists
	CreatedAt       int64    `db:"created_at"`
	UpdatedAt       int64    `db:"updated_at"`
}

// StatusApproved is Meta's word for a template that can be sent.
const StatusApproved = "APPROVED"

// SourceGenerated is Meta's word for a template that Meta made by itself. It may be a bare variable, through which
// any text could be sent, so it is never used.
const SourceGenerated = "AUTO_GENERATED"

// Generated reports whether Meta made the template by itself.
func (t *Template) Generated() bool { return t.Source == SourceGenerated }

// Miscategorized reports whether Meta says that the template belongs to another category.
func (t *Template) Miscategorized() bool {
	return t.CorrectCategory != "" && t.CorrectCategory != t.Category
}

// Usable reports whether a queue may send the template now.
func (t *Template) Usable(queueID string) bool {
	return t.Unusable().Key == "" && slices.Contains(t.QueueIDs, queueID)
}

// Shown returns what people call the template: its title, or Meta's name if it has none.
func (t *Template) Shown() string {
	if t.Title != "" {
		return t.Title
	}
	return t.Name
}

// Labels are what an administrator calls the variables of a template, by dialog element (such as body_1).
type Labels map[string]string

// Rules are what an administrator set for the variables of a template, by dialog element (such as
// body_1).
type Rules map[string]Rule

// Rule is what the dialog does with one variable.
type Rule struct {
	Default   string `json:"default"`    // the value with which the field is filled at first
	MaxLength int    `json:"max_length"` // in characters; 0 = only Meta's own limit applies
}

// Limit returns how many characters the value of an element may have: the smaller one of the rule's
// limit and Meta's (metas). 0 = no limit, in metas as well.
func (r Rules) Limit(element string, metas int) int {
	switch own := r[element].MaxLength; {
	case own == 0:
		return metas
	case metas == 0:
		return own
	default:
		return min(own, metas)
	}
}

// Broken returns the elements whose value is longer than its rule allows, each with the text for the
// agent; nil if there are none.
func (r Rules) Broken(values map[string]string) map[string]Text {
	var broken map[string]Text
	for element, rule := range r {
		if rule.MaxLength == 0 || utf8.RuneCountInString(values[element]) <= rule.MaxLength {
			continue
		}
		if broken == nil {
			broken = map[string]Text{}
		}
		broken[element] = T("dialog.too_long", "Max", rule.MaxLength)
	}
	return broken
}

// Unusable returns why no agent can use the template. The text has no key if the agents of its queues
// can use it.
func (t *Template) Unusable() Text {
	switch {
	case t.GoneAt != 0:
		return T("admin.template_is_gone")
	case t.Generated():
		return T("admin.template_is_generated")
	case t.Status == "REJECTED":
		return T("admin.template_is_rejected", "Reason", t.RejectedReason)
	case t.Status == "PENDING" || t.Status == "IN_APPEAL":
		return T("admin.template_is_pending")
	case t.Status == "PAUSED":
		return T("admin.template_is_paused")
	case t.Status == "DISABLED":
		return T("admin.template_is_disabled")
	case t.Status == "DELETED" || t.Status == "PENDING_DELETION" || t.Status == "ARCHIVED":
		return T("admin.template_is_gone")
	case t.Status != StatusApproved:
		return T("admin.template_is_other", "Status", t.Status)
	case !t.Approved:
		return T("admin.template_needs_approval")
	case len(t.QueueIDs) == 0:
		return T("admin.template_needs_queue")
	default:
		return Text{}
	}
}
