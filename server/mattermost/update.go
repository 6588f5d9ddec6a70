package mattermost

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Untie removes properties from a post. It returns nil if the post is gone or its
// channel is archived, because nobody reads the properties then.
func (p *Port) Untie(ctx context.Context, postID string, props []string) error {
	post, err := p.standing(ctx, postID)
	if err == nil {
		for _, name := range props {
			post.DelProp(name)
		}
		_, err = p.update(ctx, post, "could not take properties off the post")
	}
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}
