package service

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// draftToChange returns a draft if the actor may change it: as its author, if they may still post or
// act in the conversation, or as a supervisor who may act in it. Else it returns a refusal.
func (d *Drafts) draftToChange(ctx context.Context, actorID, id string) (*domain.Draft, error) {
	draft, err := d.Store.Draft(ctx, id)
	if errors.Is(err, domain.ErrNotFound) {
		return nil, domain.Refuse(domain.CodeNotFound, domain.T("draft.not_found"))
	} else if err != nil {
		return nil, err
	}
	if _, err = d.authorized(ctx, actorID, draft.ConversationID, draft.AuthorID); err != nil {
		return nil, err
	}
	return draft, d.mayChange(ctx, actorID, draft.ConversationID, draft.AuthorID)
}

func (d *Drafts) mayChange(ctx context.Context, actorID, conversationID, authorID string) error {
	if actorID == authorID {
		conv, err := d.Service.Store.Conversation(ctx, conversationID)
		if err != nil {
			return err
		}
		err = d.Service.requireMaySpeak(ctx, actorID, conv)
		if _, no := domain.AsRefusal(err); !no {
			return err
		}
	}
	return d.Service.MayAct(ctx, actorID, conversationID)
}

// authorized returns a conversation if the actor may read an author's drafts in it. People who may
// post in its channel can have drafts there even if they may not see the conversation otherwise.
func (d *Drafts) authorized(ctx context.Context, actorID, conversationID, authorID string) (*domain.Conversation, error) {
	if actorID == authorID {
		conv, err := d.Service.Store.Conversation(ctx, conversationID)
		if err != nil {
			return nil, err
		}
		if err := d.Service.requireMaySpeak(ctx, actorID, conv); err == nil {
			return conv, nil
		} else if _, no := domain.AsRefusal(err); !no {
			return nil, err
		}
	}
	conv, queue, err := d.Service.conversationToSee(ctx, actorID, conversationID)
	if err != nil || actorID == authorID {
		return conv, err
	}
	supervisor, err := d.Service.People.Supervises(ctx, actorID, queue)
	if err != nil {
		return nil, err
	}
	if !supervisor {
		return nil, domain.Refuse(domain.CodeForbidden, domain.T("draft.not_yours", "Who", d.Service.username(ctx, authorID)))
	}
	return conv, nil
}

// gone returns the refusal for a draft that is no longer held.
func gone(draft *domain.Draft) *domain.Refusal {
	if draft.State == domain.DraftDropped {
		return domain.Refuse(domain.CodeNotFound, domain.T("draft.dropped"))
	}
	return domain.Refuse(domain.CodeNotFound, domain.T("draft.gone"))
}
