package command

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestATextIsScheduledByCommand(t *testing.T) {
	o := newFakeOffice()
	tomorrow := time.UnixMilli(o.Now()).UTC().AddDate(0, 0, 1)
	at := time.Date(tomorrow.Year(), tomorrow.Month(), tomorrow.Day(), 9, 0, 0, 0, time.UTC).UnixMilli()
	for _, typed := range []string{"agendar amanhã 9h Bom dia,\ntudo bem?", "schedule tomorrow 9am Bom dia,\ntudo bem?"} {
		o.asked = nil
		require.Contains(t, o.in(t, "here", typed), "rascunhos", typed)
		require.Equal(t, []string{fmt.Sprintf("schedule conv Bom dia,\ntudo bem? %d", at)}, o.asked)
	}
	o.asked = nil
	for _, typed := range []string{"agendar", "agendar Bom dia", "agendar amanhã 9h", "agendar amanhã oi"} {
		require.Contains(t, o.in(t, "here", typed), "amanhã 9h", typed)
	}
	require.Empty(t, o.asked)
	require.Contains(t, o.in(t, "town-square", "agendar amanhã 9h oi"), "só funciona no canal")
}
