package doctor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/doctor"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

func TestSupportFileSaysWhatTheDoctorFound(t *testing.T) {
	texts, err := i18n.New()
	require.NoError(t, err)
	body, err := doctor.SupportFile([]domain.Finding{
		{Check: "outbox", OK: true, Text: domain.T("doctor.outbox", "Depth", 3, "Seconds", 7)},
		{Check: "token", AccountID: "a", Text: domain.T("doctor.token", "Account", "Loja"), Fix: domain.T("doctor.token_fix")},
	}, texts.Text)
	require.NoError(t, err)
	require.JSONEq(t, `{"findings": [
		{"check": "outbox", "ok": true, "text": "Outbox: 3 waiting, the oldest for 7 s."},
		{"check": "token", "account_id": "a", "ok": false, "text": "Meta did not accept the number Loja."}
	]}`, string(body))
}
