package api

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Conversations is what agents do; *domain.Service is one. Every method
// checks who asks first, and answers a *domain.Refusal for a no.
type Conversations interface {
	Start(ctx context.Context, request domain.StartRequest) (*domain.Started, error)
	SendTemplate(ctx context.Context, request domain.TemplateRequest) (*domain.Started, error)
	// Outcome tells what came of a message that an earlier try of a request stored.
	Outcome(ctx context.Context, messageID string, words func(code int) domain.Explainer) (*domain.Started, error)
	View(ctx context.Context, actorID, id string) (*domain.View, error)
	ViewChannel(ctx context.Context, actorID, channelID string) (*domain.View, error)
	List(ctx context.Context, actorID string, filter domain.Filter) ([]*domain.View, int, error)
	Overview(ctx context.Context, actorID string, filter domain.Filter) (*domain.Overview, error)
	Reveal(ctx context.Context, actorID, contactID string) (*domain.Revealed, error)
	Messages(ctx context.Context, actorID, id string, page, perPage int) ([]*domain.Message, int, error)
	MessageOfPost(ctx context.Context, actorID, id, postID string) (*domain.Message, error)
	MayAct(ctx context.Context, actorID, id string) error
	Note(ctx context.Context, actorID, id, text string) (*domain.View, error)
	TransferToUser(ctx context.Context, actorID, id, userID string) (*domain.View, error)
	TransferToQueue(ctx context.Context, actorID, id, queueID string) (*domain.View, error)
	SetOwner(ctx context.Context, actorID, id, userID string) (*domain.View, error)
	Claim(ctx context.Context, actorID, id string) (*domain.View, error)
	Close(ctx context.Context, actorID, id, reason string) (*domain.View, error)
	Reopen(ctx context.Context, actorID, id string) (*domain.View, error)
}

func (a *API) conversationRoutes(router *mux.Router) {
	a.handle(router, http.MethodGet, "/conversations", a.listConversations)
	a.handle(router, http.MethodPost, "/conversations", a.once(a.startConversation, a.startedReply))
	a.handle(router, http.MethodPost, "/conversations/search", a.listConversations)
	a.handle(router, http.MethodGet, "/conversations/counts", a.countConversations)
	a.handle(router, http.MethodPost, "/conversations/counts", a.countConversations)
	a.handle(router, http.MethodGet, "/conversations/{id}", a.getConversation)
	a.handle(router, http.MethodGet, "/channels", a.tellChannels)
	a.handle(router, http.MethodGet, "/channels/{id}/conversation", a.getChannelConversation)
	a.handle(router, http.MethodGet, "/conversations/{id}/messages", a.listMessages)
	a.handle(router, http.MethodPost, "/conversations/{id}/template", a.once(a.sendTemplate, a.sentReply))
	a.handle(router, http.MethodPost, "/conversations/{id}/note", a.addNote)
	a.handle(router, http.MethodPost, "/conversations/{id}/transfer", a.transferConversation)
	a.handle(router, http.MethodPost, "/conversations/{id}/owner", a.setOwner)
	a.handle(router, http.MethodPost, "/conversations/{id}/claim", a.claimConversation)
	a.handle(router, http.MethodPost, "/conversations/{id}/close", a.closeConversation)
	a.handle(router, http.MethodPost, "/conversations/{id}/reopen", a.reopenConversation)
	a.handle(router, http.MethodPost, "/contacts/{id}/reveal", a.revealContact)
	a.handle(router, http.MethodPost, "/actions/claim", a.claimByButton)
	a.handle(router, http.MethodPost, "/actions/media", a.fetchByButton)
}

type conversationView struct {
	ID            string       `json:"id"`
	State         domain.State `json:"state"`
	WindowUntil   moment       `json:"window_until"`
	CooldownUntil moment       `json:"cooldown_until"`
	OwnerID       string       `json:"owner_id"`
	AttendantID   string       `json:"attendant_id"`
	QueueID       string       `json:"queue_id"`
	AccountID     string       `json:"account_id"`
	TeamID        string       `json:"team_id"`
	ChannelID     string       `json:"channel_id"`
	Contact       contactView  `json:"contact"`
	AttendedAt    moment       `json:"attended_at"`
	LastInbound   moment       `json:"last_inbound_at"`
	LastOutbound  moment       `json:"last_outbound_at"`
	ClosedAt      moment       `json:"closed_at"`
	CloseReason   string       `json:"close_reason"`
	CreatedAt     moment       `json:"created_at"`
	UpdatedAt     moment       `json:"updated_at"`

	Template *string `json:"template,omitempty"` // in lists
	// Where conversations are read, not where something is done with one.
	OwnerUsername     string `json:"owner_username,omitempty"`
	AttendantUsername string `json:"attendant_username,omitempty"`
}

type contactView struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Phone     string `json:"phone"`
	CPFMasked string `json:"cpf_masked"`
}

func viewConversation(v *domain.View) conversationView {
	c := v.Conversation
	return conversationView{
		ID: c.ID, State: v.State, WindowUntil: moment(c.WindowUntil), CooldownUntil: moment(v.CooldownUntil),
		OwnerID: c.OwnerID, AttendantID: c.AttendantID, QueueID: c.QueueID, AccountID: c.AccountID, TeamID: c.TeamID, ChannelID: c.ChannelID,
		Contact:    contactView{ID: c.ContactID, Name: c.Contact.Name, Phone: c.Contact.Phone, CPFMasked: c.Contact.CPFMasked},
		AttendedAt: moment(c.AttendedAt), LastInbound: moment(c.LastInboundAt), LastOutbound: moment(max(c.LastOutboundAt, c.LastTemplateAt)),
		ClosedAt: moment(c.ClosedAt), CloseReason: c.CloseReason, CreatedAt: moment(c.CreatedAt), UpdatedAt: moment(c.UpdatedAt),
	}
}

