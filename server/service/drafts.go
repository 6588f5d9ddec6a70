package service

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// DraftSender makes posts of chosen drafts. If a call is interrupted, its regular runs finish the work.
type DraftSender interface {
	// SendDrafts posts the chosen drafts of an author in a conversation, in order. For each
	// of the requested drafts that may not be sent it returns the reason.
	SendDrafts(ctx context.Context, conversationID, authorID string, ids []string) (refused map[string]domain.Text, err error)
	// DraftsChanged causes the offers to be brought up to date soon.
	DraftsChanged()
	// OwnFiles returns those of the files that the user uploaded and that are in no post.
	OwnFiles(ctx context.Context, userID string, fileIDs []string) ([]string, error)
}

// DraftPorts holds everything that Drafts needs from other packages.
type DraftPorts struct {
	Service *Service
	Store   Store
	Sender  DraftSender
}

// Drafts is what agents can do with held drafts. Each method checks who asks and returns a
// *domain.Refusal if they may not do it.
type Drafts struct{ DraftPorts }

// NewDrafts returns Drafts with the given ports.
func NewDrafts(p DraftPorts) *Drafts { return &Drafts{p} }

// List returns a page of the held drafts of a conversation, and how many there are: the actor's own
// ones, or everybody's for a supervisor.
func (d *Drafts) List(ctx context.Context, actorID, conversationID string, page, perPage int) ([]*domain.Draft, int, error) {
	_, queue, err := d.Service.conversationToSee(ctx, actorID, conversationID)
	if err != nil {
		return nil, 0, err
	}
	supervisor, err := d.Service.People.Supervises(ctx, actorID, queue)
	if err != nil {
		return nil, 0, err
	}
	author := actorID
	if supervisor {
		author = ""
	}
	return d.Store.DraftsOf(ctx, conversationID, author, page, perPage)
}

// Save keeps a text for later. fileIDs are files that the actor uploaded and has not posted.
func (d *Drafts) Save(ctx context.Context, actorID, conversationID, text string, fileIDs []string) (*domain.Draft, error) {
	conv, _, err := d.Service.conversationToAct(ctx, actorID, conversationID)
	if err != nil {
		return nil, err
	}
	if err := domain.CheckDraft(text, len(fileIDs)); err != nil {
		return nil, err
	}
	now := d.Service.Clock.Now()
	state := conv.StateAt(now)
	if state == domain.Closed {
		return nil, domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
	}
	if len(fileIDs) > 0 {
		own, err := d.Sender.OwnFiles(ctx, actorID, fileIDs)
		if err != nil {
			return nil, err
		}
		if len(own) != len(fileIDs) {
			return nil, domain.RefuseField("file_ids", domain.T("draft.not_your_files"))
		}
	}
	return d.keep(ctx, &domain.Draft{ID: d.Service.NewID(), ConversationID: conv.ID, AuthorID: actorID, Text: text, FileIDs: fileIDs}, state != domain.Open, now)
}

// Hold keeps a post as a draft that the posting hook has just refused because the conversation is
// locked.
func (d *Drafts) Hold(ctx context.Context, draft *domain.Draft) (*domain.Draft, error) {
	if err := domain.CheckDraft(draft.Text, len(draft.FileIDs)); err != nil {
		return nil, err
	}
	draft.ID = d.Service.NewID()
	return d.keep(ctx, draft, true, d.Service.Clock.Now())
}

func (d *Drafts) keep(ctx context.Context, draft *domain.Draft, offer bool, now int64) (*domain.Draft, error) {
	draft.State, draft.CreatedAt, draft.UpdatedAt = domain.DraftHeld, now, now
	kept, err := d.Store.KeepDraft(ctx, draft, offer, now)
	if errors.Is(err, domain.ErrConflict) {
		return nil, domain.Refuse(domain.CodeInvalidField, domain.T("draft.full", "Max", domain.MaxDrafts))
	} else if err != nil {
		return nil, err
	}
	d.Sender.DraftsChanged()
	return kept, nil
}

// Edit changes the text of a held draft. If a supervisor changes somebody else's draft, it becomes
// the supervisor's, because nobody may write in another person's name.
func (d *Drafts) Edit(ctx context.Context, actorID, id, text string) (*domain.Draft, error) {
	draft, err := d.draftToChange(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	if actorID != draft.AuthorID && len(draft.FileIDs) > 0 { // a file can only be posted by the person who uploaded it
		return nil, domain.RefuseField("text", domain.T("draft.their_files", "Who", d.Service.username(ctx, draft.AuthorID)))
	}
	if err := domain.CheckDraft(text, len(draft.FileIDs)); err != nil {
		return nil, err
	}
	err = d.Store.EditDraft(ctx, id, actorID, text, domain.Fingerprint(text, draft.FileIDs), d.Service.Clock.Now(), d.Service.Encrypter.Hash)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return nil, gone(draft)
	case errors.Is(err, domain.ErrConflict):
		return nil, domain.RefuseField("text", domain.T("draft.same"))
	case err != nil:
		return nil, err
	}
	d.Sender.DraftsChanged()
	return d.Store.Draft(ctx, id)
}

// Drop discards a held draft, so that it is not offered any more.
func (d *Drafts) Drop(ctx context.Context, actorID, id string) (*domain.Draft, error) {
	draft, err := d.draftToChange(ctx, actorID, id)
	if err != nil {
		return nil, err
	}
	err = d.Store.DropDraft(ctx, id, actorID, d.Service.Clock.Now(), d.Service.Encrypter.Hash)
	switch {
	case errors.Is(err, domain.ErrNotFound) && draft.State == domain.DraftDropped:
	case errors.Is(err, domain.ErrNotFound):
		return nil, gone(draft)
	case err != nil:
		return nil, err
	}
	d.Sender.DraftsChanged()
	return d.Store.Draft(ctx, id)
}

// ToEdit returns a draft that the actor wants to edit. It refuses at once if they may not, so that
// nobody fills in a form for nothing.
func (d *Drafts) ToEdit(ctx context.Context, actorID, id string) (*domain.Draft, error) {
	return d.draftToChange(ctx, actorID, id)
}
