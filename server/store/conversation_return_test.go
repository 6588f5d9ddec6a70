package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// closed is the conversation of a number, closed at now less ago.
func (f *fixture) closed(t testing.TB, phone string, ago int64, change func(*domain.Conversation)) *domain.Conversation {
	t.Helper()
	return f.conversation(t, f.contact(t, phone, "Ana").ID, func(c *domain.Conversation) {
		c.CreatedAt, c.ClosedAt, c.ClosedBy, c.CloseReason = now-ago-hour, now-ago, "owner", "resolvido"
		if change != nil {
			change(c)
		}
	})
}

// serves makes somebody an active member of the queue's team.
func (f *fixture) serves(t testing.TB, userID string) {
	t.Helper()
	_, err := f.db.Exec("INSERT INTO users (id, deleteat) VALUES ($1, 0)", userID)
	require.NoError(t, err)
	_, err = f.db.Exec("INSERT INTO teammembers (teamid, userid, deleteat) VALUES ($1, $2, 0)", f.queue.TeamID, userID)
	require.NoError(t, err)
}

func (f *fixture) returns(who domain.WhatsAppIdentity) domain.NewSender {
	w := f.writer(who)
	w.Reopens = func(c *domain.Conversation) bool {
		return c.ReopensFor(now, domain.Settings{ReopenHours: 24, ArchiveDays: 7})
	}
	return w
}

func TestWhoReturnsInTimeFindsTheSamePeople(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.closed(t, "+5511987654321", hour, nil)
		f.serves(t, "attendant")
		back, how, err := f.OpenForInbound(ctx(), f.returns(person("+551187654321"))) // without the ninth digit
		require.NoError(t, err)
		require.Equal(t, domain.Reopened, how)
		stored, err := f.Conversation(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, c.ID, back.ID)
		require.Equal(t, []any{int64(0), "", "", now, "", "owner", "attendant"},
			[]any{stored.ClosedAt, stored.ClosedBy, stored.CloseReason, stored.ReopenedAt, stored.ReopenedBy, stored.OwnerID, stored.AttendantID})
		require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_audit WHERE action = 'returned' AND object_id = $1", c.ID))
		_, how, err = f.OpenForInbound(ctx(), f.returns(person("+5511987654321")))
		require.NoError(t, err)
		require.Equal(t, domain.Found, how)
	})
}

func TestWhoReturnsAndNobodyIsThereWaitsInTheQueue(t *testing.T) {
	for name, spoil := range map[string]string{
		"deactivated": "UPDATE users SET deleteat = 1", "left the team": "UPDATE teammembers SET deleteat = 1", "in another team": "UPDATE teammembers SET teamid = 'x'",
	} {
		t.Run(name, func(t *testing.T) {
			f := direct(t)
			f.closed(t, "+5511987654321", hour, nil)
			f.serves(t, "attendant")
			_, err := f.db.Exec(spoil)
			require.NoError(t, err)
			back, how, err := f.OpenForInbound(ctx(), f.returns(person("+5511987654321")))
			require.NoError(t, err)
			require.Equal(t, domain.Reopened, how)
			require.Empty(t, back.AttendantID)
			require.Equal(t, "owner", back.OwnerID, "the owner stays")
		})
	}
}

func TestWhoReturnsLateGetsANewOneInTheLastQueue(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		other := f.newQueue(t, "Suporte")
		f.closed(t, "+5511987654321", 5*day, nil)
		last := f.closed(t, "+5511987654321", 2*day, func(c *domain.Conversation) { c.QueueID, c.TeamID = other.ID, other.TeamID })
		c, how, err := f.OpenForInbound(ctx(), f.returns(person("+551187654321")))
		require.NoError(t, err)
		require.Equal(t, domain.Created, how)
		stored, err := f.Conversation(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, []string{last.ID, other.ID, other.TeamID, "", ""}, []string{stored.PreviousID, stored.QueueID, stored.TeamID, stored.OwnerID, stored.AttendantID})

		// the queue is gone, or another number's now
		for phone, spoil := range map[string]string{
			"+5511912345678": "UPDATE waa_queues SET account_id = 'another' WHERE id = $1", "+5511912345679": "DELETE FROM waa_queues WHERE id = $1",
		} {
			t.Run(phone, func(t *testing.T) {
				gone := f.newQueue(t, "Some")
				f.closed(t, phone, 2*day, func(c *domain.Conversation) { c.QueueID = gone.ID })
				_, err = f.db.Exec(spoil, gone.ID)
				require.NoError(t, err)
				c, _, err := f.OpenForInbound(ctx(), f.returns(person(phone)))
				require.NoError(t, err)
				require.Equal(t, f.queue.ID, c.QueueID)
			})
		}
		w := f.returns(person("+5511900000000"))
		w.DefaultQueueID = ""
		_, _, err = f.OpenForInbound(ctx(), w)
		require.ErrorIs(t, err, domain.ErrNoQueue)
	})
}

