package service_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
)

// newScheduleFixture is a service fixture in which a message that reached Meta says so in its row.
func newScheduleFixture(t *testing.T) *serviceFixture {
	b := newServiceFixture(t)
	b.do.SendNow = func(ctx context.Context, id string) (domain.Delivery, error) {
		delivery, err := b.SendNow(ctx, id)
		if err == nil && delivery.Status == domain.Sent {
			_, err = b.db.ExecContext(ctx, "UPDATE waa_messages SET status = 'sent' WHERE id = $1", id)
		}
		return delivery, err
	}
	return b
}

// scheduled is a start that is put off.
func (b *serviceFixture) scheduled(ahead int64) *domain.Scheduled {
	b.t.Helper()
	request := b.request(phone)
	request.SendAt = b.now + ahead
	scheduled, err := b.do.Schedule(context.Background(), request)
	require.NoError(b.t, err)
	return scheduled
}

// due carries out all that is due at the fixture's clock, and returns the only one there is.
func (b *serviceFixture) due(id string) *domain.Scheduled {
	b.t.Helper()
	ctx := context.Background()
	_, err := b.db.Exec("UPDATE waa_scheduled SET lease_until = 0")
	require.NoError(b.t, err)
	claimed, err := b.store.ClaimScheduled(ctx, b.now-time.Now().UnixMilli(), service.ScheduledLease, 10)
	require.NoError(b.t, err)
	for _, s := range claimed {
		require.NoError(b.t, b.do.SendScheduled(ctx, s))
	}
	now, err := b.store.Scheduled(ctx, id)
	require.NoError(b.t, err)
	return now
}

func TestWhatIsScheduledLeavesWhenItIsDueAndNotBefore(t *testing.T) {
	b := newScheduleFixture(t)
	before := b.rows()
	s := b.scheduled(10 * minute)
	require.Equal(t, before+1, b.rows(), "nothing but its audit row: no contact, no conversation, no charge")
	require.Equal(t, []any{"bruno", b.queue.ID, b.account.ID, "visita", "Marina", phone, "***.982.247-**", b.now + 10*minute, domain.ScheduledWaiting},
		[]any{s.OwnerID, s.QueueID, s.AccountID, s.TemplateName, s.Name, s.Phone, s.CPFMasked, s.SendAt, s.Status})
	b.now += 9 * minute
	require.Equal(t, domain.ScheduledWaiting, b.due(s.ID).Status)
	require.Empty(t, b.sent)
	b.now += minute + 1000
	done := b.due(s.ID)
	require.Equal(t, domain.ScheduledSent, done.Status)
	require.Len(t, b.sent, 1)
	view, err := b.do.View(context.Background(), "bruno", done.ConversationID)
	require.NoError(t, err)
	require.Equal(t, []string{"bruno", "Marina", "***.982.247-**"}, []string{view.OwnerID, view.Contact.Name, view.Contact.CPFMasked})
	b.due(s.ID)
	require.Len(t, b.sent, 1, "once")
	_, err = b.do.CancelScheduled(context.Background(), "bruno", s.ID)
	require.Equal(t, domain.CodeAlreadySent, refusal(t, err).Code)
	require.Zero(t, b.count("SELECT count(*) FROM waa_scheduled WHERE asked <> ''"), "what is not needed any more is not kept")
}

func TestWhenAStartMayBeScheduledFor(t *testing.T) {
	b := newScheduleFixture(t)
	for ahead, fine := range map[int64]bool{minute - 1: false, minute: true, 60 * 24 * 60 * minute: true, 60*24*60*minute + 1: false, -minute: false} {
		request := b.request(phone)
		request.SendAt = b.now + ahead
		_, err := b.do.Schedule(context.Background(), request)
		require.Equal(t, fine, err == nil, ahead)
		check, checkErr := b.do.Check(context.Background(), request)
		require.NoError(t, checkErr)
		require.Equal(t, !fine, check.Fields["send_at"].Key == "refusal.send_at", ahead)
		if !fine {
			require.Contains(t, refusal(t, err).Fields, "send_at")
		}
	}
}

