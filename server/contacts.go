package main

import (
	"context"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// contacts gives a person's data out and forgets a person, rows and posts; see api.ContactStore.
type contacts struct{ app *app }

func (c contacts) ExportContact(ctx context.Context, id, by string, _ int64) (*domain.PersonExport, error) {
	export, err := c.app.store.ExportContact(ctx, id)
	if err != nil {
		return nil, err
	}
	if export.CPF, err = c.app.store.Document(&export.Contact); err != nil {
		return nil, err
	}
	export.Contact.CPFCipher = ""
	return export, c.app.store.Audit(ctx, by, "contact_exported", id, nil)
}

func (c contacts) EachExported(ctx context.Context, conversationID string, fn func(*domain.ExportedMessage) error) error {
	return c.app.store.EachExported(ctx, conversationID, fn)
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
	if err := c.app.forgetting.RunFor(patience, id); err != nil && patience.Err() == nil {
		return 0, nil, err
	}
	state, err := c.app.store.Forgetting(ctx, id)
	return state.Pending, state.Stays, err
}
