package relay

import (
	"context"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// orderPause lets posts made at the same moment reach the outbox before the
// first of them leaves: neither the server's commits nor its hooks come in order.
const orderPause = 150 * time.Millisecond

// IntakeStore is what taking posts needs.
type IntakeStore interface {
	ConversationByChannel(ctx context.Context, channelID string) (*conversation.Conversation, error)
	// WAMIDOfPost answers the WhatsApp message behind a post; "" where there is none.
	WAMIDOfPost(ctx context.Context, postID string) (string, error)
	EnqueuePost(ctx context.Context, pieces []Piece, pause time.Duration) (created bool, err error)
	InsertNotSent(ctx context.Context, m *conversation.Message) (created bool, err error)
	// StandingPost answers which post stands for a key: the first that was named.
	StandingPost(ctx context.Context, key, postID string) (stands string, err error)
}

// Intake takes what agents post: it asks the judge, and puts what is for the
// customer into the outbox. The posting hooks and Reconcile both come here.
type Intake struct {
	Store    IntakeStore
	Judge    *Judge
	Channels *Channels
	Clock    conversation.Clock
	NewID    func() string
	Wake     func()                             // the outbound worker
	Answered func(c *conversation.Conversation) // is told when something goes to the customer; nil = nobody wants to know
	// Untie takes properties off a post that are not its author's to give.
	Untie func(ctx context.Context, postID string, props []string) error
	// Posted is told of a post that goes to the customer, before it is taken; nil = nobody wants to know.
	Posted func(ctx context.Context, c *conversation.Conversation, p Posted) error
}

// Before judges a post that the server is about to accept. ours is false for
// channels that are no conversation's: there is nothing to say about them.
func (in *Intake) Before(ctx context.Context, p Posted) (ruling Ruling, ours bool, err error) {
	ours, err = in.Channels.Ours(ctx, p.ChannelID)
	if err != nil || !ours {
		return Ruling{}, ours, err
	}
	c, err := in.Store.ConversationByChannel(ctx, p.ChannelID)
	if err != nil {
		return Ruling{}, true, err
	}
	ruling, err = in.Judge.Rule(ctx, c, p, in.Clock.Now())
	return ruling, true, err
}

// After takes a post that the server accepted. It judges again by the kind of
// the post only: what the window says is read by the relay when it sends.
func (in *Intake) After(ctx context.Context, p Posted) error {
	ours, err := in.Channels.Ours(ctx, p.ChannelID)
	if err != nil || !ours {
		return err
	}
	c, err := in.Store.ConversationByChannel(ctx, p.ChannelID)
	if err != nil {
		return err
	}
	ruling, err := in.Judge.Rule(ctx, c, p, in.Clock.Now())
	if err != nil {
		return err
	}
	return in.take(ctx, c, p, ruling)
}

func (in *Intake) take(ctx context.Context, c *conversation.Conversation, p Posted, ruling Ruling) error {
	if strange := Strange(p.Props, ruling); len(strange) > 0 {
		if err := in.Untie(ctx, p.ID, strange); err != nil {
			return err
		}
	}
	if ruling.For == Team || ruling.For == Note {
		return nil
	}
	m := conversation.Message{
		ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID,
		Direction: conversation.Outbound, Kind: whatsapp.TypeText, AuthorID: p.UserID, PostID: p.ID, CreatedAt: p.CreateAt,
	}
	if ruling.For == Nowhere {
		m.ID, m.Status, m.ReasonCode = in.NewID(), conversation.NotSent, ruling.Reason
		_, err := in.Store.InsertNotSent(ctx, &m)
		return err
	}
	if ruling.Sealed && p.DraftID != "" { // two processes may have made a post of it, and the customer gets one
		stands, err := in.Store.StandingPost(ctx, standingKey(p.ChannelID, p.UserID, PropDraft, p.DraftID), p.ID)
		if err != nil {
			return err
		}
		if stands != p.ID {
			m.ID, m.Status, m.ReasonCode = in.NewID(), conversation.NotSent, conversation.ReasonDeleted
			_, err := in.Store.InsertNotSent(ctx, &m)
			return err
		}
	}
	if in.Posted != nil {
		if err := in.Posted(ctx, c, p); err != nil {
			return err
		}
	}
	m.Status = conversation.Pending
	replyTo := ""
	if p.RootID != "" {
		var err error
		if replyTo, err = in.Store.WAMIDOfPost(ctx, p.RootID); err != nil {
			return errors.Wrap(err, "could not find what the post answers")
		}
	}
	pieces := make([]Piece, len(ruling.Parts))
	for i, part := range ruling.Parts {
		envelope := Envelope{Text: part.Text, File: part.File}
		switch {
		case part.File != nil:
			envelope.Kind = part.Kind
		case part.Kind != whatsapp.TypeText:
			envelope.Card = p.Card
		}
		if i == 0 { // one quote is enough
			envelope.ReplyTo = replyTo
		}
		payload, err := envelope.bytes()
		if err != nil {
			return err
		}
		m.ID, m.Kind = in.NewID(), part.Kind
		pieces[i] = Piece{Message: m, Payload: payload}
	}
	created, err := in.Store.EnqueuePost(ctx, pieces, orderPause)
	if created {
		if in.Answered != nil {
			in.Answered(c)
		}
		time.AfterFunc(orderPause+5*time.Millisecond, in.Wake)
	}
	return err
}
