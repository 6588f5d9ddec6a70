package service_test

import (
	"context"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (b *serviceFixture) read(c *domain.Conversation) *domain.Conversation {
	b.t.Helper()
	now, err := b.store.Conversation(context.Background(), c.ID)
	require.NoError(b.t, err)
	return now
}

func TestTheOwnerSurvivesEveryTransfer(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	for range 3 {
		_, err := b.do.TransferToUser(ctx, "bruno", c.ID, "ana")
		require.NoError(t, err)
		_, err = b.do.TransferToQueue(ctx, "ana", c.ID, b.queue.ID)
		require.NoError(t, err)
		_, err = b.do.Claim(ctx, "ana", c.ID)
		require.NoError(t, err)
		require.NoError(t, b.do.Invited(ctx, "ana", c.ChannelID, "carla"))
		require.Equal(t, "carla", b.read(c).AttendantID)
		require.NoError(t, b.do.Unassign(ctx, c.ID, "carla", b.read(c).AttendedAt, domain.QueuedLeft))
		require.Empty(t, b.read(c).AttendantID)
		require.Equal(t, "bruno", b.read(c).OwnerID)
	}
}

func TestOnlySupervisorsChangeTheOwner(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	_, err := b.do.SetOwner(ctx, "bruno", c.ID, "bruno")
	require.Equal(t, domain.CodeForbidden, refusal(t, err).Code, "not even the owner")
	_, err = b.do.SetOwner(ctx, "davi", c.ID, "davi")
	require.Equal(t, domain.CodeNotFound, refusal(t, err).Code)
	for _, user := range []string{"ghost", "robot", "gone", "stranger"} {
		_, err = b.do.SetOwner(ctx, "ana", c.ID, user)
		require.Contains(t, refusal(t, err).Fields, "user_id", user)
	}
	require.Empty(t, b.told)
	for _, actor := range []string{"ana", "root"} {
		view, err := b.do.SetOwner(ctx, actor, c.ID, "carla-of-"+actor)
		require.NoError(t, err)
		require.Equal(t, "carla-of-"+actor, view.OwnerID)
		require.Equal(t, "bruno", view.AttendantID)
	}
	_, err = b.do.SetOwner(ctx, "root", c.ID, "carla-of-root")
	require.NoError(t, err)
	require.Equal(t, []string{"event.owner_changed", "event.owner_changed"}, b.told, "a line for each change, none for none")
	require.Subset(t, b.members, []string{"carla-of-ana", "carla-of-root"})

	_, err = b.do.Close(ctx, "bruno", c.ID, domain.Closing{})
	require.NoError(t, err)
	_, err = b.do.SetOwner(ctx, "root", c.ID, "ana")
	require.Equal(t, domain.CodeConversationClosed, refusal(t, err).Code)
}

func TestTransferRefusesWhoCannotServe(t *testing.T) {
	b := newServiceFixture(t)
	c := b.start(phone)
	for user, key := range map[string]string{
		"ghost": "refusal.unknown_user", "robot": "refusal.user_bot", "gone": "refusal.user_deactivated", "stranger": "refusal.user_not_in_team",
	} {
		t.Run(user, func(t *testing.T) {
			_, err := b.do.TransferToUser(context.Background(), "bruno", c.ID, user)
			require.Equal(t, key, refusal(t, err).Text.Key)
		})
	}
	require.Equal(t, "bruno", b.read(c).AttendantID)
	require.Empty(t, b.told)
	require.Empty(t, b.members)
}

func TestWhatIsDoneAgainChangesNothing(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	for range 2 {
		_, err := b.do.TransferToUser(ctx, "bruno", c.ID, "ana")
		require.NoError(t, err)
	}
	for range 2 {
		_, err := b.do.TransferToQueue(ctx, "ana", c.ID, b.queue.ID)
		require.NoError(t, err)
	}
	for range 2 {
		_, err := b.do.Claim(ctx, "ana", c.ID)
		require.NoError(t, err)
	}
	for range 2 {
		require.NoError(t, b.do.Invited(ctx, "ana", c.ChannelID, "carla"))
	}
	require.Equal(t, []string{"event.transferred_user", "event.transferred_queue", "event.claimed", "event.invited"}, b.told)
}

func TestInvitationsThatChangeNothing(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	require.NoError(t, b.do.Invited(ctx, "root", c.ChannelID, "root"), "who comes by themselves only looks")
	require.NoError(t, b.do.Invited(ctx, "", c.ChannelID, "carla"), "nobody invited")
	require.NoError(t, b.do.Invited(ctx, "bruno", c.ChannelID, "robot"))
	require.NoError(t, b.do.Invited(ctx, "bruno", model.NewId(), "carla"), "not ours")
	require.Equal(t, "bruno", b.read(c).AttendantID)
	_, err := b.do.Close(ctx, "bruno", c.ID, domain.Closing{})
	require.NoError(t, err)
	require.NoError(t, b.do.Invited(ctx, "bruno", c.ChannelID, "carla"))
	require.Equal(t, "bruno", b.read(c).AttendantID)
	require.Empty(t, b.told)
}

func TestWhoServesNowKeepsItFromALateLeave(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	require.NoError(t, b.do.Unassign(ctx, c.ID, "ana", 0, domain.QueuedLeft), "ana does not serve it")
	_, err := b.do.TransferToQueue(ctx, "bruno", c.ID, b.queue.ID)
	require.NoError(t, err)
	b.now += 1000
	_, err = b.do.Claim(ctx, "bruno", c.ID)
	require.NoError(t, err)
	require.NoError(t, b.do.Unassign(ctx, c.ID, "bruno", 0, domain.QueuedLeft), "they left before they claimed it again")
	require.Equal(t, "bruno", b.read(c).AttendantID)
}

// idle is a fixture whose queue waits an hour.
func idle(t *testing.T) (b *serviceFixture, c *domain.Conversation, look func()) {
	b = newServiceFixture(t)
	b.settings.InactivityMinutes = 60
	c = b.start(phone)
	b.now += minute
	return b, c, func() {
		t.Helper()
		for range 2 { // whoever looks, and however often
			due, err := b.store.IdleDue(context.Background(), b.now, b.settings.InactivityMinutes, 10)
			require.NoError(t, err)
			for _, id := range due {
				require.NoError(t, b.do.CheckInactivity(context.Background(), id))
			}
		}
	}
}

func (b *serviceFixture) reminders() (n int) {
	b.t.Helper()
	notices, err := b.store.ClaimNotices(context.Background(), time.Nanosecond, 100)
	require.NoError(b.t, err)
	for _, notice := range notices {
		if notice.TextKey == "people.waiting" {
			n++
		}
	}
	_, err = b.db.Exec("UPDATE waa_notices SET lease_until = 0") // so that they are claimed again
	require.NoError(b.t, err)
	return n
}

const minute = int64(60_000)

func TestALinkedAttendantIsRemindedOnceAWait(t *testing.T) {
	b, c, look := idle(t)
	b.answered(c)
	b.now += 59 * minute
	look()
	require.Zero(t, b.reminders())
	b.now += 2 * minute
	look()
	require.Equal(t, 1, b.reminders())
	b.answered(c) // they write again: the same wait
	b.now += 120 * minute
	look()
	require.Equal(t, 1, b.reminders())
	require.Equal(t, "bruno", b.read(c).AttendantID, "who is of the queue keeps it")

	b.said(c, domain.Sent)
	b.now += 2 * minute
	b.answered(c)
	b.now += 61 * minute
	look()
	require.Equal(t, 2, b.reminders(), "a new wait")
	require.Empty(t, b.told)
}

// said stores a message of ours.
func (b *serviceFixture) said(c *domain.Conversation, status domain.Status) string {
	m := &domain.Message{
		ID: model.NewId(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID, Direction: domain.Outbound,
		Kind: "text", AuthorID: "bruno", PostID: model.NewId(), Status: status, CreatedAt: b.now, SentAt: b.now,
	}
	require.NoError(b.t, b.store.InTx(context.Background(), func(tx domain.Tx) error { return tx.InsertMessage(m) }))
	return m.ID
}

func TestSomebodyWhoIsNotOfTheQueueLosesIt(t *testing.T) {
	b, c, look := idle(t)
	ctx := context.Background()
	b.answered(c)
	require.NoError(t, b.do.Invited(ctx, "bruno", c.ChannelID, "carla"))
	b.now += 61 * minute
	look()
	now := b.read(c)
	require.Empty(t, now.AttendantID)
	require.Equal(t, "bruno", now.OwnerID)
	require.Equal(t, domain.QueuedIdle, now.QueuedFor)
	require.Equal(t, b.queue.ID, now.QueueID)
	require.Equal(t, []string{"event.invited", "event.idle"}, b.told)
	require.Zero(t, b.reminders())
	b.now += 61 * minute
	look()
	require.NotZero(t, b.read(c).RemindedAt, "nobody claims it: the queue is reminded")
	reminded := b.read(c)
	b.now += 600 * minute
	look()
	require.Equal(t, reminded.RemindedAt, b.read(c).RemindedAt, "once")
}

func TestWhatWaitsForTheCustomerIsLeftAlone(t *testing.T) {
	for name, last := range map[string]func(b *serviceFixture, c *domain.Conversation){
		"never answered": func(*serviceFixture, *domain.Conversation) {},
		"we answered": func(b *serviceFixture, c *domain.Conversation) {
			b.answered(c)
			b.now += minute
			b.said(c, domain.Delivered)
		},
		"our answer is on its way": func(b *serviceFixture, c *domain.Conversation) {
			b.answered(c)
			b.now += minute
			b.said(c, domain.Pending)
		},
		"closed": func(b *serviceFixture, c *domain.Conversation) {
			b.answered(c)
			_, err := b.do.Close(context.Background(), "bruno", c.ID, domain.Closing{})
			require.NoError(b.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, c, look := idle(t)
			require.NoError(t, b.do.Invited(context.Background(), "bruno", c.ChannelID, "carla"))
			last(b, c)
			for range 10 {
				b.now += 100 * minute
				look()
			}
			require.Equal(t, "carla", b.read(c).AttendantID)
			require.Zero(t, b.reminders())
		})
	}
}

func TestWhatDidNotArriveIsNoAnswer(t *testing.T) {
	for _, status := range []domain.Status{domain.Failed, domain.NotSent} {
		b, c, look := idle(t)
		b.answered(c)
		b.now += minute
		b.said(c, status)
		_, err := b.do.Note(context.Background(), "bruno", c.ID, "ligo depois")
		require.NoError(t, err)
		b.now += 61 * minute
		look()
		require.Equal(t, 1, b.reminders(), status)
	}
	t.Run("it failed later", func(t *testing.T) {
		b, c, look := idle(t)
		b.answered(c)
		b.now += minute
		message := b.said(c, domain.Sent)
		b.now += 61 * minute
		look()
		require.Zero(t, b.reminders())
		require.NoError(t, b.store.RecordEnd(context.Background(), message, domain.Failed, 131026, b.now))
		b.now += 61 * minute
		look()
		require.Equal(t, 1, b.reminders())
	})
}

func TestTheQueuesOwnTimeAndNever(t *testing.T) {
	b, c, look := idle(t)
	ctx := context.Background()
	b.answered(c)
	b.settings.InactivityMinutes = 0
	b.now += 1000 * minute
	look()
	require.Zero(t, b.reminders(), "0 is never")
	b.queue.InactivityMinutes = 1001
	require.NoError(t, b.store.UpdateQueue(ctx, b.queue, b.now))
	look()
	require.Zero(t, b.reminders())
	b.now += 2 * minute
	look()
	require.Equal(t, 1, b.reminders(), "a queue may have its own")
}
