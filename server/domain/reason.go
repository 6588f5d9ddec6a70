package domain

// Our own reasons why a message did not leave. They are stored in the same column as Meta's error
// codes and must differ from these: Meta's codes start at 100, except for 0 to 4, 10 and 33.
const (
	ReasonLocked       = 50 // the conversation was locked when it was to be sent
	ReasonTooOld       = 51 // posted while the plugin was down, more than 15 minutes ago
	ReasonUnknown      = 52 // the outcome of the send is unknown
	ReasonClosed       = 53 // the conversation was closed
	ReasonNotPermitted = 54 // a post of a kind that is never sent
	ReasonFile         = 57 // the file to send could not be read any more
	ReasonDeleted      = 58 // the post was deleted before it left
	ReasonDisabled     = 59 // the number is disabled: the message waits
	ReasonTemplate     = 60 // the template may not be used any more
	ReasonStopped      = 61 // the person wants no marketing
	ReasonBlocked      = 62 // Meta asked to wait with this person
	ReasonNoAddress    = 63 // nothing is known by which the person could be reached
	ReasonOptedOut     = 64 // the person does not want to be written to
	ReasonQuietHours   = 66 // templates do not go at this time of the day
	ReasonNoConsent    = 65 // nobody recorded that the person wants to be written to, and the settings require it
)

// ReasonTexts are the keys of the texts that explain one reason, by the place where they are read.
type ReasonTexts struct {
	Thread  string // in the thread of the post that was not sent; it also says what to do
	Message string // beside the message in lists and in the REST API
	Start   string // in the direct message to the agent whose start was stopped while it waited
}

// TextsOf returns the texts for one of our own reasons. ok is false for Meta's codes, which package
// whatsapp explains, and for reasons that are not shown.
func TextsOf(reason int) (texts ReasonTexts, ok bool) {
	const thread, start = "notice.locked", "notice.start_not_sent"
	switch reason {
	case ReasonLocked:
		return ReasonTexts{thread, "api.reason_locked", start}, true
	case ReasonTooOld:
		return ReasonTexts{"notice.too_old", "api.reason_too_old", "notice.start_too_old"}, true
	case ReasonUnknown:
		return ReasonTexts{thread, "api.reason_unknown", start}, true
	case ReasonClosed:
		return ReasonTexts{"notice.closed", "api.reason_closed", start}, true
	case ReasonNotPermitted:
		return ReasonTexts{"notice.not_permitted", "api.reason_not_permitted", start}, true
	case ReasonFile:
		return ReasonTexts{"notice.file", "api.reason_file", start}, true
	case ReasonDeleted:
		return ReasonTexts{thread, "api.reason_deleted", start}, true
	case ReasonTemplate:
		return ReasonTexts{"notice.template", "api.reason_template", "notice.start_template"}, true
	case ReasonStopped:
		return ReasonTexts{"notice.stopped", "api.reason_stopped", "notice.start_stopped"}, true
	case ReasonBlocked:
		return ReasonTexts{"notice.blocked", "api.reason_blocked", "notice.start_blocked"}, true
	case ReasonOptedOut:
		return ReasonTexts{"notice.opted_out", "api.reason_opted_out", "notice.start_opted_out"}, true
	case ReasonQuietHours:
		return ReasonTexts{"notice.quiet_hours", "api.reason_quiet_hours", "notice.start_quiet_hours"}, true
	case ReasonNoConsent:
		return ReasonTexts{"notice.no_consent", "api.reason_no_consent", "notice.start_no_consent"}, true
	case ReasonNoAddress:
		return ReasonTexts{"notice.no_address", "api.reason_no_address", start}, true
	default:
		return ReasonTexts{Thread: thread, Start: start}, false
	}
}
