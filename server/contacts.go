package main

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/api"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
)

// contacts gives a person's data out and forgets a person, rows and posts; see api.ContactStore.
type contacts struct{ app *app }

func (c contacts) ExportContact(ctx context.Context, id, by string, _ int64) (*api.ContactExport, error) {
	stored, err := c.app.store.ExportContact(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &api.ContactExport{Contact: domain.Contact{
		ID: stored.Contact.ID, Name: stored.Contact.Name, Phone: stored.Contact.Phone, WAID: stored.Contact.WAID, UserID: stored.Contact.UserID, Username: stored.Contact.Username,
		CPFMasked: stored.Contact.CPFMasked, LastTemplateAt: stored.Contact.LastTemplateAt, BlockedUntil: stored.Contact.BlockedUntil,
		MarketingStopAt: stored.Contact.MarketingStopAt, CreatedAt: stored.Contact.CreatedAt, UpdatedAt: stored.Contact.UpdatedAt,
	}}
	if out.CPF, err = c.app.store.Document(&domain.Contact{ID: id, CPFCipher: stored.Contact.CPFCipher}); err != nil {
		return nil, err
	}
	for _, i := range stored.Identities {
		out.Identities = append(out.Identities, api.Identity{AccountID: i.AccountID, Kind: i.Kind, Value: i.Value})
	}
	for _, s := range stored.Conversations {
		out.Conversations = append(out.Conversations, &domain.Conversation{
			ID: s.ID, AccountID: s.AccountID, ContactID: id, QueueID: s.QueueID, ChannelID: s.ChannelID, OwnerID: s.OwnerID, AttendantID: s.AttendantID,
			WindowUntil: s.WindowUntil, LastTemplateAt: s.LastTemplateAt, LastInboundAt: s.LastInboundAt, LastOutboundAt: s.LastOutboundAt,
			ClosedAt: s.ClosedAt, ClosedBy: s.ClosedBy, CloseReason: s.CloseReason, AbortedAt: s.AbortedAt, CreatedAt: s.CreatedAt, Contact: out.Contact,
		})
	}
	for _, s := range stored.Drafts {
		out.Drafts = append(out.Drafts, &domain.Draft{
			ID: s.ID, ConversationID: s.ConversationID, AuthorID: s.AuthorID, State: domain.DraftState(s.State), Text: s.Text, CreatedAt: s.CreatedAt,
		})
	}
	return out, c.app.store.Audit(ctx, by, "contact_exported", id, nil)
}

func (c contacts) EachExported(ctx context.Context, conversationID string, fn func(*api.ExportedMessage) error) error {
	return c.app.store.EachExported(ctx, conversationID, func(s *store.ExportedMessage) error {
		m := &api.ExportedMessage{Message: domain.Message{
			ID: s.ID, ConversationID: s.ConversationID, Direction: s.Direction, Kind: s.Kind, AuthorID: s.AuthorID, PostID: s.PostID,
			WAMID: s.WAMID, Status: domain.Status(s.Status), ReasonCode: s.ReasonCode, Text: s.Text, TemplateID: s.TemplateID,
			CreatedAt: s.CreatedAt, SentAt: s.SentAt, StatusAt: s.StatusAt,
		}}
		for _, f := range s.Files {
			m.Files = append(m.Files, api.ExportedFile{Name: f.Name, Size: f.Size})
		}
		return fn(m)
	})
}

func (c contacts) MergeContacts(ctx context.Context, intoID, fromID, by string, now int64) (*domain.Contact, error) {
	merged, err := c.app.store.MergeContacts(ctx, intoID, fromID, by, now)
	c.app.mirrorLoop.Wake()
	return merged, err
}

// fetching is the store of customers' files as the API wants it.
type fetching struct{ app *app }

func (f fetching) MediaConversation(ctx context.Context, wamid string) (string, error) {
	return f.app.store.MediaConversation(ctx, wamid)
}

func (f fetching) TryMediaAgain(ctx context.Context, wamid string) error {
	err := f.app.store.TryMediaAgain(ctx, wamid)
	f.app.media.Wake()
	return err
}

func (c contacts) EraseContact(ctx context.Context, id, by string, now int64) error {
	return c.app.store.EraseContact(ctx, id, by, c.app.forgetting.BotIDs, now)
}

// forgetPatience is how long whoever erased a person waits for Mattermost to forget.
const forgetPatience = 20 * time.Second

// Forget goes through a person's conversations at once, and tells what is left.
func (c contacts) Forget(ctx context.Context, id string) (pending int, stays []string, err error) {
	patience, cancel := context.WithTimeout(ctx, forgetPatience)
	defer cancel()
	if err := c.app.forgetting.Of(patience, id); err != nil && patience.Err() == nil {
		return 0, nil, err
	}
	state, err := c.app.store.Forgetting(ctx, id)
	return state.Pending, state.Stays, err
}
