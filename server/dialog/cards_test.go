package dialog

import (
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const carouselTemplate = `{"name":"plants","language":"pt_BR","category":"MARKETING","components":[{"type":"BODY","text":"Olá {{1}}, veja."},{"type":"CAROUSEL","cards":[
	{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Aloe por {{1}} hoje"},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Ver","url":"https://x.y/{{1}}"}]}]},
	{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Cacto por {{1}} hoje"},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Ver","url":"https://x.y/{{1}}"}]}]}]}]}`

func TestCardsAreFilledInOneByOne(t *testing.T) {
	for _, remember := range []bool{false, true} {
		fakeDesk := newFakeDesk(usable(t, carouselTemplate))
		d := fakeDesk.dialogs(t)
		c := &fakeClient{t: t, d: d, remember: remember, form: open(t, d)[kindStart]}
		c.submit(map[string]any{"template": "template_plants"})
		require.Contains(t, c.form.IntroductionText, "os **2** cartões")
		require.NotContains(t, c.names(), "card_1_body_1")
		require.Contains(t, c.submit(map[string]any{"body_1": "Ana"}).Errors, "customer_name", "the message's form comes first")

		c.submit(map[string]any{"body_1": "Ana", "customer_name": "Ana", "cpf": validCPF, "phone": validPhone})
		require.Equal(t, []string{"card_1_header_1", "card_1_body_1", "card_1_button_0"}, c.names())
		require.Contains(t, c.form.IntroductionText, "Cartão **1** de **2**")
		require.Equal(t, "Cartão 1: Imagem", c.form.Elements[0].DisplayName[:len("Cartão 1: Imagem")])
		require.Equal(t, "Continuar", c.form.SubmitLabel)
		first := map[string]any{"card_1_header_1": "https://x.com/a.png", "card_1_body_1": "R$ 9", "card_1_button_0": "a b"}
		require.Contains(t, c.submit(first).Errors, "card_1_button_0")
		require.Empty(t, fakeDesk.starts)
		first["card_1_button_0"] = "aloe"
		c.submit(first)
		require.Equal(t, []string{"card_2_header_1", "card_2_body_1", "card_2_button_0"}, c.names())
		require.Equal(t, "Enviar ao cliente", c.form.SubmitLabel)

		fakeDesk.answer = domain.RefuseField("card_1_header_1", domain.T("refusal.header_gone"))
		second := map[string]any{"card_2_header_1": "https://x.com/b.png", "card_2_body_1": "R$ 8", "card_2_button_0": "cacto"}
		require.Equal(t, "form", c.submit(second).Type)
		require.Equal(t, "card_1_header_1", c.names()[0], "back to the card that the refusal is about")
		require.Equal(t, "https://x.com/a.png", c.form.Elements[0].Default)
		require.Contains(t, c.form.IntroductionText, "arquivo")

		fakeDesk.answer = nil
		first["card_1_header_1"] = "https://x.com/c.png"
		require.Equal(t, &model.SubmitDialogResponse{}, c.submit(first), "the other card is filled in already")
		require.Equal(t, map[string]string{
			"body_1": "Ana", "card_1_header_1": "https://x.com/c.png", "card_1_body_1": "R$ 9", "card_1_button_0": "aloe",
			"card_2_header_1": "https://x.com/b.png", "card_2_body_1": "R$ 8", "card_2_button_0": "cacto",
		}, fakeDesk.starts[1].Variables)
		require.Equal(t, "Ana", fakeDesk.starts[1].Customer.Name)
	}
}

func TestAllValuesAtOnceNeedOneForm(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, carouselTemplate))
	d := fakeDesk.dialogs(t)
	c := &fakeClient{t: t, d: d, form: open(t, d)[kindTemplate]}
	all := map[string]any{
		"template": "template_plants", "body_1": "Ana", "card_1_header_1": "https://x.com/a.png", "card_1_body_1": "R$ 9", "card_1_button_0": "aloe",
		"card_2_header_1": "https://x.com/b.png", "card_2_body_1": "R$ 8", "card_2_button_0": "a b",
	}
	c.submit(map[string]any{"template": "template_plants"})
	require.Contains(t, c.submit(all).Errors, "card_2_button_0")
	all["card_2_button_0"] = "cacto"
	require.Equal(t, &model.SubmitDialogResponse{}, c.submit(all))
	require.Len(t, fakeDesk.templated, 1)
}

func TestAnOfferEndsInTheFuture(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, `{"name":"offer","language":"pt_BR","category":"MARKETING","components":[{"type":"BODY","text":"Olá"},
		{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Só hoje","has_expiration":true}},{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":"A1"}]}]}`))
	d := fakeDesk.dialogs(t)
	c := &fakeClient{t: t, d: d, form: open(t, d)[kindTemplate]}
	c.submit(map[string]any{"template": "template_offer"})
	require.Contains(t, c.form.IntroductionText, "⏳ Só hoje")
	require.Equal(t, "datetime", c.form.Elements[0].Type)
	require.Equal(t, "Fim da oferta", c.form.Elements[0].DisplayName)
	require.Equal(t, "Código da oferta", c.form.Elements[1].DisplayName)
	past := c.submit(map[string]any{"limited_time_offer_1": "2020-01-01T12:00:00Z", "button_0": "A1"})
	require.Equal(t, "A oferta precisa terminar depois do envio.", past.Errors["limited_time_offer_1"])
	require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"limited_time_offer_1": "2030-01-01T12:00:00Z", "button_0": "A1"}))
}
