package dialog

import (
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// A start is put off by a date and an hour, whatever form a client sends them in, also when something has to be confirmed first.
func TestAStartIsPutOffInTheDialog(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	require.NoError(t, err)
	at := time.UnixMilli(1_800_000_000_000).In(zone).AddDate(0, 0, 1)
	want := time.Date(at.Year(), at.Month(), at.Day(), 9, 0, 0, 0, zone)
	for _, remember := range []bool{false, true} {
		for _, sent := range []string{want.UTC().Format(time.RFC3339), want.Format("2006-01-02T15:04"), want.Format("2006-01-02T15:04:05-07:00"), "amanhã 9h"} {
			fakeDesk := newFakeDesk(usable(t, plainTemplate))
			fakeDesk.queues[0].TimeZone = "America/Sao_Paulo"
			d := fakeDesk.dialogs(t)
			c := &fakeClient{t: t, d: d, remember: remember, form: open(t, d)[kindStart]}
			c.submit(map[string]any{"template": "template_hello"})
			last := c.form.Elements[len(c.form.Elements)-1]
			require.Equal(t, []any{"send_at", "datetime", true}, []any{last.Name, last.Type, last.Optional})
			values := map[string]any{"customer_name": "Ana", "cpf": validCPF, "phone": validPhone, "send_at": "um dia"}
			require.Contains(t, c.submit(values).Errors, "send_at", sent)
			values["send_at"] = sent
			fakeDesk.answer = domain.RefuseField("send_at", domain.T("refusal.send_at", "Days", 60))
			require.Contains(t, c.submit(values).Errors, "send_at", "the service's word on it is shown there")
			fakeDesk.answer = &domain.Refusal{Code: domain.CodeQuietHours, Agree: true, NeedsReason: true, Text: domain.T("refusal.quiet_hours")}
			require.Equal(t, "form", c.submit(values).Type)
			fakeDesk.answer = nil
			require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"confirm": true, "reason": "pediu"}))
			require.Empty(t, fakeDesk.starts)
			for _, planned := range fakeDesk.planned {
				require.Equal(t, want.UnixMilli(), planned.SendAt, sent)
			}
			require.Equal(t, []any{true, "pediu"}, []any{fakeDesk.planned[2].Confirm, fakeDesk.planned[2].Reason})
		}
	}
}
