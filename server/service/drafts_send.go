package service

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Send makes a post of a held draft, which then goes to the customer as any other post does. A
// second click changes nothing, because the draft is sent already.
func (d *Drafts) Send(ctx context.Context, actorID, id string) (*domain.Draft, error) {
	draft, err := d.draftToChange(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	if draft.State == domain.DraftDropped {
		return nil, gone(draft)
	}
	if draft.State == domain.DraftHeld {
		refused, err := d.send(ctx, actorID, draft.ConversationID, draft.AuthorID, []string{id})
		if err != nil {
			return nil, err
		}
		if text, no := refused[id]; no {
			return nil, domain.RefuseField("text", text)
		}
	}
	return d.Store.Draft(ctx, id)
}

// SendAll sends all held drafts of an author in a conversation, in the order of writing. It returns
// how many were sent, and a refusal for the first one that may not be sent.
func (d *Drafts) SendAll(ctx context.Context, actorID, conversationID, authorID string) (sent int, refusal *domain.Refusal, err error) {
	if _, err := d.authorized(ctx, actorID, conversationID, authorID); err != nil {
		return 0, nil, err
	}
	if err := d.mayChange(ctx, actorID, conversationID, authorID); err != nil {
		return 0, nil, err
	}
	held, _, err := d.Store.DraftsOf(ctx, conversationID, authorID, 0, domain.MaxDrafts)
	if err != nil {
		return 0, nil, err
	}
	var ids []string
	for _, draft := range held {
		if draft.State == domain.DraftHeld {
			ids = append(ids, draft.ID)
		}
	}
	if len(ids) == 0 {
		return 0, nil, nil
	}
	refused, err := d.send(ctx, actorID, conversationID, authorID, ids)
	if err != nil {
		return 0, nil, err
	}
	for _, id := range ids {
		if text, no := refused[id]; no {
			return len(ids) - len(refused), domain.RefuseField("text", text), nil
		}
	}
	return len(ids), nil, nil
}

// send claims drafts of one author and has them posted.
func (d *Drafts) send(ctx context.Context, actorID, conversationID, authorID string, ids []string) (map[string]domain.Text, error) {
	conv, err := d.Service.Store.Conversation(ctx, conversationID)
	if err != nil {
		return nil, err
	}
	err = d.Service.requireMaySpeak(ctx, authorID, conv) // the post is made in the author's name, also if a supervisor sends it
	if _, no := domain.AsRefusal(err); no && actorID != authorID {
		return nil, domain.RefuseField("text", domain.T("draft.author_left", "Who", d.Service.username(ctx, authorID)))
	}
	if err != nil {
		return nil, err
	}
	now := d.Service.Clock.Now()
	switch conv.StateAt(now) {
	case domain.Open:
	case domain.Closed:
		return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("post.closed"))
	case domain.Expired:
		return nil, domain.Refuse(domain.CodeWindowClosed, domain.T("draft.expired"))
	default:
		return nil, domain.Refuse(domain.CodeWindowClosed, domain.T("draft.waiting"))
	}
	chosen, err := d.Store.ChooseDrafts(ctx, ids, actorID, now)
	if err != nil {
		return nil, err
	}
	if actorID != authorID {
		for _, id := range chosen {
			if err := d.Store.Audit(ctx, actorID, "draft_sent", id, map[string]string{"author": authorID}); err != nil {
				return nil, err
			}
		}
	}
	return d.Sender.SendDrafts(ctx, conversationID, authorID, ids)
}
