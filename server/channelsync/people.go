package channelsync

import (
	"context"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// peopleKey stands for everything that members, card and sidebars depend on; it is compared with
// what they were last arranged for. Reminding the queue changes it, which makes a new card.
func peopleKey(c *domain.Conversation) string {
	state, reminded := "open", int64(0)
	if c.ClosedAt != 0 {
		state = "closed"
	}
	if c.AttendantID == "" {
		reminded = c.RemindedAt
	}
	parts := []string{c.OwnerID, c.AttendantID, c.QueueID, state, strconv.FormatInt(c.AttendedAt, 10), strconv.FormatInt(reminded, 10)}
	if c.Absence == domain.AbsenceOffered {
		parts = append(parts, string(c.Absence))
	}
	return strings.Join(parts, ":")
}

// shownPeople are the owner and the attendant in a key; "" = none.
func shownPeople(key string) (owner, attendant string) {
	parts := strings.SplitN(key, ":", 3)
	if len(parts) < 3 {
		return "", ""
	}
	return parts[0], parts[1]
}

// syncPeople posts the stored lines and arranges Mattermost for those who serve the conversation
// now: the attendant is in the channel and notified of every message, a card waits in the
// queue or says who took it, the sidebars become due. again says that an earlier try may have
// done some of it.
func (m *Syncer) syncPeople(ctx context.Context, r *domain.ChannelRefresh, again bool) error {
	c := &r.Conversation
	if r.Lines {
		if err := m.showStoredEvents(ctx, c, r.Zone, again); err != nil {
			return err
		}
	}
	key := peopleKey(c)
	if key == r.ShownPeople {
		return nil
	}
	if c.ClosedAt == 0 && c.AttendantID != "" {
		if err := m.addMember(ctx, c, c.AttendantID); err != nil {
			return err
		}
	}
	waits := c.Claimable()
	if again && !waits && r.CardPost == "" {
		if err := m.findCard(ctx, r); err != nil {
			return err
		}
	}
	if r.CardPost != "" {
		if err := m.retireCard(ctx, r); err != nil {
			return err
		}
		r.CardPost = ""
	}
	if waits {
		if err := m.postCard(ctx, r, again); err != nil {
			return err
		}
	}
	owner, attendant := shownPeople(r.ShownPeople)
	// before SetPeople notes it as done, so that a crash repeats it
	if err := m.Store.MarkSidebars(ctx, c.TeamID, []string{owner, attendant, c.OwnerID, c.AttendantID}); err != nil {
		return err
	}
	if err := m.Store.SetPeople(ctx, c.ID, key, r.CardPost, r.CardNo); err != nil {
		return err
	}
	if m.WakeSidebars != nil {
		m.WakeSidebars()
	}
	return nil
}

// addMember makes somebody a member who is notified of every message. Somebody who cannot be
// added any more is found by Members, which gives the conversation back to its queue.
func (m *Syncer) addMember(ctx context.Context, c *domain.Conversation, userID string) error {
	err := m.Posts.AddMember(ctx, c.TeamID, c.ChannelID, userID)
	if err == nil {
		err = m.Posts.NotifyAll(ctx, c.ChannelID, userID)
	}
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}
