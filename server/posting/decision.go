package posting

import "github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"

// Decision is what may happen with a post in a conversation's channel.
type Decision struct {
	Destination Destination
	RefusalText domain.Text // why, with Nowhere
	ReasonCode  int         // the same as a stored reason, with Nowhere
	Parts       []Part      // the messages it becomes, with Customer
	CardText    string      // the text that the channel is to show, where the post is a card
	IsSealed    bool        // we made it, in its author's name: what it says of itself is true
}

// Destination is whom a post is for.
type Destination int

// The destinations of a post.
const (
	Reject   Destination = iota // refused
	Internal                    // allowed, never sent
	Note                        // allowed as a note, never sent
	Customer                    // allowed, goes to WhatsApp
)
