package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

func (a *API) conversationRoutes(router *mux.Router) {
	router.HandleFunc("/conversations", a.conversations).Methods(http.MethodGet)
	a.handle(router, http.MethodPost, "/conversations", a.idempotent(a.startConversation, a.recallStart))
	router.HandleFunc("/conversations/search", a.conversations).Methods(http.MethodPost)
	a.handle(router, http.MethodGet, "/conversations/counts", a.countConversations)
	a.handle(router, http.MethodPost, "/conversations/counts", a.countConversations)
	a.handle(router, http.MethodGet, "/conversations/{id}", withID(a.getConversation))
	a.handle(router, http.MethodGet, "/channels", a.getChannelCreator)
	a.handle(router, http.MethodGet, "/channels/{id}/conversation", withID(a.getChannelConversation))
	a.handle(router, http.MethodGet, "/conversations/{id}/messages", withID(a.listMessages))
	a.handle(router, http.MethodPost, "/conversations/{id}/template", a.idempotent(a.sendTemplate, a.recallTemplate))
	a.handle(router, http.MethodPost, "/conversations/{id}/interactive", withID(a.askCustomer))
	a.handle(router, http.MethodPost, "/conversations/{id}/note", withID(a.addNote))
	a.handle(router, http.MethodPost, "/conversations/{id}/transfer", withID(a.transferConversation))
	a.handle(router, http.MethodPost, "/conversations/{id}/owner", withID(a.setOwner))
	a.handle(router, http.MethodPost, "/conversations/{id}/claim", withID(a.claimConversation))
	a.handle(router, http.MethodPost, "/conversations/{id}/reopen", withID(a.reopenConversation))
	a.handle(router, http.MethodPost, "/contacts/{id}/reveal", withID(a.revealContact))
}

type conversationView struct {
	ID            string       `json:"id"`
	State         domain.State `json:"state"`
	WindowUntil   millisOrNull `json:"window_until"`
	CooldownUntil millisOrNull `json:"cooldown_until"`
	OwnerID       string       `json:"owner_id"`
	AttendantID   string       `json:"attendant_id"`
	QueueID       string       `json:"queue_id"`
	AccountID     string       `json:"account_id"`
	TeamID        string       `json:"team_id"`
	ChannelID     string       `json:"channel_id"`
	Contact       contactView  `json:"contact"`
	AttendedAt    millisOrNull `json:"attended_at"`
	LastInbound   millisOrNull `json:"last_inbound_at"`
	LastOutbound  millisOrNull `json:"last_outbound_at"`
	ClosedAt      millisOrNull `json:"closed_at"`
	CloseReason   string       `json:"close_reason"`
	Closing       *closingView `json:"closing"`
	CreatedAt     millisOrNull `json:"created_at"`
	UpdatedAt     millisOrNull `json:"updated_at"`

	Template *string `json:"template,omitempty"` // in lists
	// Where conversations are read, but not in the answer of an action.
	LastMessage       *lastMessageView `json:"last_message,omitempty"`
	WaitsSince        *millisOrNull    `json:"customer_waits_since,omitempty"`
	Waits             *int64           `json:"customer_waits_ms,omitempty"`
	OwnerUsername     string           `json:"owner_username,omitempty"`
	AttendantUsername string           `json:"attendant_username,omitempty"`
	AttendantAbsent   bool             `json:"attendant_absent,omitempty"`
	// Where one conversation is read.
	NextTemplate *nextTemplateView `json:"next_template,omitempty"`
	NextText     *nextTextView     `json:"next_text,omitempty"`
}

// nextTemplateView says whether a template may go to the customer now, or why none may and from when on.
type nextTemplateView struct {
	Allowed bool         `json:"allowed"`
	Code    string       `json:"code"` // as in an error; "" = allowed
	Message string       `json:"message"`
	NextAt  millisOrNull `json:"next_at"`
}

// nextTextView is what the next free text would cost.
type nextTextView struct {
	Price    domain.Money `json:"price"`
	Currency string       `json:"currency"`
}

type lastMessageView struct {
	Direction string       `json:"direction"`
	Kind      string       `json:"kind"`
	Preview   string       `json:"preview"`
	At        millisOrNull `json:"at"`
}

