package whatsapp

// Status is Meta's report of what became of a message of ours.
type Status struct {
	ID                    string // wamid
	Status                string // sent, delivered, read, played, failed, or newer; lower case
	Timestamp             int64  // milliseconds since epoch, Meta's; 0 if there is none
	RecipientID           string // wa_id; may be missing
	RecipientUserID       string // BSUID; may be missing
	RecipientParentUserID string
	RecipientType         string
	CallbackData          string // biz_opaque_callback_data of the send
	ConversationID        string
	Pricing               *Pricing
	Errors                []MessageError
}

// Pricing is how Meta charges for a message. Several statuses of one wamid repeat it, so it must be counted once.
type Pricing struct {
	Billable *bool // nil where Meta does not say
	Model    string
	Category string
	Type     string // regular, free_customer_service, free_entry_point, or newer
}

// TemplateUpdate is a change of a template.
type TemplateUpdate struct {
	Field            string // message_template_status_update, message_template_quality_update, ...
	Event            string // APPROVED, REJECTED, PAUSED, ...; "" where the field has none
	TemplateID       string
	Name             string
	Language         string // with an underscore, as templates have it: en_US
	Category         string
	PreviousCategory string
	CorrectCategory  string
	Reason           string // "" for Meta's NONE
	OtherTitle       string // FIRST_PAUSE, SECOND_PAUSE, UNPAUSE, ...
	DisableDate      string
	PreviousQuality  string
	Quality          string
	Timestamp        int64 // milliseconds since epoch, Meta's
}

// AccountUpdate is a change of the account or of the number.
type AccountUpdate struct {
	Field        string // account_update, account_alerts, phone_number_quality_update, ...
	Event        string // DISABLED_UPDATE, ACCOUNT_RESTRICTION, FLAGGED, ...; "" where the field has none
	DisplayPhone string
	Decision     string // of a review: APPROVED, REJECTED, ...
	Reason       string
	CurrentLimit string // messaging limit: TIER_250, ...
	BanState     string
	BanDate      string
	Violation    string
	Severity     string // of an alert
	Restrictions []Restriction
	Timestamp    int64 // milliseconds since epoch, Meta's
}

// Restriction is something that Meta has forbidden the account until a moment.
type Restriction struct {
	Type       string
	Expiration int64 // milliseconds since epoch; 0 if there is none
}

// Preference is a customer's wish about marketing messages.
type Preference struct {
	WaID         string
	UserID       string
	ParentUserID string
	Category     string // marketing_messages
	Value        string // stop, resume
	Detail       string
	Timestamp    int64 // milliseconds since epoch, Meta's
}

// StopsMarketing says that the customer wants no more marketing messages.
func (p Preference) StopsMarketing() bool { return p.Value == "stop" }

// Call is a voice call, or one step of it.
type Call struct {
	ID        string
	Event     string // connect, terminate; of a status: ringing, accepted, rejected
	Direction string // USER_INITIATED, BUSINESS_INITIATED
	From      string
	To        string
	Timestamp int64 // milliseconds since epoch, Meta's
}

// OpensWindow says whether the call opens or extends the 24-hour window: the customer called us.
func (c Call) OpensWindow() bool { return c.Direction == "USER_INITIATED" && c.Event == "connect" }
