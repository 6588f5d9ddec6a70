// Package domain is the ground: what an atendimento is, which state it is
// in, and who may do what with it when. It knows neither Mattermost nor SQL;
// the interfaces it needs are declared in ports.go.
package domain

// Account (Número) is one WhatsApp business number.
type Account struct {
	ID             string `db:"id"`
	Name           string `db:"name"`
	PhoneNumberID  string `db:"phone_number_id"` // Meta's id of the number
	WABAID         string `db:"waba_id"`         // Meta's id of the WhatsApp Business Account
	DisplayPhone   string `db:"display_phone"`
	AccessToken    string `db:"access_token"`     // in the clear only in memory; encrypted at rest
	AppSecret      string `db:"app_secret"`       // signs the webhooks
	VerifyToken    string `db:"verify_token"`     // answers Meta's GET challenge
	DefaultQueueID string `db:"default_queue_id"` // Ativo / Fila Destino: where unknown customers go
	Enabled        bool   `db:"enabled"`
	BlockedCode    int    `db:"blocked_code"` // Meta's error code that needs an admin; 0 = none. Sending waits while it is set.
	BlockedAt      int64  `db:"blocked_at"`   // milliseconds since epoch; 0 = not blocked
	WellAt         int64  `db:"well_at"`      // when a request left that Meta took, the latest but for a second; 0 = none yet
	WebhookAt      int64  `db:"webhook_at"`   // last delivery accepted, milliseconds since epoch; 0 = never
	CreatedAt      int64  `db:"created_at"`
	UpdatedAt      int64  `db:"updated_at"`
}

// Queue (Fila) is a Mattermost channel that stands for a team of agents.
type Queue struct {
	ID                string `db:"id"`
	Name              string `db:"name"`
	TeamID            string `db:"team_id"`
	ChannelID         string `db:"channel_id"`
	AccountID         string `db:"account_id"`
	InactivityMinutes int    `db:"inactivity_minutes"` // 0 = the plugin's setting
	TimeZone          string `db:"time_zone"`          // IANA name of the zone its times are told in; "" = the plugin's setting
	CreatedAt         int64  `db:"created_at"`
	UpdatedAt         int64  `db:"updated_at"`
}

// Template (Modelo) is a message template as Meta holds it, plus our approval and allow-list.
type Template struct {
	ID        string `db:"id"`
	AccountID string `db:"account_id"`
	MetaID    string `db:"meta_id"`
	Name      string `db:"name"`
	Language  string `db:"language"` // as Meta stores it: pt_BR, en_US, en
	Category  string `db:"category"` // MARKETING, UTILITY or AUTHENTICATION
	Status    string `db:"status"`   // Meta's word; only APPROVED can be sent
	Quality   string `db:"quality"`  // Meta's word: GREEN, YELLOW, RED, UNKNOWN; "" = not known
	// RejectedReason is Meta's word; "" = none.
	RejectedReason string   `db:"rejected_reason"`
	Text           string   `db:"body"`       // the body, with its variables
	Definition     []byte   `db:"definition"` // the whole template as Meta returned it (JSON)
	Approved       bool     `db:"approved"`
	ApprovedBy     string   `db:"approved_by"`
	ApprovedAt     int64    `db:"approved_at"`
	QueueIDs       []string `db:"queue_ids"` // queues that may use it; none = nobody
	Rules          Rules    `db:"rules"`     // an administrator's, for its variables
	GoneAt         int64    `db:"gone_at"`   // when a sync no longer found it at Meta; 0 = there
	CreatedAt      int64    `db:"created_at"`
	UpdatedAt      int64    `db:"updated_at"`
}

// StatusApproved is Meta's word for a template that can be sent.
const StatusApproved = "APPROVED"

// Usable tells whether the queue may send the template now.
func (t *Template) Usable(queueID string) bool {
	if !t.Approved || t.Status != StatusApproved || t.GoneAt != 0 {
		return false
	}
	for _, id := range t.QueueIDs {
		if id == queueID {
			return true
		}
	}
	return false
}

// Plan (Plano) is the approved monthly spend of a queue.
type Plan struct {
	ID           string        `db:"id"`
	QueueID      string        `db:"queue_id"`
	MonthlyLimit Money         `db:"monthly_limit"`
	Currency     string        `db:"currency"` // ISO 4217
	Prices       Prices        `db:"prices"`
	PriceChanges []PriceChange `db:"price_changes"` // in their order; those that came due hold instead of Prices
	Approved     bool          `db:"approved"`
	ApprovedBy   string        `db:"approved_by"`
	ApprovedAt   int64         `db:"approved_at"`
	CreatedAt    int64         `db:"created_at"`
	UpdatedAt    int64         `db:"updated_at"`
}