func TestAnAnswerToAClosedOneFollowsTheSameRule(t *testing.T) {
	f := direct(t)
	asked := f.closed(t, "+5511987654321", 2*hour, nil)
	f.outbound(t, asked, func(m *domain.Message) { m.WAMID = "asked" })
	w := f.returns(domain.WhatsAppIdentity{UserID: "BR.9", Name: "Sem número"}) // nobody we know by that name
	w.Answers = "asked"
	back, how, err := f.OpenForInbound(ctx(), w)
	require.NoError(t, err)
	require.Equal(t, domain.Reopened, how)
	require.Equal(t, asked.ID, back.ID)
	found, err := f.Find(ctx(), f.account.ID, "", domain.WhatsAppIdentity{UserID: "BR.9"})
	require.NoError(t, err)
	require.Equal(t, asked.ID, found.ID, "from now on this name is known")

	late := f.closed(t, "+5511912345678", 3*day, nil)
	f.outbound(t, late, func(m *domain.Message) { m.WAMID = "late" })
	w = f.returns(domain.WhatsAppIdentity{UserID: "BR.10"})
	w.Answers = "late"
	c, how, err := f.OpenForInbound(ctx(), w)
	require.NoError(t, err)
	require.Equal(t, domain.Created, how)
	require.Equal(t, []string{late.ID, late.ContactID}, []string{c.PreviousID, c.ContactID})
}

func TestParallelReturnsMakeOne(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		for phone, ago := range map[string]int64{"+5511987654321": hour, "+5511976543210": 2 * day} {
			t.Run(phone, func(t *testing.T) {
				last := f.closed(t, phone, ago, nil)
				var all sync.WaitGroup
				hows := make(chan domain.ResolveResult, 20)
				for i := range 20 {
					all.Go(func() {
						number := phone
						if i%2 == 1 {
							number = phone[:5] + phone[6:] // without the ninth digit
						}
						_, how, err := f.OpenForInbound(ctx(), f.returns(person(number)))
						if err != nil {
							t.Error(err)
						}
						hows <- how
					})
				}
				all.Wait()
				close(hows)
				count := map[domain.ResolveResult]int{}
				for how := range hows {
					count[how]++
				}
				require.Equal(t, 19, count[domain.Found])
				require.EqualValues(t, 1, f.number(t, "SELECT count(*) FROM waa_conversations WHERE contact_id = $1 AND closed_at = 0", last.ContactID))
			})
		}
	})
}

func TestArchivingIsClaimedOnceAndTriedAgain(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		due := f.closed(t, "+5511987654321", 8*day, nil)
		f.closed(t, "+5511912345678", 6*day, nil)
		f.closed(t, "+5511912345679", 9*day, func(c *domain.Conversation) { c.ChannelID = "" })
		unshown := f.closed(t, "+5511912345670", 9*day, nil)
		f.conversation(t, f.contact(t, "+5511912345671", "Bia").ID, nil)
		_, err := f.db.Exec("UPDATE waa_conversations SET refresh_at = $2 WHERE id = $1", unshown.ID, now)
		require.NoError(t, err)
		unsent := f.closed(t, "+5511912345672", 9*day, nil)
		_, err = f.EnqueuePost(ctx(), []domain.OutboxItem{{Payload: []byte("{}"), Message: domain.Message{
			ID: newID(), ConversationID: unsent.ID, AccountID: unsent.AccountID, ContactID: unsent.ContactID, Direction: domain.Outbound,
			Kind: "text", AuthorID: "ana", PostID: "post", Status: domain.Pending, CreatedAt: now,
		}}}, "", 0)
		require.NoError(t, err)
		claim := func() []domain.ArchiveJob {
			claimed, err := f.ClaimArchive(ctx(), now-7*day, now, time.Minute, 10)
			require.NoError(t, err)
			return claimed
		}
		none, err := f.ClaimArchive(ctx(), 0, now, time.Minute, 10)
		require.NoError(t, err)
		require.Empty(t, none, "archiving is off")
		want := []domain.ArchiveJob{{ID: due.ID, ChannelID: due.ChannelID, Archive: true}}
		require.Equal(t, want, claim())
		require.Empty(t, claim(), "somebody has it")

		// from the claim on the customer does not reopen it
		_, how, err := f.OpenForInbound(ctx(), f.returns(person("+5511987654321")))
		require.NoError(t, err)
		require.Equal(t, domain.Created, how)

		_, err = f.db.Exec("UPDATE waa_conversations SET archive_lease = 1 WHERE archive_lease > 0")
		require.NoError(t, err)
		require.Equal(t, want, claim(), "a try that died")
		still, err := f.Archived(ctx(), due.ID)
		require.NoError(t, err)
		require.True(t, still)
		require.Empty(t, claim())

		_, err = f.db.Exec("UPDATE waa_outbox SET finished_at = 1")
		require.NoError(t, err)
		require.Empty(t, claim(), "its post still says that it is on its way")
		_, err = f.db.Exec("UPDATE waa_messages SET shown_status = status WHERE conversation_id = $1", unsent.ID)
		require.NoError(t, err)
		require.Equal(t, []domain.ArchiveJob{{ID: unsent.ID, ChannelID: unsent.ChannelID, Archive: true}}, claim())
		_, err = f.Archived(ctx(), "no")
		require.ErrorIs(t, err, domain.ErrNotFound)
	})
}

