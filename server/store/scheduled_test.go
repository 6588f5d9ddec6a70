package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// scheduled stores a start that is due some milliseconds from now by the database's clock.
func (f *fixture) scheduled(t *testing.T, phone string, in int64) *domain.Scheduled {
	t.Helper()
	s := &domain.Scheduled{
		ID: newID(), OwnerID: "ines", QueueID: f.queue.ID, AccountID: f.account.ID, TemplateID: "t", TemplateName: "visita", TemplateLanguage: "pt_BR",
		Name: "Marina Azevedo", Phone: phone, CPFMasked: "***.982.247-**", SendAt: time.Now().UnixMilli() + in, CreatedAt: now,
		Asked: domain.ScheduledAsked{Variables: map[string]string{"body_1": "Marina"}, CPF: "52998224725", Reason: "pediu"},
	}
	require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error { return tx.InsertScheduled(s) }))
	return s
}

func plannedIDs(list []*domain.Scheduled) (ids []string) {
	for _, s := range list {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestScheduledStartsAreClaimedWhenTheDatabaseSaysSo(t *testing.T) {
	both(t, func(t *testing.T, f *fixture) {
		late, soon, another := f.scheduled(t, "+5511987654321", -1000), f.scheduled(t, "+5511987654322", hour), f.scheduled(t, "+5511987654323", -2000)
		claimed, err := f.ClaimScheduled(ctx(), 0, time.Minute, 1)
		require.NoError(t, err)
		require.Equal(t, []string{another.ID}, plannedIDs(claimed), "the one that is due longest")
		require.Equal(t, another.Asked, claimed[0].Asked)
		require.False(t, claimed[0].Again)
		claimed, err = f.ClaimScheduled(ctx(), 0, time.Minute, 10)
		require.NoError(t, err)
		require.Equal(t, []string{late.ID}, plannedIDs(claimed))
		claimed, err = f.ClaimScheduled(ctx(), hour+1000, time.Minute, 10)
		require.NoError(t, err)
		require.Equal(t, []string{soon.ID}, plannedIDs(claimed), "the development clock's")
		require.Equal(t, domain.ScheduledSending, claimed[0].Status)

		_, err = f.db.Exec("UPDATE waa_scheduled SET lease_until = 1 WHERE id = $1", late.ID)
		require.NoError(t, err)
		claimed, err = f.ClaimScheduled(ctx(), 0, time.Minute, 10)
		require.NoError(t, err)
		require.Equal(t, []string{late.ID}, plannedIDs(claimed), "a process died")
		require.True(t, claimed[0].Again)
		require.NoError(t, f.ScheduledLater(ctx(), late.ID, time.Hour))

		link := func(id string) error {
			return f.InTx(ctx(), func(tx domain.Tx) error { return tx.LinkScheduled(id, "c", "m") })
		}
		require.NoError(t, link(late.ID))
		require.ErrorIs(t, link(late.ID), domain.ErrNotFound, "once")
		cancelled, err := f.CancelScheduled(ctx(), late.ID, "ines", now)
		require.NoError(t, err)
		require.True(t, cancelled.Left())
		stale := *late
		stale.Fail(domain.Refuse(domain.CodeOptedOut, domain.T("refusal.opted_out", "At", now)))
		require.NoError(t, f.EndScheduled(ctx(), &stale, now))
		got, err := f.Scheduled(ctx(), late.ID)
		require.NoError(t, err)
		require.Equal(t, domain.ScheduledSending, got.Status, "who knows less than the row decides nothing")

		another.Fail(domain.Refuse(domain.CodeOptedOut, domain.T("refusal.opted_out", "At", now)))
		require.NoError(t, f.EndScheduled(ctx(), another, now))
		untold, err := f.ClaimUntoldScheduled(ctx(), time.Minute, 10)
		require.NoError(t, err)
		require.Equal(t, []string{another.ID}, plannedIDs(untold))
		require.Equal(t, domain.T("refusal.opted_out", "At", now), untold[0].Reason)
		require.NoError(t, f.ScheduledTold(ctx(), another.ID, now))
		_, err = f.FailedScheduled(ctx(), soon.ID)
		require.ErrorIs(t, err, domain.ErrNotFound)
		failed, err := f.FailedScheduled(ctx(), another.ID)
		require.NoError(t, err)
		require.Equal(t, another.Asked, failed.Asked)
		again, err := f.RestartScheduled(ctx(), another.ID, now, time.Minute)
		require.NoError(t, err)
		require.Equal(t, another.Asked, again.Asked)
		_, err = f.RestartScheduled(ctx(), another.ID, now, time.Minute)
		require.ErrorIs(t, err, domain.ErrNotFound)

		cancelled, err = f.CancelScheduled(ctx(), soon.ID, "ines", now)
		require.NoError(t, err)
		require.Equal(t, domain.ScheduledCancelled, cancelled.Status)
		require.ErrorIs(t, link(soon.ID), domain.ErrNotFound, "it was being sent, and is not")
		require.NoError(t, f.PurgeScheduled(ctx(), now+1))
		require.EqualValues(t, 2, f.number(t, "SELECT count(*) FROM waa_scheduled"))
	})
}

func TestWhatNoKeyOpensIsNeverSent(t *testing.T) {
	f := direct(t)
	s := f.scheduled(t, "+5511987654321", -1000)
	*f.sealer = fakeEncrypter{key: "next", old: []string{"sealed"}}
	require.Zero(t, f.reseal(t, 2).Lost)
	*f.sealer = fakeEncrypter{key: "next"}
	claimed, err := f.ClaimScheduled(ctx(), 0, time.Minute, 10)
	require.NoError(t, err)
	require.Equal(t, s.Asked, claimed[0].Asked, "a changed key loses nothing")
	_, err = f.db.Exec("UPDATE waa_scheduled SET lease_until = 0")
	require.NoError(t, err)
	*f.sealer = fakeEncrypter{key: "another"}
	claimed, err = f.ClaimScheduled(ctx(), 0, time.Minute, 10)
	require.NoError(t, err)
	require.Empty(t, claimed)
	got, err := f.Scheduled(ctx(), s.ID)
	require.NoError(t, err)
	require.Equal(t, []any{domain.ScheduledFailed, "scheduled.unreadable"}, []any{got.Status, got.Reason.Key})
}

// What is scheduled belongs to whoever has the number: also after a merge.
func TestScheduledStartsFollowThePerson(t *testing.T) {
	f := direct(t)
	ana, bia := f.contact(t, "+5511987654321", "Ana"), f.contact(t, "+5511987654322", "Bia")
	s := f.scheduled(t, "+5511987654322", hour)
	other := f.scheduled(t, "+5511987654329", hour)
	_, err := f.MergeContacts(ctx(), ana.ID, bia.ID, "admin", now)
	require.NoError(t, err)
	export, err := f.ExportContact(ctx(), ana.ID)
	require.NoError(t, err)
	require.Equal(t, []string{s.ID}, plannedIDs(export.Scheduled))
	require.Equal(t, s.Asked, export.Scheduled[0].Asked)
	require.NoError(t, f.EraseContact(ctx(), ana.ID, "admin", nil, now))
	got, err := f.Scheduled(ctx(), s.ID)
	require.NoError(t, err)
	require.Equal(t, []any{domain.ScheduledCancelled, "", ""}, []any{got.Status, got.Name, got.Phone})
	got, err = f.Scheduled(ctx(), other.ID)
	require.NoError(t, err)
	require.Equal(t, domain.ScheduledWaiting, got.Status)
	list, total, err := f.ListScheduled(ctx(), domain.ScheduledFilter{ReaderID: "bia", QueueIDs: []string{f.queue.ID}, Waiting: true, QueueID: f.queue.ID, PerPage: 1})
	require.NoError(t, err)
	require.Equal(t, []string{other.ID}, plannedIDs(list))
	require.Equal(t, 1, total)
	_, total, err = f.ListScheduled(ctx(), domain.ScheduledFilter{ReaderID: "bia", All: true, Page: 0, PerPage: 1})
	require.NoError(t, err)
	require.Equal(t, 2, total)
}
