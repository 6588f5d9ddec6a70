package channelsync

import (
	"context"
	"strconv"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// AppendEvent posts a state line in the conversation's channel, if there is one.
func (m *Syncer) AppendEvent(ctx context.Context, c *domain.Conversation, text domain.Text) error {
	if c.ChannelID == "" {
		return nil
	}
	_, err := m.Posts.CreatePost(ctx, posting.Post{ChannelID: c.ChannelID, Type: posting.TypeEvent, Message: m.Localizer.ForChannel(text)})
	return err
}

// appendEvent posts a line once per key, even where a crashed try posted it already: again says that one may have, and
// since, in milliseconds since epoch, from when on.
func (m *Syncer) appendEvent(ctx context.Context, c *domain.Conversation, text domain.Text, key string, again bool, since int64) error {
	_, err := posting.EnsurePostOrFallback(ctx, m.Posts, posting.Post{
		ChannelID: c.ChannelID, Type: posting.TypeEvent, Message: m.Localizer.ForChannel(text),
		Props: map[string]any{posting.PropEvent: key}, PendingID: c.ID + ":" + key,
	}, posting.PropEvent, m.Localizer.ForChannel(domain.T("withheld.line")), again, since)
	return err
}

// lineSince returns since when a line may stand that tells of a moment, both in milliseconds since epoch: since a week ago,
// or since that moment where it is longer ago. The clocks of Meta and of the server may be an hour apart.
func lineSince(moment int64) int64 {
	since := posting.OwnPostsSince()
	if moment > 0 {
		since = min(since, moment-time.Hour.Milliseconds())
	}
	return since
}

// showStoredEvents posts the lines that were stored together with a change of people.
func (m *Syncer) showStoredEvents(ctx context.Context, c *domain.Conversation, zone string, again bool) error {
	lines, err := m.Store.Lines(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, line := range lines {
		text, err := m.linked(ctx, line.Text.Restored().In(zone))
		if err != nil {
			return err
		}
		if err := m.appendEvent(ctx, c, text, "line:"+strconv.FormatInt(line.ID, 10), again, posting.OwnPostsSince()); err != nil {
			return err
		}
		if err := m.Store.LineShown(ctx, line.ID); err != nil {
			return err
		}
	}
	return nil
}

// linked adds the address of the channel of another conversation that a line names.
func (m *Syncer) linked(ctx context.Context, text domain.Text) (domain.Text, error) {
	id, ok := text.Data["Conversation"].(string)
	if !ok {
		return text, nil
	}
	other, err := m.Store.Conversation(ctx, id)
	if err == nil {
		text.Data["Link"] = domain.Link(m.Link(ctx, other))
	}
	return text, err
}

// Note posts an internal note in the author's name. It never reaches the customer.
func (m *Syncer) Note(ctx context.Context, c *domain.Conversation, authorID, text string) error {
	_, err := m.Posts.CreatePost(ctx, posting.Post{ChannelID: c.ChannelID, UserID: authorID, Type: posting.TypeNote, Message: text})
	return err
}

// AddMember adds somebody to the channel; domain.ErrNotFound where the person is unknown or not in the team.
func (m *Syncer) AddMember(ctx context.Context, c *domain.Conversation, userID string) error {
	return m.Posts.AddMember(ctx, c.TeamID, c.ChannelID, userID)
}
