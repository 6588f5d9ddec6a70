package domain

import (
	"strings"
	"time"
)

// TemplateShelfLife is how long a confirmed template may wait to leave.
const TemplateShelfLife = 24 * time.Hour

// SendCheck holds everything that decides, together with the moment, whether a message may go
// to a customer. A start asks it before anything is stored, and the outbound worker when the
// message is about to leave, by the rows as they are then. Nothing else decides this: it is
// the lock.
type SendCheck struct {
	Account      *Account
	Contact      *Contact      // nil = not known yet
	Conversation *Conversation // nil = not there yet: a start makes it
	Template     *Template     // nil = the message is no template
	QueueID      string        // whose allow-list counts, of a template
	Since        int64         // when a template was confirmed; 0 = only now
	PostDeleted  bool          // somebody took its post back
}

// Reason is why the message may not leave at a moment, milliseconds
// since epoch; 0 = it may. ReasonDisabled is the only one that is waited for.
func (l *SendCheck) Reason(now int64) int {
	switch c := l.Conversation; {
	case c != nil && (c.AbortedAt != 0 || c.StateAt(now) == Closed):
		return ReasonClosed
	case l.PostDeleted:
		return ReasonDeleted
	case l.Template == nil && (c == nil || c.StateAt(now) != Open):
		return ReasonLocked
	}
	if reason := l.templateObstacle(now); reason != 0 {
		return reason
	}
	switch {
	case l.Contact != nil && (l.Contact.ErasedAt != 0 || l.To() == Address{}):
		return ReasonNoAddress
	case !l.Account.Enabled:
		return ReasonDisabled
	default:
		return 0
	}
}

// templateObstacle: what was confirmed may wait for hours, so that a stop, a
// block or a withdrawn approval that comes meanwhile is obeyed.
func (l *SendCheck) templateObstacle(now int64) int {
	switch t := l.Template; {
	case t == nil:
		return 0
	case !t.Usable(l.QueueID):
		return ReasonTemplate
	case l.Contact != nil && l.Contact.MarketingStopAt != 0 && strings.EqualFold(t.Category, "MARKETING"):
		return ReasonStopped
	case l.Contact != nil && l.Contact.BlockedUntil > now:
		return ReasonBlocked
	case l.Since != 0 && now-l.Since > TemplateShelfLife.Milliseconds():
		return ReasonTooOld
	default:
		return 0
	}
}

// Refusal is Reason for a person who wants to send a template; nil = it may leave.
func (l *SendCheck) Refusal(now int64, zone string) *Refusal {
	if reason := l.Reason(now); reason != 0 {
		return l.RefusalFor(reason, zone)
	}
	return nil
}

// RefusalFor is the refusal in words of one of the reasons that Reason returns.
func (l *SendCheck) RefusalFor(reason int, zone string) *Refusal {
	switch reason {
	case ReasonClosed:
		return Refuse(CodeConversationClosed, T("refusal.closed_template"))
	case ReasonTemplate:
		return Refuse(CodeTemplateNotAllowed, T("refusal.template_not_allowed", "Template", l.Template.Name))
	case ReasonStopped:
		return Refuse(CodeCooldown, T("refusal.marketing_stopped"))
	case ReasonBlocked:
		return Refuse(CodeCooldown, T("refusal.blocked_by_meta", "Until", l.Contact.BlockedUntil).In(zone))
	case ReasonDisabled:
		return Refuse(CodeUnavailable, T("refusal.account_disabled", "Account", l.Account.Name))
	case ReasonNoAddress:
		return Refuse(CodeUnavailable, T("refusal.no_address"))
	default:
		return Refuse(CodeUnavailable, T("refusal.whatsapp_unavailable"))
	}
}

// Address is where a message reaches somebody: a number (E.164 with "+"), else a BSUID.
type Address struct{ Phone, UserID string }

// To is the address that the message goes to: a template to the person, free
// text to whom the window belongs, whatever became of the person since.
func (l *SendCheck) To() Address {
	if l.Template == nil && l.Conversation != nil {
		return l.Conversation.windowOf(l.Contact)
	}
	return l.Contact.address()
}

func (c *Contact) address() Address {
	if c.Phone != "" {
		return Address{Phone: c.Phone}
	}
	return Address{UserID: c.UserID}
}

func (c *Conversation) windowOf(contact *Contact) Address {
	switch {
	case c.WindowPhone == "" && c.WindowUserID == "":
		return contact.address() // nobody noted whose it is
	case c.WindowPhone == "":
		return Address{UserID: c.WindowUserID}
	case PhoneKey(c.WindowPhone) == PhoneKey(contact.Phone):
		return Address{Phone: contact.Phone} // the same number, as it was dialled before
	default:
		return Address{Phone: "+" + Digits(c.WindowPhone)}
	}
}
