//go:build unix

package scenario

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// The objects of the REST API, as far as a world needs them. Times are milliseconds since epoch, 0 where there is none.

// Account is a business number.
type Account struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	PhoneNumberID  string `json:"phone_number_id"`
	DefaultQueueID string `json:"default_queue_id"`
	HasAccessToken bool   `json:"has_access_token"`
	HasAppSecret   bool   `json:"has_app_secret"`
	WebhookURL     string `json:"webhook_url"`
}

// Queue is a team of agents.
type Queue struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	ChannelID string `json:"channel_id"`
	UpdatedAt int64  `json:"updated_at"`
}

// Template is a message template with our approval.
type Template struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Language string   `json:"language"`
	Category string   `json:"category"`
	Status   string   `json:"status"`
	Text     string   `json:"text"`
	Approved bool     `json:"approved"`
	QueueIDs []string `json:"queue_ids"`
}

// Plan is a queue's monthly spend.
type Plan struct {
	ID         string `json:"id"`
	Status     string `json:"status"`
	ApprovedBy string `json:"approved_by"`
	ApprovedAt int64  `json:"approved_at"`
}

// Conversation is an atendimento.
type Conversation struct {
	ID            string `json:"id"`
	State         string `json:"state"`
	WindowUntil   int64  `json:"window_until"`
	CooldownUntil int64  `json:"cooldown_until"`
	OwnerID       string `json:"owner_id"`
	AttendantID   string `json:"attendant_id"`
	QueueID       string `json:"queue_id"`
	AccountID     string `json:"account_id"`
	ChannelID     string `json:"channel_id"`
	CreatedAt     int64  `json:"created_at"`
	Contact       struct {
		ID        string `json:"id"`
		Name      string `json:"name"`
		Phone     string `json:"phone"`
		CPFMasked string `json:"cpf_masked"`
	} `json:"contact"`
}

// Message is one message of a conversation.
type Message struct {
	ID        string `json:"id"`
	PostID    string `json:"post_id"`
	WAMID     string `json:"wamid"`
	Direction string `json:"direction"`
	Kind      string `json:"kind"`
	Status    string `json:"status"`
	Reason    string `json:"reason"`
	CreatedAt int64  `json:"created_at"`
}

// Charge is a line of the ledger; the amount is in the currency's main unit.
type Charge struct {
	ID             string  `json:"id"`
	ConversationID string  `json:"conversation_id"`
	QueueID        string  `json:"queue_id"`
	AgentID        string  `json:"agent_id"`
	TemplateID     string  `json:"template_id"`
	WAMID          string  `json:"wamid"`
	Category       string  `json:"category"`
	Amount         float64 `json:"amount"`
	Currency       string  `json:"currency"`
	State          string  `json:"state"`
	At             int64   `json:"at"`
}

// Conversation reads one as the client's user.
func (w *World) Conversation(ctx context.Context, client *model.Client4, id string) (Conversation, error) {
	var c Conversation
	err := w.Ask(ctx, client, http.MethodGet, "/conversations/"+id, nil, http.StatusOK, &c)
	return c, err
}

// Conversations lists those the client's user sees; query such as "mine=1&state=open" may be empty.
func (w *World) Conversations(ctx context.Context, client *model.Client4, query string) ([]Conversation, error) {
	path := "/conversations"
	if query != "" {
		path += "?" + query
	}
	return listAll[Conversation](ctx, w, client, path)
}

// Messages lists a conversation's, both ways.
func (w *World) Messages(ctx context.Context, client *model.Client4, conversationID string) ([]Message, error) {
	return listAll[Message](ctx, w, client, "/conversations/"+conversationID+"/messages")
}

// Ledger lists every charge of the queue there ever was.
func (w *World) Ledger(ctx context.Context) ([]Charge, error) {
	return listAll[Charge](ctx, w, w.Admin(), "/ledger?from=0&queue_id="+w.Queue.ID)
}

func withQuery(path string, page int) string {
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return path + mark + "page=" + strconv.Itoa(page)
}
