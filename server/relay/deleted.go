package relay

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
)

// deletedPatience is how long it is watched what becomes of a message whose post was deleted while it was under way.
const deletedPatience = 30 * time.Second

// Deletions says so where somebody deletes a post that the customer has:
// WhatsApp takes nothing back. What had not left yet is not sent (Outbound).
type Deletions struct {
	Store interface {
		MessageByPost(ctx context.Context, postID string) (*conversation.Message, error)
		PostStatus(ctx context.Context, postID string) (conversation.Status, error)
	}
	Posts    Poster
	Channels *Channels
	Speaker  Speaker
}

// Deleted takes a post that was deleted; who is the username of who did it, "" if that is not known.
func (d *Deletions) Deleted(ctx context.Context, channelID, postID, who string) error {
	ours, err := d.Channels.Ours(ctx, channelID)
	if err != nil || !ours {
		return err
	}
	m, err := d.Store.MessageByPost(ctx, postID)
	if errors.Is(err, conversation.ErrNotFound) || err == nil && m.Direction != conversation.Outbound {
		return nil
	} else if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deletedPatience)
	defer cancel()
	for {
		status, err := d.Store.PostStatus(ctx, postID)
		if err != nil {
			return err
		}
		switch {
		case status == conversation.NotSent, status == conversation.Failed && m.Parts == 0:
			return nil
		case status != conversation.Pending:
			return d.tell(context.WithoutCancel(ctx), channelID, postID, who)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

func (d *Deletions) tell(ctx context.Context, channelID, postID, who string) error {
	key := "deleted:" + postID
	_, err := d.Posts.CreatePost(ctx, Post{
		ChannelID: channelID, Type: TypeEvent, Message: d.Speaker.inChannel(conversation.T("event.deleted", "Who", conversation.Username(who))),
		Props: map[string]any{PropEvent: key}, PendingID: key,
	})
	return err
}
