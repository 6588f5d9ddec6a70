package postpolicy

import (
	"context"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	// deletedPatience is how long a message is watched whose post was deleted while it was under way.
	deletedPatience = 90 * time.Second
	// maxDeleted is how many are watched at once, and deletedPause is how often their messages are looked at.
	maxDeleted   = 1000
	deletedPause = time.Second
)

// Deletions posts a line where somebody deletes a post that the customer already has, because
// WhatsApp takes nothing back. What had not left yet is not sent: see domain.SendCheck.
type Deletions struct {
	Store     Store
	Posts     Mattermost
	Channels  *posting.Channels
	Localizer posting.Localizer
	Wake      func() // asks for a run

	mu      sync.Mutex
	watched []deletion
}

// deletion is a post whose message was under way when somebody deleted it.
type deletion struct {
	channelID, postID, who string
	several                bool // messages the post became: one that failed says nothing of the others
	until                  time.Time
}

// Deleted handles the deletion of a post; who is the username of the person, "" if not known.
func (d *Deletions) Deleted(ctx context.Context, channelID, postID, who string) error {
	ours, err := d.Channels.IsOurs(ctx, channelID)
	if err != nil || !ours {
		return err
	}
	m, err := d.Store.MessageByPost(ctx, postID)
	if errors.Is(err, domain.ErrNotFound) || err == nil && m.Direction != domain.Outbound {
		return nil
	} else if err != nil {
		return err
	}
	gone := deletion{channelID, postID, who, m.Parts > 0, time.Now().Add(deletedPatience)}
	known, err := d.resolve(ctx, gone)
	if !known {
		d.watch(gone)
	}
	return err
}

// resolve posts the line about a deletion, if the outcome of the message is known by now.
func (d *Deletions) resolve(ctx context.Context, gone deletion) (known bool, err error) {
	status, err := d.Store.PostStatus(ctx, gone.postID)
	switch {
	case err != nil:
		return false, err
	case status == domain.Pending:
		return false, nil
	case status == domain.NotSent, status == domain.Failed && !gone.several:
		return true, nil // the customer did not get it
	}
	err = d.appendEvent(ctx, gone.channelID, gone.postID, gone.who)
	return err == nil, err
}

func (d *Deletions) watch(gone deletion) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.watched) < maxDeleted {
		d.watched = append(d.watched, gone)
		time.AfterFunc(deletedPause, d.Wake)
	}
}

// Run checks again what was under way. It is asked for as long as there is something.
func (d *Deletions) Run(ctx context.Context) (more bool, err error) {
	d.mu.Lock()
	watched := d.watched
	d.watched = nil
	d.mu.Unlock()
	for i, gone := range watched {
		known, err := d.resolve(ctx, gone)
		if !known && time.Now().Before(gone.until) {
			d.watch(gone)
		}
		if err != nil {
			for _, left := range watched[i+1:] {
				d.watch(left)
			}
			return false, err
		}
	}
	return false, nil
}

func (d *Deletions) appendEvent(ctx context.Context, channelID, postID, who string) error {
	key := "deleted:" + postID
	_, err := d.Posts.CreatePost(ctx, posting.Post{
		ChannelID: channelID, Type: posting.TypeEvent, Message: d.Localizer.ForChannel(domain.T("event.deleted", "Who", domain.Username(who))),
		Props: map[string]any{posting.PropEvent: key}, PendingID: key,
	})
	return err
}
