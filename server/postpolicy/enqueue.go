package postpolicy

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Intake handles what agents post: it asks the policy, and puts what is for the customer into
// the outbox. The posting hooks and Reconciler both call it.
type Intake struct {
	Store     Store
	Policy    *Policy
	Channels  *posting.Channels
	Clock     domain.Clock
	NewID     func() string
	Wake      func()                       // the outbound worker
	OnReplied func(c *domain.Conversation) // called when something goes to the customer; nil = not needed
	// RemoveProps takes properties off a post that its author may not set.
	RemoveProps func(ctx context.Context, postID string, props []string) error
}

// CheckPost decides about a post that the server is about to accept. ours is false for channels
// that belong to no conversation.
func (in *Intake) CheckPost(ctx context.Context, p posting.IncomingPost) (decision posting.Decision, ours bool, err error) {
	return in.CheckPostAt(ctx, p, in.Clock.Now())
}

// CheckPostAt is CheckPost for a post that is to be made at a moment, milliseconds since epoch, by the
// conversation as it stands now.
func (in *Intake) CheckPostAt(ctx context.Context, p posting.IncomingPost, at int64) (decision posting.Decision, ours bool, err error) {
	ours, err = in.Channels.IsOurs(ctx, p.ChannelID)
	if err != nil || !ours {
		return posting.Decision{}, ours, err
	}
	c, err := in.Store.ConversationByChannel(ctx, p.ChannelID)
	if err != nil {
		return posting.Decision{}, true, err
	}
	decision, err = in.Policy.Check(ctx, c, p, at)
	return decision, true, err
}

// EnqueuePost handles a post that the server accepted. It decides once more, because another
// plugin may have changed the post; whether the window is open is decided again when it leaves.
func (in *Intake) EnqueuePost(ctx context.Context, p posting.IncomingPost) error {
	if !p.Missed { // what was missed was found by its conversation, whatever is remembered of the channel
		if ours, err := in.Channels.IsOurs(ctx, p.ChannelID); err != nil || !ours {
			return err
		}
	}
	c, err := in.Store.ConversationByChannel(ctx, p.ChannelID)
	if err != nil {
		return err
	}
	decision, err := in.Policy.Check(ctx, c, p, in.Clock.Now())
	if err != nil {
		return err
	}
	if strange := ForeignProps(p.Props, decision); len(strange) > 0 {
		if err := in.RemoveProps(ctx, p.ID, strange); err != nil {
			return err
		}
	}
	m := domain.Message{
		ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID,
		Direction: domain.Outbound, Kind: whatsapp.TypeText, AuthorID: p.UserID, PostID: p.ID, CreatedAt: p.CreateAt,
	}
	switch decision.Destination {
	case posting.Internal, posting.Note:
		return nil
	case posting.Reject:
		return in.insertNotSent(ctx, m, decision.ReasonCode)
	}
	if decision.IsSealed && p.DraftID != "" { // several posts may have been made from the same draft or form, and the customer gets one of them
		stands, err := in.Store.StandingPost(ctx, posting.PostKey(p.ChannelID, p.UserID, posting.PropDraft, p.DraftID), p.ID)
		if err != nil {
			return err
		}
		if stands != p.ID {
			return in.insertNotSent(ctx, m, domain.ReasonDeleted)
		}
	}
	items, err := in.outboxItems(ctx, m, p, decision.Parts)
	if err != nil {
		return err
	}
	created, err := in.Store.EnqueuePost(ctx, items, domain.Fingerprint(p.Message, p.FileIDs), domain.OrderPause)
	if created {
		if in.OnReplied != nil {
			in.OnReplied(c)
		}
		time.AfterFunc(domain.OrderPause+5*time.Millisecond, in.Wake)
	}
	return err
}

// Take is EnqueuePost for a post that was just made, and returns its message, the first of several.
// Its hook may do the same at the same moment: one of the two stores it.
func (in *Intake) Take(ctx context.Context, postID string) (*domain.Message, error) {
	post, err := in.Policy.Posts.ReadPost(ctx, postID)
	if err != nil {
		return nil, err
	}
	// A post that has a message was decided about, and may show its status already, which would be taken off as a property that its
	// author may not set. One that had no message after it was read shows none as it was read.
	if m, err := in.Store.MessageByPost(ctx, postID); !errors.Is(err, domain.ErrNotFound) {
		return m, err
	}
	if err := in.EnqueuePost(ctx, post); err != nil {
		return nil, err
	}
	return in.Store.MessageByPost(ctx, postID)
}

func (in *Intake) insertNotSent(ctx context.Context, m domain.Message, reason int) error {
	m.ID, m.Status, m.ReasonCode = in.NewID(), domain.NotSent, reason
	_, err := in.Store.InsertNotSent(ctx, &m)
	return err
}

// outboxItems returns a message and a payload for each part of a post; m is what the messages
// have in common.
func (in *Intake) outboxItems(ctx context.Context, m domain.Message, p posting.IncomingPost, parts []posting.Part) ([]domain.OutboxItem, error) {
	replyTo := ""
	if p.RootID != "" {
		var err error
		if replyTo, err = in.Store.WAMIDOfPost(ctx, p.RootID); err != nil {
			return nil, errors.Wrap(err, "could not find what the post answers")
		}
	}
	items := make([]domain.OutboxItem, len(parts))
	for i, part := range parts {
		envelope := posting.OutboundPayload{Text: part.Text, File: part.File}
		switch {
		case part.File != nil:
			envelope.Kind = part.Kind
		case part.Kind != whatsapp.TypeText:
			envelope.Card = p.Card
		}
		if i == 0 { // one quote is enough
			envelope.ReplyTo = replyTo
		}
		payload, err := envelope.Bytes()
		if err != nil {
			return nil, err
		}
		m.ID, m.Kind, m.Status = in.NewID(), part.Kind, domain.Pending
		items[i] = domain.OutboxItem{Message: m, Payload: payload}
	}
	return items, nil
}