func TestReopenedWhileItIsArchived(t *testing.T) {
	f := direct(t)
	c := f.closed(t, "+5511987654321", 8*day, nil)
	_, err := f.ClaimArchive(ctx(), now-7*day, now, time.Minute, 10)
	require.NoError(t, err)
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error {
		held, err := tx.LockConversation(c.ID)
		require.NoError(t, err)
		require.Equal(t, now, held.ArchivedAt)
		held.Reopen("ana", now)
		return tx.UpdateConversation(held)
	}))
	still, err := f.Archived(ctx(), c.ID)
	require.NoError(t, err)
	require.False(t, still, "its channel is to be brought back")
}

func TestATeamHasRoomForSoManyChannels(t *testing.T) {
	f := direct(t)
	team := f.queue.TeamID
	for i, kind := range []string{"O", "P", "P", "D"} {
		_, err := f.db.Exec("INSERT INTO channels (id, teamid, type, deleteat) VALUES ($1, $2, $3, 0)", newID(), team, kind)
		require.NoError(t, err)
		_, err = f.db.Exec("INSERT INTO channels (id, teamid, type, deleteat) VALUES ($1, $2, $3, $4)", newID(), team, kind, now+int64(i))
		require.NoError(t, err)
	}
	f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, func(c *domain.Conversation) { c.ChannelID = "" })
	channels, waiting, err := f.ChannelsOfTeam(ctx(), team)
	require.NoError(t, err)
	require.Equal(t, []int{3, 1}, []int{channels, waiting})
	for limit, room := range map[int]bool{0: false, 3: false, 4: false, 5: true, 2000: true} {
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error {
			has, err := tx.TeamHasRoom(team, limit)
			require.Equal(t, room, has, limit)
			return err
		}))
	}
}

func TestSummary(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		c := f.conversation(t, f.contact(t, "+5511987654321", "Ana").ID, nil)
		s, err := f.Summary(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, &domain.Summary{AgentIDs: []string{}}, s)

		for i, status := range []domain.Status{domain.Read, domain.Sent, domain.Failed, domain.NotSent} {
			f.outbound(t, c, func(m *domain.Message) {
				m.Status, m.CreatedAt, m.AuthorID = status, now+int64(i), []string{"bruno", "ana", "bruno", "carla"}[i]
			})
		}
		sent := f.template(t, c, "marketing")
		_, err = f.db.Exec("UPDATE waa_messages SET status = 'sent', created_at = $2 WHERE id = $1", sent.ID, now+10)
		require.NoError(t, err)
		_, _, _, err = f.SaveInbound(ctx(), inbound(c, "w", now), person("+5511987654321"), true, now)
		require.NoError(t, err)
		s, err = f.Summary(ctx(), c.ID)
		require.NoError(t, err)
		require.Equal(t, &domain.Summary{
			AgentIDs: []string{"bruno", "ana", "carla", "attendant"}, Inbound: 1, Outbound: 3, Currency: "USD", Reserved: money(5),
			Templates: []domain.TemplateUse{{Sent: 1, Amount: money(5), Known: true}},
		}, s)
	})
}
