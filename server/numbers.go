package main

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/webhook"
)

// numbers is the store as the inbox's handlers want it: each item asks whose its
// number is, so that is answered from memory.
type numbers struct {
	*store.Store
	cache *webhook.AccountCache
}

// AccountByNumber answers domain.ErrNotFound only after a look at the database.
func (n numbers) AccountByNumber(ctx context.Context, phoneNumberID string) (*domain.Account, error) {
	account, err := n.cache.ByNumber(ctx, phoneNumberID)
	if !errors.Is(err, domain.ErrNotFound) {
		return account, err
	}
	return n.Store.AccountByNumber(ctx, phoneNumberID)
}