// maxPreview is how much a list shows of a message, in characters.
const maxPreview = 80

func viewLastMessage(m *domain.LastMessage) *lastMessageView {
	if m == nil {
		return nil
	}
	plain := strings.Join(strings.Fields(markdown.ToWhatsApp(m.Text, func(string) (string, bool) { return "", false })), " ")
	if runes := []rune(plain); len(runes) > maxPreview {
		plain = string(runes[:maxPreview-1]) + "…"
	}
	return &lastMessageView{Direction: m.Direction, Kind: m.Kind, Preview: plain, At: millisOrNull(m.At)}
}

type contactView struct {
	ID        string      `json:"id"`
	Name      string      `json:"name"`
	Phone     string      `json:"phone"`
	CPFMasked string      `json:"cpf_masked"`
	Consent   consentView `json:"consent"`
}

func viewConversation(v *domain.View) conversationView {
	c := v.Conversation
	return conversationView{
		ID: c.ID, State: v.State, WindowUntil: millisOrNull(c.WindowUntil), CooldownUntil: millisOrNull(v.CooldownUntil),
		OwnerID: c.OwnerID, AttendantID: c.AttendantID, QueueID: c.QueueID, AccountID: c.AccountID, TeamID: c.TeamID, ChannelID: c.ChannelID,
		Contact:    viewContact(&c.Contact),
		AttendedAt: millisOrNull(c.AttendedAt), LastInbound: millisOrNull(c.LastInboundAt), LastOutbound: millisOrNull(max(c.LastOutboundAt, c.LastTemplateAt)),
		ClosedAt: millisOrNull(c.ClosedAt), CloseReason: c.CloseReason, Closing: viewClosing(c), CreatedAt: millisOrNull(c.CreatedAt), UpdatedAt: millisOrNull(c.UpdatedAt),
	}
}

func (a *API) getConversation(r *http.Request, id string) (reply, error) {
	view, err := a.Service.View(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read a conversation")
	}
	shown := a.withUsernames(r.Context(), []*domain.View{view})(view)
	shown.NextTemplate = &nextTemplateView{Allowed: view.NextTemplate == nil}
	if refusal := view.NextTemplate; refusal != nil {
		shown.NextTemplate.Code, shown.NextTemplate.Message, shown.NextTemplate.NextAt = refusal.Code, a.Localize(r, textOf(refusal)), millisOrNull(refusal.NextAt)
	}
	if view.NextText != 0 {
		shown.NextText = &nextTextView{view.NextText, view.Currency}
	}
	return ok(shown)
}

// conversationReply answers an action with the conversation as it is now.
func conversationReply(view *domain.View, err error) (reply, error) {
	if err != nil {
		return reply{}, errors.Wrap(err, "act on a conversation")
	}
	return ok(viewConversation(view))
}

// withUsernames returns what makes a view with the names of the people who serve a conversation, read once for all views.
func (a *API) withUsernames(ctx context.Context, views []*domain.View) func(*domain.View) conversationView {
	ids := map[string]bool{}
	for _, v := range views {
		ids[v.OwnerID], ids[v.AttendantID] = true, true
	}
	delete(ids, "")
	wanted := make([]string, 0, len(ids))
	for id := range ids {
		wanted = append(wanted, id)
	}
	names := a.Mattermost.Usernames(ctx, wanted)
	return func(v *domain.View) conversationView { return viewWithNames(v, names[v.OwnerID], names[v.AttendantID]) }
}

// viewWithNames is a conversation with the names of the people who serve it, its last message, and since when its customer waits.
func viewWithNames(v *domain.View, owner, attendant string) conversationView {
	view := viewConversation(v)
	view.OwnerUsername, view.AttendantUsername = owner, attendant
	view.AttendantAbsent = v.AttendantID != "" && v.Claimable()
	waits := millisOrNull(v.WaitsSince)
	if v.WaitsSince != 0 {
		view.Waits = &v.Waits
	}
	view.LastMessage, view.WaitsSince = viewLastMessage(v.LastMessage), &waits
	return view
}
