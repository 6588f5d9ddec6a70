// Package domain is the ground: what an atendimento is, which state it is
// in, and who may do what with it when. It knows neither Mattermost nor SQL;
// the interfaces it needs are declared in ports.go.
package domain

// Account (Número) is one WhatsApp business number.
type Account struct {
	ID             string
	Name           string
	PhoneNumberID  string // Meta's id of the number
	WABAID         string // Meta's id of the WhatsApp Business Account
	DisplayPhone   string
	AccessToken    string // in the clear only in memory; encrypted at rest
	AppSecret      string // signs the webhooks
	VerifyToken    string // answers Meta's GET challenge
	DefaultQueueID string // Ativo / Fila Destino: where unknown customers go
	Enabled        bool
	BlockedCode    int   // Meta's error code that needs an admin; 0 = none. Sending waits while it is set.
	BlockedAt      int64 // milliseconds since epoch; 0 = not blocked
	WellAt         int64 // when a request left that Meta took, the latest but for a second; 0 = none yet
	WebhookAt      int64 // last delivery accepted, milliseconds since epoch; 0 = never
	CreatedAt      int64
	UpdatedAt      int64
}

// Queue (Fila) is a Mattermost channel that stands for a team of agents.
type Queue struct {
	ID                string
	Name              string
	TeamID            string
	ChannelID         string
	AccountID         string
	InactivityMinutes int    // 0 = the plugin's setting
	TimeZone          string // IANA name of the zone its times are told in; "" = the plugin's setting
	CreatedAt         int64
	UpdatedAt         int64
}

// Template (Modelo) is a message template as Meta holds it, plus our approval and allow-list.
type Template struct {
	ID        string
	AccountID string
	MetaID    string
	Name      string
	Language  string // as Meta stores it: pt_BR, en_US, en
	Category  string // MARKETING, UTILITY or AUTHENTICATION
	Status    string // Meta's word; only APPROVED can be sent
	Quality   string // Meta's word: GREEN, YELLOW, RED, UNKNOWN; "" = not known
	// RejectedReason is Meta's word; "" = none.
	RejectedReason string
	Text           string // the body, with its variables
	Definition     []byte // the whole template as Meta returned it (JSON)
	Approved       bool
	ApprovedBy     string
	ApprovedAt     int64
	QueueIDs       []string // queues that may use it; none = nobody
	Rules          Rules    // an administrator's, for its variables
	GoneAt         int64    // when a sync no longer found it at Meta; 0 = there
	CreatedAt      int64
	UpdatedAt      int64
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
	ID           string
	QueueID      string
	MonthlyLimit Money
	Currency     string // ISO 4217
	Prices       Prices
	PriceChanges []PriceChange // in their order; those that came due hold instead of Prices
	Approved     bool
	ApprovedBy   string
	ApprovedAt   int64
	CreatedAt    int64
	UpdatedAt    int64
}

// Contact (Cliente) is a person.
type Contact struct {
	ID              string
	Name            string
	Phone           string // E.164 with "+"; "" where there is only a BSUID
	WAID            string // wa_id as Meta last gave it, digits only; "" = unknown
	UserID          string // BSUID as Meta last gave it; "" = unknown
	Username        string // on WhatsApp, without "@"; "" = unknown. It names nobody for sure: people change it
	CPFMasked       string // ***.456.789-**; "" = none
	CPFCipher       string
	CPFHash         string // keyed hash for search
	LastTemplateAt  int64  // last template to this person, over all numbers and queues
	BlockedUntil    int64  // Meta asked to wait (131049); milliseconds since epoch
	MarketingStopAt int64  // the person stopped marketing (131050, user_preferences)
	ErasedAt        int64  // who it was is erased, and nothing that comes late brings it back
	MovedAt         int64  // when the person took another number or BSUID; what is older teaches nothing of them
	CreatedAt       int64
	UpdatedAt       int64
}

// Conversation (Atendimento) is one matter with one contact on one account; it owns one channel.
type Conversation struct {
	ID             string
	AccountID      string
	ContactID      string
	QueueID        string
	TeamID         string
	ChannelID      string // "" until the channel exists
	OwnerID        string // Responsável; "" while nobody claimed it
	AttendantID    string // Atendente; "" while it waits in a queue
	AttendedAt     int64  // when the attendant changed last, also to nobody; milliseconds since epoch
	QueuedFor      string // why it waits in a queue: QueuedXxx
	RemindedAt     int64  // the beginning of the customer's wait that was acted on last (see Service.LookAtWait)
	WindowFrom     int64  // Meta's timestamp of the inbound that opened the window that stands or stood last
	WindowUntil    int64  // Meta's timestamp of the last inbound + 24 h; 0 = the customer never answered
	WindowPhone    string // the number of who wrote last, digits as Meta wrote them: the window is theirs
	WindowUserID   string // and their BSUID; both "" = not known
	LastTemplateAt int64
	LastInboundAt  int64 // Meta's timestamp
	LastOutboundAt int64
	ClosedAt       int64
	ClosedBy       string
	CloseReason    string
	AbortedAt      int64  // the first template was refused for good: kept for audit, in no list
	ReopenedAt     int64  // when a close was last taken back
	ReopenedBy     string // "" = the customer, by writing again
	ArchivedAt     int64  // from when on its channel is archived, or about to be
	PreviousID     string // the customer's last one, where a return made this one; "" = none
	ErasedAt       int64  // the customer was erased: it stays closed
	CreatedAt      int64
	UpdatedAt      int64

	Contact      Contact // as joined by the store
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
	ID             string // also our biz_opaque_callback_data
	ConversationID string
	AccountID      string
	ContactID      string
	Direction      string
	Kind           string // Meta's message type: text, template, image, ...
	AuthorID       string // the agent; "" for the customer
	PostID         string
	WAMID          string
	Status         Status // "" for inbound
	ShownStatus    Status // the status the post shows
	ReasonCode     int    // Meta's error code, or one of ours below 100 (see ReasonXxx)
	Text           string // a template's text as the customer sees it; else ""
	TemplateID     string
	Category       string
	Part           int   // its place, from 0, among the messages that its post became
	Parts          int   // how many those are; 0 = this one alone
	CreatedAt      int64 // the post's CreateAt, or Meta's timestamp for inbound
	SentAt         int64 // when Meta accepted it
	StatusAt       int64 // Meta's timestamp of the last status
}

// Member is somebody in a queue's channel.
type Member struct {
	UserID      string
	Username    string
	Name        string // full name; "" = none
	Supervisor  bool   // admin of the channel
	SystemAdmin bool
}
