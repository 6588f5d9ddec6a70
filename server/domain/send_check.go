package domain

import (
	"strings"
	"time"
)

// TemplateShelfLife is how long a template may wait after it was confirmed. After that it is not
// sent any more, because its content may be out of date.
const TemplateShelfLife = 24 * time.Hour

// SendCheck holds everything that decides, together with the time, whether a message may go to a
// customer. This is the lock of the plugin, and no other code decides it. A start makes the check
// before anything is stored, and the outbound worker makes it again when the message is about to
// leave, with the rows as they are then.
type SendCheck struct {
	Account      *Account
	Contact      *Contact      // nil = not known yet
	Conversation *Conversation // nil = a start is about to make it
	Template     *Template     // nil = the message is not a template
	QueueID      string        // with a template: the queue that must be allowed to use it
	Since        int64         // with a template: when it was confirmed or, if it was scheduled, due, milliseconds since epoch; 0 = just now
	PostDeleted  bool          // somebody deleted its post
	// RequireConsent is the setting: a template goes only to somebody whose consent is on record.
	RequireConsent bool
	// Hours are those within which a template may go. Where a supervisor lets it go at any time, this is the zero Opening.
	Hours Opening
}

// Reason returns why the message may not leave at a moment (milliseconds since epoch); 0 = it may
// leave. The message is then not sent at all, except that with ReasonDisabled it waits until the
// number is enabled again.
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

// templateObstacle returns why a template may not leave; 0 = nothing prevents it. All of this is
// checked although the template was confirmed, because it may have waited for hours and the person
// may have stopped marketing, or an administrator withdrawn the approval, meanwhile.
func (l *SendCheck) templateObstacle(now int64) int {
	switch t := l.Template; {
	case t == nil:
		return 0
	case !t.Usable(l.QueueID):
		return ReasonTemplate
	case l.Contact != nil && l.Contact.ConsentStatus == ConsentRevoked:
		return ReasonOptedOut
	case l.Contact != nil && l.RequireConsent && l.Contact.ConsentStatus != ConsentGranted:
		return ReasonNoConsent
	case l.Contact != nil && l.Contact.MarketingStopAt != 0 && strings.EqualFold(t.Category, "MARKETING"):
		return ReasonStopped
	case l.Contact != nil && l.Contact.BlockedUntil > now:
		return ReasonBlocked
	case l.Since != 0 && now-l.Since > TemplateShelfLife.Milliseconds():
		return ReasonTooOld
	case !l.Hours.OpenAt(now):
		return ReasonQuietHours // the last one, because a supervisor can overrule it
	default:
		return 0
	}
}

// AnyTemplate returns why no template at all may go to the contact at a moment, whichever is chosen, as a refusal; nil =
// what is left depends on the template. zone is as for Refusal.
func (l *SendCheck) AnyTemplate(now int64, zone string) *Refusal {
	with := *l
	with.Template = &Template{Status: StatusApproved, Approved: true, QueueIDs: []string{l.QueueID}}
	if reason := with.templateObstacle(now); reason != 0 {
		return with.RefusalFor(reason, now, zone)
	}
	return nil
}

// Refusal returns the result of Reason as a refusal for the person who wants to send a template;
// nil = it may leave. zone is the time zone for the text's times (IANA name; "" = the plugin's setting).
func (l *SendCheck) Refusal(now int64, zone string) *Refusal {
	if reason := l.Reason(now); reason != 0 {
		return l.RefusalFor(reason, now, zone)
	}
	return nil
}

// RefusalFor returns the refusal that explains one of the reasons that Reason returned for a template at
// a moment (milliseconds since epoch).
func (l *SendCheck) RefusalFor(reason int, now int64, zone string) *Refusal {
	switch reason {
	case ReasonClosed:
		return Refuse(CodeConversationClosed, T("refusal.closed_template"))
	case ReasonTemplate:
		return Refuse(CodeTemplateNotAllowed, T("refusal.template_not_allowed", "Template", l.Template.Name))
	case ReasonOptedOut:
		return Refuse(CodeOptedOut, T("refusal.opted_out", "At", l.Contact.ConsentAt).In(zone))
	case ReasonQuietHours:
		refusal := Refuse(CodeQuietHours, Text{})
		refusal.NextAt = l.Hours.NextOpening(now)
		refusal.Text = T("refusal.quiet_hours", "Until", refusal.NextAt).In(zone)
		return refusal
	case ReasonNoConsent:
		return Refuse(CodeConsentRequired, T("refusal.consent_required"))
	case ReasonStopped:
		return Refuse(CodeCooldown, T("refusal.marketing_stopped"))
	case ReasonBlocked:
		refusal := Refuse(CodeCooldown, T("refusal.blocked_by_meta", "Until", l.Contact.BlockedUntil).In(zone))
		refusal.NextAt = l.Contact.BlockedUntil
		return refusal
	case ReasonTooOld:
		return Refuse(CodeUnavailable, T("refusal.too_late"))
	case ReasonDisabled:
		return Refuse(CodeUnavailable, T("refusal.account_disabled", "Account", l.Account.Name))
	case ReasonNoAddress:
		return Refuse(CodeUnavailable, T("refusal.no_address"))
	default:
		return Refuse(CodeUnavailable, T("refusal.whatsapp_unavailable"))
	}
}

// Address is where a message is sent: a number (E.164 with "+") or, without one, a BSUID.
type Address struct{ Phone, UserID string }

// To returns the address to which the message goes. A template goes to the person's current address.
// Free text goes to the address that opened the window, even if the person has another one since,
// because Meta's window belongs to that address.
func (l *SendCheck) To() Address {
	if l.Template == nil && l.Conversation != nil {
		return l.Conversation.windowOf(l.Contact)
	}
	return l.Contact.address()
}

// address returns where the person is reached now; the zero Address if nothing is known.
func (c *Contact) address() Address {
	if c.Phone != "" {
		return Address{Phone: c.Phone}
	}
	return Address{UserID: c.UserID}
}

// windowOf returns the address to which the conversation's window belongs.
func (c *Conversation) windowOf(contact *Contact) Address {
	switch {
	case c.WindowPhone == "" && c.WindowUserID == "":
		return contact.address() // it was not recorded whose window it is
	case c.WindowPhone == "":
		return Address{UserID: c.WindowUserID}
	case PhoneKey(c.WindowPhone) == PhoneKey(contact.Phone):
		return Address{Phone: contact.Phone} // the same number, in the form that was used before
	default:
		return Address{Phone: "+" + Digits(c.WindowPhone)}
	}
}
