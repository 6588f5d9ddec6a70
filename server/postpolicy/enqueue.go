package postpolicy

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Intake takes what agents post: it asks the judge, and puts what is for the
// customer into the outbox. The posting hooks and Reconcile both come here.
type Intake struct {
	Store     IntakeStore
	Policy    *Policy
	Channels  *posting.Channels
	Clock     domain.Clock
	NewID     func() string
	Wake      func()                       // the outbound worker
	OnReplied func(c *domain.Conversation) // is told when something goes to the customer; nil = nobody wants to know
	// Untie takes properties off a post that are not its author's to give.
	RemoveProps func(ctx context.Context, postID string, props []string) error
	// Posted is told of a post that goes to the customer, before it is taken; nil = nobody wants to know.
	BeforeEnqueue func(ctx context.Context, c *domain.Conversation, p posting.IncomingPost) error
}

// CheckPost judges a post that the server is about to accept. ours is false for
// channels that are no conversation's: there is nothing to say about them.
func (in *Intake) CheckPost(ctx context.Context, p posting.IncomingPost) (ruling posting.Decision, ours bool, err error) {
	ours, err = in.Channels.IsOurs(ctx, p.ChannelID)
	if err != nil || !ours {
		return posting.Decision{}, ours, err
	}
	c, err := in.Store.ConversationByChannel(ctx, p.ChannelID)
	if err != nil {
		return posting.Decision{}, true, err
	}
	ruling, err = in.Policy.Check(ctx, c, p, in.Clock.Now())
	return ruling, true, err
}

// EnqueuePost takes a post that the server accepted. It judges again by the kind of
// the post only: what the window says is read by the relay when it sends.
func (in *Intake) EnqueuePost(ctx context.Context, p posting.IncomingPost) error {
	ours, err := in.Channels.IsOurs(ctx, p.ChannelID)
	if err != nil || !ours {
		return err
	}
	c, err := in.Store.ConversationByChannel(ctx, p.ChannelID)
	if err != nil {
		return err
	}
	ruling, err := in.Policy.Check(ctx, c, p, in.Clock.Now())
	if err != nil {
		return err
	}
	return in.enqueue(ctx, c, p, ruling)
}

func (in *Intake) enqueue(ctx context.Context, c *domain.Conversation, p posting.IncomingPost, ruling posting.Decision) error {
	if strange := ForeignProps(p.Props, ruling); len(strange) > 0 {
		if err := in.RemoveProps(ctx, p.ID, strange); err != nil {
			return err
		}
	}
	if ruling.Destination == posting.Internal || ruling.Destination == posting.Note {
		return nil
	}
	m := domain.Message{
		ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID,
		Direction: domain.Outbound, Kind: whatsapp.TypeText, AuthorID: p.UserID, PostID: p.ID, CreatedAt: p.CreateAt,
	}
	if ruling.Destination == posting.Reject {
		m.ID, m.Status, m.ReasonCode = in.NewID(), domain.NotSent, ruling.ReasonCode
		_, err := in.Store.InsertNotSent(ctx, &m)
		return err
	}
	if ruling.IsSealed && p.DraftID != "" { // two processes may have made a post of it, and the customer gets one
		stands, err := in.Store.StandingPost(ctx, posting.PostKey(p.ChannelID, p.UserID, posting.PropDraft, p.DraftID), p.ID)
		if err != nil {
			return err
		}
		if stands != p.ID {
			m.ID, m.Status, m.ReasonCode = in.NewID(), domain.NotSent, domain.ReasonDeleted
			_, err := in.Store.InsertNotSent(ctx, &m)
			return err
		}
	}
	if in.BeforeEnqueue != nil {
		if err := in.BeforeEnqueue(ctx, c, p); err != nil {
			return err
		}
	}
	m.Status = domain.Pending
	replyTo := ""
	if p.RootID != "" {
		var err error
		if replyTo, err = in.Store.WAMIDOfPost(ctx, p.RootID); err != nil {
			return errors.Wrap(err, "could not find what the post answers")
		}
	}
	pieces := make([]domain.OutboxItem, len(ruling.Parts))
	for i, part := range ruling.Parts {
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
			return err
		}
		m.ID, m.Kind = in.NewID(), part.Kind
		pieces[i] = domain.OutboxItem{Message: m, Payload: payload}
	}
	created, err := in.Store.EnqueuePost(ctx, pieces, domain.OrderPause)
	if created {
		if in.OnReplied != nil {
			in.OnReplied(c)
		}
		time.AfterFunc(domain.OrderPause+5*time.Millisecond, in.Wake)
	}
	return err
}