// Contact (Cliente) is a person.
type Contact struct {
	ID              string `db:"id"`
	Name            string `db:"name"`
	Phone           string `db:"phone"`      // E.164 with "+"; "" where there is only a BSUID
	WAID            string `db:"wa_id"`      // wa_id as Meta last gave it, digits only; "" = unknown
	UserID          string `db:"user_id"`    // BSUID as Meta last gave it; "" = unknown
	Username        string `db:"username"`   // on WhatsApp, without "@"; "" = unknown. It names nobody for sure: people change it
	CPFMasked       string `db:"cpf_masked"` // ***.456.789-**; "" = none
	CPFCipher       string `db:"cpf_cipher"`
	CPFHash         string `db:"cpf_hash"`          // keyed hash for search
	LastTemplateAt  int64  `db:"last_template_at"`  // last template to this person, over all numbers and queues
	BlockedUntil    int64  `db:"blocked_until"`     // Meta asked to wait (131049); milliseconds since epoch
	MarketingStopAt int64  `db:"marketing_stop_at"` // the person stopped marketing (131050, user_preferences)
	ErasedAt        int64  `db:"erased_at"`         // who it was is erased, and nothing that comes late brings it back
	MovedAt         int64  `db:"moved_at"`          // when the person took another number or BSUID; what is older teaches nothing of them
	CreatedAt       int64  `db:"created_at"`
	UpdatedAt       int64  `db:"updated_at"`
}

// Conversation (Atendimento) is one matter with one contact on one account; it owns one channel.
type Conversation struct {
	ID             string `db:"id"`
	AccountID      string `db:"account_id"`
	ContactID      string `db:"contact_id"`
	QueueID        string `db:"queue_id"`
	TeamID         string `db:"team_id"`
	ChannelID      string `db:"channel_id"`     // "" until the channel exists
	OwnerID        string `db:"owner_id"`       // Responsável; "" while nobody claimed it
	AttendantID    string `db:"attendant_id"`   // Atendente; "" while it waits in a queue
	AttendedAt     int64  `db:"attended_at"`    // when the attendant changed last, also to nobody; milliseconds since epoch
	QueuedFor      string `db:"queued_for"`     // why it waits in a queue: QueuedXxx
	RemindedAt     int64  `db:"reminded_at"`    // the beginning of the customer's wait that was acted on last (see Service.LookAtWait)
	WindowFrom     int64  `db:"window_from"`    // Meta's timestamp of the inbound that opened the window that stands or stood last
	WindowUntil    int64  `db:"window_until"`   // Meta's timestamp of the last inbound + 24 h; 0 = the customer never answered
	WindowPhone    string `db:"window_phone"`   // the number of who wrote last, digits as Meta wrote them: the window is theirs
	WindowUserID   string `db:"window_user_id"` // and their BSUID; both "" = not known
	LastTemplateAt int64  `db:"last_template_at"`
	LastInboundAt  int64  `db:"last_inbound_at"` // Meta's timestamp
	LastOutboundAt int64  `db:"last_outbound_at"`
	ClosedAt       int64  `db:"closed_at"`
	ClosedBy       string `db:"closed_by"`
	CloseReason    string `db:"close_reason"`
	AbortedAt      int64  `db:"aborted_at"`  // the first template was refused for good: kept for audit, in no list
	ReopenedAt     int64  `db:"reopened_at"` // when a close was last taken back
	ReopenedBy     string `db:"reopened_by"` // "" = the customer, by writing again
	ArchivedAt     int64  `db:"archived_at"` // from when on its channel is archived, or about to be
	PreviousID     string `db:"previous_id"` // the customer's last one, where a return made this one; "" = none
	ErasedAt       int64  `db:"erased_at"`   // the customer was erased: it stays closed
	CreatedAt      int64  `db:"created_at"`
	UpdatedAt      int64  `db:"updated_at"`

	Contact      Contact `db:"contact"` // as joined by the store
	TemplateName string  // of the last template sent; "" = none, or not read: lists alone read it
}

// Message directions.
const (
	Inbound  = "in"
	Outbound = "out"
)

// KindTemplate is the kind of a message that was made of a template; Meta's word.
const KindTemplate = "template"

// Message is one message on WhatsApp, either way.
type Message struct {
	ID             string `db:"id"` // also our biz_opaque_callback_data
	ConversationID string `db:"conversation_id"`
	AccountID      string `db:"account_id"`
	ContactID      string `db:"contact_id"`
	Direction      string `db:"direction"`
	Kind           string `db:"kind"`      // Meta's message type: text, template, image, ...
	AuthorID       string `db:"author_id"` // the agent; "" for the customer
	PostID         string `db:"post_id"`
	WAMID          string `db:"wamid"`
	Status         Status `db:"status"`       // "" for inbound
	ShownStatus    Status `db:"shown_status"` // the status the post shows
	ReasonCode     int    `db:"reason_code"`  // Meta's error code, or one of ours below 100 (see ReasonXxx)
	Text           string `db:"body"`         // a template's text as the customer sees it; else ""
	TemplateID     string `db:"template_id"`
	Category       string `db:"category"`
	Part           int    `db:"part"`       // its place, from 0, among the messages that its post became
	Parts          int    `db:"parts"`      // how many those are; 0 = this one alone
	CreatedAt      int64  `db:"created_at"` // the post's CreateAt, or Meta's timestamp for inbound
	SentAt         int64  `db:"sent_at"`    // when Meta accepted it
	StatusAt       int64  `db:"status_at"`  // Meta's timestamp of the last status
}

// Member is somebody in a queue's channel.
type Member struct {
	UserID      string `db:"user_id"`
	Username    string `db:"username"`
	Name        string `db:"name"`       // full name; "" = none
	Supervisor  bool   `db:"supervisor"` // admin of the channel
	SystemAdmin bool   `db:"system_admin"`
}
