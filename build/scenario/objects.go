//go:build unix

package scenario

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// These are the objects of the REST API with the fields that a world needs. Times are milliseconds since epoch, or 0 if there is none.

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

// Plan limits a queue's monthly spending.
type Plan struct {
	ID         string `json:"id"`
	Status     string `json:"status"`
	ApprovedBy string `json:"approved_by"`
	ApprovedAt int64  `json:"approved_at"`
}

// Conversation is what agents call an atendimento.
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

// Charge is a line of the ledger. The amount is in the currency's main unit.
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

// Conversation reads a conversation as the client's user.
func (w *World) Conversation(ctx context.Context, client *model.Client4, id string) (Conversation, error) {
	var c Conversation
	err := w.Ask(ctx, client, http.MethodGet, "/conversations/"+id, nil, http.StatusOK, &c)
	return c, err
}

// Conversations lists the conversations that the client's user can see. query, such as "mine=1&state=open", may be empty.
func (w *World) Conversations(ctx context.Context, client *model.Client4, query string) ([]Conversation, error) {
	path := "/conversations"
	if query != "" {
		path += "?" + query
	}
	return listAll[Conversation](ctx, w, client, path)
}

// Messages lists a conversation's messages in both directions.
func (w *World) Messages(ctx context.Context, client *model.Client4, conversationID string) ([]Message, error) {
	return listAll[Message](ctx, w, client, "/conversations/"+conversationID+"/messages")
}

// Ledger lists all charges that the queue has ever had.
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
