package dialog

import (
	"context"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// closingDesk has a reason with fields of all types and one without any.
func closingDesk(required bool) *fakeDesk {
	d := newFakeDesk()
	d.closing = domain.ClosingOptions{Required: required, Reasons: []*domain.ClosingReason{
		{ID: "sold", Label: "Vendido", Fields: domain.ClosingFields{
			{Name: "value", Label: "Valor da venda com impostos", Type: domain.ClosingNumber, Required: true},
			{Name: "product", Label: "Produto", Type: domain.ClosingSelect, Options: []string{"Carro", "Casa"}, Required: true},
			{Name: "remark", Label: "Detalhe", Type: domain.ClosingText},
		}},
		{ID: "lost", Label: "Sem interesse"},
	}}
	return d
}

func closeClient(t *testing.T, desk *fakeDesk, remember bool, note string) *fakeClient {
	t.Helper()
	d := desk.dialogs(t)
	request, err := d.Close(context.Background(), agent, "conv", note)
	require.NoError(t, err)
	require.Equal(t, CloseURL, request.URL)
	require.NoError(t, request.Dialog.IsValid())
	return &fakeClient{t: t, d: d, remember: remember, form: &request.Dialog}
}

func TestCloseDialog(t *testing.T) {
	for _, remember := range []bool{false, true} {
		for _, locale := range []string{"pt-BR", "en"} {
			desk := closingDesk(true)
			desk.locale = locale
			c := closeClient(t, desk, remember, "")
			require.Equal(t, []string{"reason_id"}, c.names())
			require.False(t, c.form.Elements[0].Optional)
			require.Contains(t, c.submit(nil).Errors, "reason_id", "it is required")
			require.Equal(t, "form", c.submit(map[string]any{"reason_id": "sold"}).Type)
			require.NoError(t, c.form.IsValid())
			require.Equal(t, []string{"field_value", "field_product", "field_remark", "note"}, c.names())
			require.Equal(t, "Valor da venda com impostos", c.form.Elements[0].HelpText, "a label that does not fit")
			require.Contains(t, c.form.IntroductionText, "Vendido")

			desk.answer = &domain.Refusal{Code: domain.CodeInvalidField, Fields: map[string]domain.Text{
				"fields.value": domain.T("closing.not_a_number"), "fields.product": domain.T("closing.required"),
			}}
			wrong := c.submit(map[string]any{"field_value": "x"})
			require.Len(t, wrong.Errors, 2)
			require.NotEmpty(t, wrong.Errors["field_value"])
			require.Empty(t, wrong.Error)

			desk.answer = nil
			require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"field_value": 10.5, "field_product": "Casa", "field_remark": nil, "note": " ok "}))
			last := desk.closed[len(desk.closed)-1]
			require.Equal(t, domain.Closing{ReasonID: "sold", Fields: map[string]string{"value": "10.5", "product": "Casa"}, Note: "ok"}, last)
		}
	}
}

func TestCloseDialogIsOneFormWhereNoReasonAsks(t *testing.T) {
	desk := closingDesk(false)
	desk.closing.Reasons = desk.closing.Reasons[1:]
	c := closeClient(t, desk, false, strings.Repeat("ã", 2000))
	require.Equal(t, []string{"reason_id", "note"}, c.names())
	require.True(t, c.form.Elements[0].Optional)
	require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"note": "tchau"}))
	require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"reason_id": "lost", "note": nil}))
	require.Equal(t, []domain.Closing{{Fields: map[string]string{}, Note: "tchau"}, {ReasonID: "lost", Fields: map[string]string{}}}, desk.closed)
}

func TestCloseDialogKeepsWhatWasTyped(t *testing.T) {
	desk := closingDesk(true)
	c := closeClient(t, desk, false, "ligou de volta")
	c.submit(map[string]any{"reason_id": "lost"})
	require.Equal(t, []string{"note"}, c.names())
	require.Equal(t, "ligou de volta", c.form.Elements[0].Default)
}

func TestCloseDialogAllAtOnce(t *testing.T) {
	desk := closingDesk(true)
	c := closeClient(t, desk, false, "")
	require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"reason_id": "sold", "field_value": "3", "field_product": "Casa"}))
	require.Len(t, desk.closed, 1)
}

func TestCloseDialogWhenThingsChanged(t *testing.T) {
	desk := closingDesk(true)
	c := closeClient(t, desk, false, "")
	c.submit(map[string]any{"reason_id": "sold"})
	desk.closing.Reasons = desk.closing.Reasons[1:]
	require.NotEmpty(t, c.submit(map[string]any{"field_value": "3"}).Error, "retired meanwhile")
	desk.mayAct = domain.Refuse(domain.CodeConversationClosed, domain.T("refusal.closed"))
	require.NotEmpty(t, c.submit(map[string]any{"field_value": "3"}).Error, "closed meanwhile")
	require.Empty(t, desk.closed)

	_, err := desk.dialogs(t).Close(context.Background(), agent, "conv", "")
	require.ErrorIs(t, err, desk.mayAct)
}