// Hours and cooldown are judged for the moment when it is due.
func TestAStartIsScheduledByTheRulesOfItsMoment(t *testing.T) {
	b := newScheduleFixture(t)
	b.settings.CooldownHours = 6
	first := b.start(phone)
	_, err := b.do.Close(context.Background(), "bruno", first.ID, domain.Closing{Note: "fim"})
	require.NoError(t, err)
	request := b.request(phone)
	request.SendAt = b.now + 5*60*minute
	_, err = b.do.Schedule(context.Background(), request)
	require.Equal(t, domain.CodeCooldown, refusal(t, err).Code)
	request.SendAt = b.now + 6*60*minute
	_, err = b.do.Schedule(context.Background(), request)
	require.NoError(t, err)

	at := time.UnixMilli(b.now).UTC()
	today, open := domain.Weekdays()[(int(at.Weekday())+6)%7], at.Add(8*time.Hour).Format("15:04")
	b.exec(`UPDATE waa_queues SET time_zone = 'UTC', template_hours = '{"` + today + `": [["` + open + `", "24:00"]]}'`)
	request.SendAt = b.now + 7*60*minute
	_, err = b.do.Schedule(context.Background(), request)
	require.Equal(t, domain.CodeQuietHours, refusal(t, err).Code)
	require.Equal(t, b.now+8*60*minute, refusal(t, err).NextAt)
	request.SendAt = b.now + 8*60*minute
	_, err = b.do.Schedule(context.Background(), request)
	require.NoError(t, err)
}

// What is in the way when it is due ends it, for good until its owner starts it by hand.
func TestWhatFailsWhenItIsDueTellsWhyAndMayBeStartedByHand(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(b *serviceFixture)
		mend  func(b *serviceFixture) // nil = it cannot be
		code  string
		key   string
	}{
		"the person opted out": {
			spoil: func(b *serviceFixture) {
				b.exec(`INSERT INTO waa_contacts (id, name, phone, consent_status, consent_at, created_at, updated_at) VALUES ('p', 'Marina', '+5511987654321', 'revoked', 1, 1, 1);
					INSERT INTO waa_identities (account_id, kind, value, contact_id) SELECT id, 'phone', '5511987654321', 'p' FROM waa_accounts`)
			},
			code: domain.CodeOptedOut,
		},
		"the plan is spent": {
			spoil: func(b *serviceFixture) { b.exec("UPDATE waa_plans SET monthly_limit = 0") },
			mend:  func(b *serviceFixture) { b.exec("UPDATE waa_plans SET monthly_limit = 10000000") }, code: domain.CodeBudgetSpent,
		},
		"the approval was withdrawn": {
			spoil: func(b *serviceFixture) { b.exec("UPDATE waa_templates SET approved = false") },
			mend:  func(b *serviceFixture) { b.exec("UPDATE waa_templates SET approved = true") }, code: domain.CodeTemplateNotAllowed,
		},
		"the template is gone": {
			spoil: func(b *serviceFixture) { b.exec("DELETE FROM waa_templates") }, code: domain.CodeInvalidField, key: "refusal.unknown_template",
		},
		"the number is disabled": {
			spoil: func(b *serviceFixture) { b.exec("UPDATE waa_accounts SET enabled = false") },
			mend:  func(b *serviceFixture) { b.exec("UPDATE waa_accounts SET enabled = true") }, code: domain.CodeUnavailable,
		},
		"the owner left the queue": {
			spoil: func(b *serviceFixture) { b.outside = map[string]bool{"bruno": true} },
			mend:  func(b *serviceFixture) { b.outside = nil }, code: domain.CodeForbidden,
		},
		"the queue was removed": {
			spoil: func(b *serviceFixture) { b.exec("DELETE FROM waa_queues WHERE name = 'Vendas'") }, code: domain.CodeInvalidField, key: "refusal.unknown_queue",
		},
		"it is a day late": {
			spoil: func(b *serviceFixture) { b.now += 25 * 60 * minute },
			mend:  func(*serviceFixture) {}, code: domain.CodeUnavailable, key: "refusal.too_late",
		},
		"Meta refuses": {
			spoil: func(b *serviceFixture) {
				b.outcome = domain.Delivery{Status: domain.Failed, MetaCode: 131026, Words: fakeMeta{}}
			},
			mend: func(b *serviceFixture) { b.outcome = domain.Delivery{Status: domain.Sent} }, code: domain.CodeMetaRefused, key: fakeMeta{}.Text().Key,
		},
		"a conversation was opened meanwhile": {
			spoil: func(b *serviceFixture) { b.start(phone); b.sent = nil; b.settings.CooldownHours = 0 },
			code:  domain.CodeConversationExists, key: "scheduled.conversation_exists",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newScheduleFixture(t)
			ctx := context.Background()
			s := b.scheduled(minute)
			b.now += 2 * minute
			c.spoil(b)
			failed := b.due(s.ID)
			require.Equal(t, []any{domain.ScheduledFailed, c.code}, []any{failed.Status, failed.ReasonCode})
			require.NotEmpty(t, failed.Reason.Key)
			if c.key != "" {
				require.Equal(t, c.key, failed.Reason.Key)
			}
			require.Empty(t, b.sent)
			untold, err := b.store.ClaimUntoldScheduled(ctx, time.Minute, 10)
			require.NoError(t, err)
			require.Len(t, untold, 1)
			require.NoError(t, b.store.ScheduledTold(ctx, s.ID, b.now))
			if c.mend != nil {
				c.mend(b)
			}
			require.Equal(t, domain.ScheduledFailed, b.due(s.ID).Status, "never by itself")
			require.Empty(t, b.sent)

			_, err = b.do.StartScheduled(ctx, "ana", s.ID)
			if name != "the queue was removed" {
				require.Equal(t, domain.CodeForbidden, refusal(t, err).Code, "by its owner")
			}
			started, err := b.do.StartScheduled(ctx, "bruno", s.ID)
			if c.mend == nil {
				require.Equal(t, c.code, refusal(t, err).Code)
				require.Empty(t, b.sent)
				return
			}
			require.NoError(t, err)
			require.Equal(t, domain.ScheduledSent, started.Status)
			require.Len(t, b.sent, 1)
			_, err = b.do.StartScheduled(ctx, "bruno", s.ID)
			require.Equal(t, domain.CodeAlreadySent, refusal(t, err).Code)
			untold, err = b.store.ClaimUntoldScheduled(ctx, time.Minute, 10)
			require.NoError(t, err)
			require.Empty(t, untold)
		})
	}
}

