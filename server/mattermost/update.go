package mattermost

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// Untie takes properties off a post. One that is gone, or whose channel is archived, is no error: nobody reads it.
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
