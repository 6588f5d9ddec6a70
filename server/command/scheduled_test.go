package command

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestWhatIsScheduledIsListedWithItsButtons(t *testing.T) {
	o := newFakeOffice()
	require.Contains(t, o.in(t, "town-square", "agendados"), "Não há nada agendado")
	waiting := &domain.Scheduled{ID: "1", OwnerID: "me", Name: "Ana |*x*| @all", Phone: "+5511987654321", TemplateName: "visita", SendAt: 1_790_000_000_000, Status: domain.ScheduledWaiting}
	failed := &domain.Scheduled{ID: "2", OwnerID: "me", Name: "Bia", TemplateName: "visita", Status: domain.ScheduledFailed, Reason: domain.T("refusal.too_late")}
	others := &domain.Scheduled{ID: "3", OwnerID: "ana", Name: "Carla", TemplateName: "visita", Status: domain.ScheduledFailed, Reason: domain.T("refusal.too_late")}
	sending := &domain.Scheduled{ID: "4", OwnerID: "ana", Name: "Davi", TemplateName: "visita", Status: domain.ScheduledSending}
	o.planned = []*domain.Scheduled{waiting, failed, others, sending}
	require.Empty(t, o.in(t, "town-square", "scheduled"))
	require.Len(t, o.asked, 1)
	require.Contains(t, o.asked[0], "whisper town-square me **Agendados**")
	for _, part := range []string{"Ana", "cancel 1", "start 2", "cancel 2", "cancel 3", "desatualizado", "@ana", "Davi"} {
		require.Contains(t, o.asked[0], part)
	}
	for _, part := range []string{"start 3", "cancel 4", " @all"} {
		require.NotContains(t, o.asked[0], part, "a failed one is started by its owner, one that is being sent cannot be held back, and a name does nothing")
	}
}

func TestTheStatusSaysWhatIsScheduledForTheCustomer(t *testing.T) {
	o := newFakeOffice()
	require.NotContains(t, o.in(t, "here", "status"), "Agendado")
	o.planned = []*domain.Scheduled{
		{ID: "1", OwnerID: "ana", Name: "Ana", TemplateName: "visita", SendAt: 1_790_000_000_000, Status: domain.ScheduledWaiting},
		{ID: "2", OwnerID: "me", Name: "Ana", TemplateName: "boleto", Status: domain.ScheduledFailed, Reason: domain.T("refusal.too_late")},
	}
	status := o.in(t, "here", "status")
	require.Contains(t, status, "Agendado: ⏰")
	require.Contains(t, status, "modelo visita")
	require.Contains(t, status, "boleto · não foi enviado")
}
