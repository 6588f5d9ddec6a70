package service_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// TestAnyAgentOfTheQueueStandsInForWhoIsAbsent: while a stand-in is offered the first who claims serves; the owner stays.
func TestAnyAgentOfTheQueueStandsInForWhoIsAbsent(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	b.answered(c)
	c = b.read(c)
	change := func(from, to domain.Absence) domain.AbsenceChange {
		return domain.AbsenceChange{AttendedConversation: domain.AttendedConversation{ID: c.ID, AttendantID: "bruno", AttendedAt: c.AttendedAt}, From: from, To: to, Status: domain.StatusDoNotDisturb}
	}
	claim := func(who string) error {
		_, err := b.do.Claim(ctx, who, c.ID)
		return err
	}
	b.told = nil
	require.Equal(t, domain.CodeAlreadyClaimed, refusal(t, claim("ana")).Code)
	for range 2 { // two nodes
		require.NoError(t, b.do.ChangeAbsence(ctx, change(domain.AbsenceNone, domain.AbsenceOffered)))
	}
	require.Equal(t, []string{"event.undisturbed"}, b.told, "once")
	require.NoError(t, claim("bruno"), "who serves it may stay")
	require.NoError(t, b.do.ChangeAbsence(ctx, change(domain.AbsenceOffered, domain.AbsenceAnswered)))
	require.Equal(t, domain.CodeAlreadyClaimed, refusal(t, claim("ana")).Code, "the attendant has answered")
	require.NoError(t, b.do.ChangeAbsence(ctx, change(domain.AbsenceAnswered, domain.AbsenceNone)))
	require.NoError(t, b.do.ChangeAbsence(ctx, change(domain.AbsenceNone, domain.AbsenceOffered)))
	_, err := b.do.Claim(ctx, "davi", c.ID)
	require.Error(t, err, "of another queue")
	b.now += minute
	require.NoError(t, claim("ana"))
	now := b.read(c)
	require.Equal(t, []string{"ana", "bruno", ""}, []string{now.AttendantID, now.OwnerID, string(now.Absence)})
	require.Equal(t, []string{"event.undisturbed", "event.undisturbed", "event.stood_in"}, b.told)
	require.Equal(t, domain.CodeAlreadyClaimed, refusal(t, claim("bruno")).Code, "the first one wins")
	require.NoError(t, b.do.ChangeAbsence(ctx, change(domain.AbsenceNone, domain.AbsenceOffered)), "somebody else serves it")
	require.Equal(t, domain.AbsenceNone, b.read(c).Absence)
}
