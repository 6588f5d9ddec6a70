package postpolicy

import (
	"context"
	"reflect"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// AskInForm is Ask for a form, which may be submitted twice: by a second click, or after a time-out. Its post carries the
// form's name as that of a draft carries the draft's, so that a second try finds it, and of two that come at the same moment one
// goes to the customer (see Intake.EnqueuePost). A second try that asks something else is refused, because
// the customer would get both.
func (c *Cards) AskInForm(ctx context.Context, userID, channelID, form string, q whatsapp.Question) (*domain.Message, error) {
	card, err := c.question(q)
	if err != nil {
		return nil, err
	}
	postID, err := c.Posts.FindPostOf(ctx, channelID, userID, posting.OwnPostsSince(), posting.PropDraft, form)
	if errors.Is(err, domain.ErrNotFound) {
		postID, err = c.post(ctx, userID, channelID, form, card)
	}
	if err != nil {
		return nil, err
	}
	post := posting.Post{ChannelID: channelID, UserID: userID, Props: map[string]any{posting.PropDraft: form}}
	if postID, err = posting.AgreeOnPost(ctx, c.Posts, post, posting.PropDraft, postID); err != nil {
		return nil, err
	}
	stands, err := c.Posts.ReadPost(ctx, postID)
	if err == nil && stands.Card != nil && sameCard(*stands.Card, card) {
		return c.Take(ctx, postID)
	}
	if err != nil && !errors.Is(err, domain.ErrNotFound) { // not found: it was deleted
		return nil, err
	}
	return nil, domain.Refuse(domain.CodeInProgress, domain.T("ask.already"))
}

func sameCard(a, b posting.Card) bool {
	one, err := a.Prop()
	if err != nil {
		return false
	}
	other, err := b.Prop()
	return err == nil && reflect.DeepEqual(one, other)
}