func (a *API) listConversations(r *http.Request) (reply, error) {
	q, err := readSearch(r)
	if err != nil {
		return reply{}, err
	}
	p := q.page()
	filter := q.conversations()
	filter.State, filter.Unclaimed, filter.ContactID = domain.State(q.values.Get("state")), q.flag("unclaimed"), q.id("contact_id")
	filter.Page, filter.PerPage = p.number, p.size
	if name := q.values.Get("unanswered"); name != "" {
		var known bool
		if filter.Unanswered, known = domain.UnansweredFor(name); !known {
			q.at("unanswered", domain.T("api.field_unanswered"))
		}
	}
	switch filter.State {
	case "", domain.Waiting, domain.Open, domain.Expired, domain.Closed:
	default:
		q.at("state", domain.T("api.field_state"))
	}
	if err := q.err(); err != nil {
		return reply{}, err
	}
	views, total, err := a.Conversations.List(r.Context(), userID(r), filter)
	if err != nil {
		return reply{}, errors.Wrap(err, "list the conversations")
	}
	named := a.named(r, views)
	return ok(listOf(views, total, p, func(v *domain.View) conversationView {
		view := named(v)
		view.Template = &v.TemplateName
		return view
	}))
}

func (a *API) getConversation(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	view, err := a.Conversations.View(r.Context(), userID(r), id)
	if err != nil {
		return reply{}, errors.Wrap(err, "read a conversation")
	}
	return ok(a.named(r, []*domain.View{view})(view))
}

// shown answers with a conversation.
func shown(view *domain.View, err error) (reply, error) {
	if err != nil {
		return reply{}, errors.Wrap(err, "act on a conversation")
	}
	return ok(viewConversation(view))
}

type messageView struct {
	ID         string        `json:"id"`
	PostID     string        `json:"post_id"`
	WAMID      string        `json:"wamid"`
	Direction  string        `json:"direction"`
	Kind       string        `json:"kind"`
	AuthorID   string        `json:"author_id"`
	Status     domain.Status `json:"status"`
	Reason     string        `json:"reason"`
	ReasonCode int           `json:"reason_code"`
	CreatedAt  moment        `json:"created_at"`
}

func (a *API) viewMessage(lang string, m *domain.Message) messageView {
	return messageView{
		ID: m.ID, PostID: m.PostID, WAMID: m.WAMID, Direction: m.Direction, Kind: m.Kind, AuthorID: m.AuthorID, Status: m.Status,
		Reason: a.reason(lang, m), ReasonCode: m.ReasonCode, CreatedAt: moment(m.CreatedAt),
	}
}

func (a *API) listMessages(r *http.Request) (reply, error) {
	id, err := pathID(r)
	if err != nil {
		return reply{}, err
	}
	q := readQuery(r)
	p, postID := q.page(), q.id("post_id")
	if err := q.err(); err != nil {
		return reply{}, err
	}
	var messages []*domain.Message
	var total int
	if postID != "" {
		messages, total, err = a.messageOfPost(r, id, postID)
	} else {
		messages, total, err = a.Conversations.Messages(r.Context(), userID(r), id, p.number, p.size)
	}
	if err != nil {
		return reply{}, errors.Wrap(err, "list the messages")
	}
	lang := a.language(r)
	return ok(listOf(messages, total, p, func(m *domain.Message) messageView { return a.viewMessage(lang, m) }))
}

// messageOfPost is a list of the message of one post, or of none.
func (a *API) messageOfPost(r *http.Request, id, postID string) ([]*domain.Message, int, error) {
	message, err := a.Conversations.MessageOfPost(r.Context(), userID(r), id, postID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, 0, nil
	} else if err != nil {
		return nil, 0, err
	}
	return []*domain.Message{message}, 1, nil
}

// reason says why a message was not delivered; "" where nothing is wrong.
func (a *API) reason(lang string, m *domain.Message) string {
	if !m.Status.NeedsNotice() {
		return ""
	}
	var text domain.Text
	switch m.ReasonCode {
	case 0:
		return ""
	case domain.ReasonLocked:
		text = domain.T("api.reason_locked")
	case domain.ReasonTooOld:
		text = domain.T("api.reason_too_old")
	case domain.ReasonUnknown:
		text = domain.T("api.reason_unknown")
	case domain.ReasonClosed:
		text = domain.T("api.reason_closed")
	case domain.ReasonFile:
		text = domain.T("api.reason_file")
	case domain.ReasonDeleted:
		text = domain.T("api.reason_deleted")
	case domain.ReasonNotPermitted:
		text = domain.T("api.reason_not_permitted")
	case domain.ReasonTemplate:
		text = domain.T("api.reason_template")
	case domain.ReasonStopped:
		text = domain.T("api.reason_stopped")
	case domain.ReasonBlocked:
		text = domain.T("api.reason_blocked")
	case domain.ReasonNoAddress:
		text = domain.T("api.reason_no_address")
	default:
		text = whatsapp.ClassifyCode(m.ReasonCode).What()
	}
	return a.Texts.Text(lang, text.Key, text.Data)
}
