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
	// BeforeEnqueue is called with a post that goes to the customer, before it is stored; nil = not needed.
	BeforeEnqueue func(ctx context.Context, c *domain.Conversation, p posting.IncomingPost) error
}

// CheckPost decides about a post that the server is about to accept. ours is false for channels
// that belong to no conversation.
func (in *Intake) CheckPost(ctx context.Context, p posting.IncomingPost) (decision posting.Decision, ours bool, err error) {
	ours, err = in.Channels.IsOurs(ctx, p.ChannelID)
	if err != nil || !ours {
		return posting.Decision{}, ours, err
	}
	c, err := in.Store.ConversationByChannel(ctx, p.ChannelID)
	if err != nil {
		return posting.Decision{}, true, err
	}
	decision, err = in.Policy.Check(ctx, c, p, in.Clock.Now())
	return decision, true, err
}

// EnqueuePost handles a post that the server accepted. It decides once more, because another
// plugin may have changed the post; whether the window is open is decided again when it leaves.
func (in *Intake) EnqueuePost(ctx context.Context, p posting.IncomingPost) error {
	ours, err := in.Channels.IsOurs(ctx, p.ChannelID)
	if err != nil || !ours {
		return err
	}
	c, err := in.Store.ConversationByChannel(ctx, p.ChannelID)
	if err != nil {
		return err
	}
	decision, err := in.Policy.Check(ctx, c, p, in.Clock.Now())
	if err != nil {
		return err
	}
	return in.enqueue(ctx, c, p, decision)
}

func (in *Intake) enqueue(ctx context.Context, c *domain.Conversation, p posting.IncomingPost, decision posting.Decision) error {
	if strange := ForeignProps(p.Props, decision); len(strange) > 0 {
		if err := in.RemoveProps(ctx, p.ID, strange); err != nil {
			return err
		}
	}
	if decision.Destination == posting.Internal || decision.Destination == posting.Note {
		return nil
	}
	m := domain.Message{
		ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID,
		Direction: domain.Outbound, Kind: whatsapp.TypeText, AuthorID: p.UserID, PostID: p.ID, CreatedAt: p.CreateAt,
	}
	if decision.Destination == posting.Reject {
		m.ID, m.Status, m.ReasonCode = in.NewID(), domain.NotSent, decision.ReasonCode
		_, err := in.Store.InsertNotSent(ctx, &m)
		return err
	}
	if decision.IsSealed && p.DraftID != "" { // two processes may have made a post of the same draft, and the customer gets one of them
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
	pieces := make([]domain.OutboxItem, len(decision.Parts))
	for i, part := range decision.Parts {
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
