package dialog

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

func TestAnAdministratorsRulesForVariables(t *testing.T) {
	template := usable(t, orderTemplate)
	template.Rules = domain.Rules{
		"header_1": {Default: "Bia"},
		"body_1":   {Default: "12345678", MaxLength: 5}, // stored before the length was
		"body_2":   {MaxLength: 2},
		"button_0": {MaxLength: 5000},
	}
	fakeDesk := newFakeDesk(template)
	d := fakeDesk.dialogs(t)
	request, err := d.Start(context.Background(), StartFor{UserID: agent})
	require.NoError(t, err)
	c := &fakeClient{t: t, d: d, form: &request.Dialog}
	c.submit(map[string]any{"template": "template_order"})
	defaults, lengths := map[string]string{}, map[string]int{}
	for _, e := range c.form.Elements {
		defaults[e.Name], lengths[e.Name] = e.Default, e.MaxLength
	}
	require.Equal(t, []string{"Bia", "", ""}, []string{defaults["header_1"], defaults["body_1"], defaults["body_2"]})
	require.Equal(t, []int{5, 2}, []int{lengths["body_1"], lengths["body_2"]})

	filled := map[string]any{"header_1": "Bia", "body_1": "123456", "body_2": "12", "button_1": "x", "customer_name": "Ana", "cpf": validCPF, "phone": validPhone}
	require.Contains(t, c.submit(filled).Errors, "body_1")
	require.Empty(t, fakeDesk.starts)
	filled["body_1"] = "12345"
	require.Empty(t, c.submit(filled).Errors)
	require.Len(t, fakeDesk.starts, 1)
}

func TestThePriceThatHoldsNow(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	d := fakeDesk.dialogs(t)
	p := &pick{template: fakeDesk.templates[0], plan: &domain.Plan{
		Currency: "BRL", MonthlyLimit: 10_000_000, Prices: domain.Prices{Marketing: 1_000_000},
		PriceChanges: []domain.PriceChange{{From: fakeDesk.now, Prices: domain.Prices{Marketing: 2_000_000}}, {From: fakeDesk.now + 1, Prices: domain.Prices{Marketing: 3_000_000}}},
	}}
	parsed, err := whatsapp.ReadTemplate(p.template.Definition)
	require.NoError(t, err)
	p.parsed = &parsed
	for at, price := range map[int64]string{fakeDesk.now - 1: "1,00", fakeDesk.now: "2,00", fakeDesk.now + 1: "3,00"} {
		p.at = at
		require.Contains(t, introduction(d.readerOf(context.Background(), agent), p), price)
	}
}
