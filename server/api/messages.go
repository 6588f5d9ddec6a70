package api

import (
	"net/http"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

type messageView struct {
	ID         string        `json:"id"`
	PostID     string        `json:"post_id"`
	WAMID      string        `json:"wamid"`
	Direction  string        `json:"direction"`
	Kind       string        `json:"kind"`
	AuthorID   string        `json:"author_id"`
	Status     domain.Status `json:"status"`
	Held       bool          `json:"held"`
	Reason     string        `json:"reason"`
	ReasonCode int           `json:"reason_code"`
	CreatedAt  millisOrNull  `json:"created_at"`
}

func (a *API) viewMessage(lang string, m *domain.Message) messageView {
	return messageView{
		ID: m.ID, PostID: m.PostID, WAMID: m.WAMID, Direction: m.Direction, Kind: m.Kind, AuthorID: m.AuthorID, Status: m.Status, Held: m.IsHeld(),
		Reason: a.reason(lang, m), ReasonCode: m.ReasonCode, CreatedAt: millisOrNull(m.CreatedAt),
	}
}

func (a *API) listMessages(r *http.Request, id string) (reply, error) {
	q := readQuery(r)
	p, postID := q.page(), q.id("post_id")
	if err := q.err(); err != nil {
		return reply{}, err
	}
	var messages []*domain.Message
	var total int
	var err error
	if postID != "" {
		messages, total, err = a.messageOfPost(r, id, postID)
	} else {
		messages, total, err = a.Service.Messages(r.Context(), userID(r), id, p.number, p.size)
	}
	if err != nil {
		return reply{}, errors.Wrap(err, "list the messages")
	}
	lang := a.language(r)
	return ok(listOf(messages, total, p, func(m *domain.Message) messageView { return a.viewMessage(lang, m) }))
}

// messageOfPost returns the message of one post as a list, which is empty where the post is no message.
func (a *API) messageOfPost(r *http.Request, id, postID string) ([]*domain.Message, int, error) {
	message, err := a.Service.MessageOfPost(r.Context(), userID(r), id, postID)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, 0, nil
	} else if err != nil {
		return nil, 0, err
	}
	return []*domain.Message{message}, 1, nil
}

// reason is why a message was not delivered; "" where nothing is wrong.
func (a *API) reason(lang string, m *domain.Message) string {
	if !m.Status.NeedsNotice() {
		return ""
	}
	if m.ReasonCode == 0 {
		return ""
	}
	text := whatsapp.ClassifyCode(m.ReasonCode).What()
	if ours, ok := domain.TextsOf(m.ReasonCode); ok {
		text = domain.T(ours.Message)
	}
	return a.Text(lang, text.Key, text.Data)
}