func TestWhoMayDoWhatWithWhatIsScheduled(t *testing.T) {
	b := newScheduleFixture(t)
	ctx := context.Background()
	s := b.scheduled(minute)
	for who, may := range map[string]bool{"bruno": true, "ana": true, "root": true, "davi": false, "": false} {
		_, err := b.do.Scheduled(ctx, who, s.ID)
		require.Equal(t, may, err == nil, who)
		list, total, err := b.do.ListScheduled(ctx, who, domain.ScheduledFilter{PerPage: 10})
		require.NoError(t, err)
		require.Equal(t, may, len(list) == 1 && total == 1, who)
		mine, _, err := b.do.ListScheduled(ctx, who, domain.ScheduledFilter{Mine: true, PerPage: 10})
		require.NoError(t, err)
		require.Equal(t, who == "bruno", len(mine) == 1, who)
		of, _, err := b.do.ListScheduled(ctx, who, domain.ScheduledFilter{QueueID: b.other.ID, Waiting: true, PerPage: 10})
		require.NoError(t, err)
		require.Empty(t, of, who)
		if !may {
			require.Equal(t, domain.CodeNotFound, refusal(t, func() error { _, err := b.do.CancelScheduled(ctx, who, s.ID); return err }()).Code)
		}
	}
	cancelled, err := b.do.CancelScheduled(ctx, "ana", s.ID)
	require.NoError(t, err)
	require.Equal(t, domain.ScheduledCancelled, cancelled.Status)
	_, err = b.do.CancelScheduled(ctx, "bruno", s.ID)
	require.NoError(t, err)
	require.Equal(t, 1, b.audits("schedule_cancelled"))
	b.now += 2 * minute
	require.Equal(t, domain.ScheduledCancelled, b.due(s.ID).Status)
	require.Empty(t, b.sent)
}

// Of everybody who cancels, and every process that sends, at the same moment, one wins, and all of them know who.
func TestACancellingAndASendingAtTheSameMoment(t *testing.T) {
	b := newScheduleFixture(t)
	ctx := context.Background()
	for range 10 {
		b.exec("TRUNCATE waa_contacts, waa_identities, waa_conversations, waa_messages, waa_outbox, waa_charges, waa_wanted")
		b.sent = nil
		s := b.scheduled(minute)
		b.now += 2 * minute
		claimed, err := b.store.ClaimScheduled(ctx, b.now-time.Now().UnixMilli(), service.ScheduledLease, 10)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		var all sync.WaitGroup
		var cancelled *domain.Scheduled
		var cancelErr error
		for range 3 {
			all.Go(func() { _ = b.do.SendScheduled(ctx, claimed[0]) })
		}
		all.Go(func() { cancelled, cancelErr = b.do.CancelScheduled(ctx, "bruno", s.ID) })
		all.Wait()
		end, err := b.store.Scheduled(ctx, s.ID)
		require.NoError(t, err)
		if cancelErr == nil {
			require.Equal(t, domain.ScheduledCancelled, cancelled.Status)
			require.Equal(t, domain.ScheduledCancelled, end.Status)
			require.Empty(t, b.sent)
		} else {
			require.Equal(t, domain.CodeAlreadySent, refusal(t, cancelErr).Code)
			require.Equal(t, domain.ScheduledSent, end.Status)
			require.Len(t, b.sent, 1)
		}
	}
}
