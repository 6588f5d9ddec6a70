//go:build unix

package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"
)

const cardTemplates = `[{"name":"plantas","language":"pt_BR","category":"MARKETING","components":[{"type":"BODY","text":"Olá {{1}}, veja."},{"type":"CAROUSEL","cards":[
	{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Aloe por {{1}} hoje"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Quero"},{"type":"URL","text":"Ver","url":"https://loja.example/{{1}}"}]}]},
	{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Cacto por {{1}} hoje"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Quero"},{"type":"URL","text":"Ver","url":"https://loja.example/{{1}}"}]}]}]}]},
	{"name":"so_hoje","language":"pt_BR","category":"MARKETING","components":[{"type":"HEADER","format":"IMAGE"},{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Só hoje","has_expiration":true}},
	{"type":"BODY","text":"Olá {{1}}, aproveite."},{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":"A1"},{"type":"URL","text":"Comprar","url":"https://loja.example/{{1}}","example":["x"]}]}]}]`

// TestCarouselAndOffer sends a carousel with the dialog, card by card, one with a file of Mattermost's and one with a link, and a
// limited-time offer over REST.
func TestCarouselAndOffer(t *testing.T) {
	s := newStage(t)
	ctx := s.ctx(oneMinute)
	_, err := s.Sim.AddTemplates(s.Number.WABAID, cardTemplates)
	require.NoError(t, err)
	require.NoError(t, s.Ask(ctx, s.Admin(), http.MethodPost, "/templates/sync", map[string]string{"account_id": s.Account.ID}, http.StatusOK, nil))
	ids := map[string]string{}
	var list struct {
		Items []struct{ ID, Name string } `json:"items"`
	}
	require.NoError(t, s.Ask(ctx, s.Admin(), http.MethodGet, "/templates?per_page=200&account_id="+s.Account.ID, nil, http.StatusOK, &list))
	for _, template := range list.Items {
		if ids[template.Name] = template.ID; template.Name == "plantas" || template.Name == "so_hoje" {
			allow := map[string]any{"approved": true, "queue_ids": []string{s.Queue.ID}}
			require.NoError(t, s.Ask(ctx, s.Admin(), http.MethodPatch, "/templates/"+template.ID, allow, http.StatusOK, nil))
		}
	}
	file := s.upload(0, s.Queue.ChannelID, sendFile{"aloe.png", []byte("png")})
	_, _, err = s.Agent(0).CreatePost(ctx, &model.Post{ChannelId: s.Queue.ChannelID, FileIds: []string{file}})
	require.NoError(t, err)

	customer := newCustomer()
	d, err := s.OpenDialog(ctx, 0, s.Queue.ChannelID, "/whatsapp novo")
	require.NoError(t, err)
	require.NoError(t, d.Next(ctx, map[string]any{"template": ids["plantas"]}))
	require.NoError(t, d.Next(ctx, map[string]any{"body_1": "Ana", "customer_name": customer.Name, "cpf": customer.CPF, "phone": customer.Phone}))
	require.Equal(t, []string{"card_1_header_1", "card_1_body_1", "card_1_button_1"}, d.Elements())
	require.NoError(t, d.Next(ctx, map[string]any{"card_1_header_1": file, "card_1_body_1": "R$ 9", "card_1_button_1": "aloe"}))
	require.Equal(t, []string{"card_2_header_1", "card_2_body_1", "card_2_button_1"}, d.Elements())
	require.NoError(t, d.Finish(ctx, map[string]any{"card_2_header_1": "https://loja.example/cacto.png", "card_2_body_1": "R$ 8", "card_2_button_1": "cacto"}))
	seen := s.Phone(customer.Phone).Messages()
	require.Len(t, seen, 1)
	require.Len(t, seen[0].Cards, 2)
	require.Equal(t, "Aloe por R$ 9 hoje", seen[0].Cards[0].Text)
	require.NotEmpty(t, seen[0].Cards[0].Media.ID, "the file went to WhatsApp")
	require.Equal(t, "https://loja.example/cacto.png", seen[0].Cards[1].Media.Link)
	require.Equal(t, []string{"https://loja.example/aloe", "https://loja.example/cacto"}, []string{seen[0].Buttons[1].URL, seen[0].Buttons[3].URL})

	offered := newCustomer()
	start := map[string]any{
		"account_id": s.Account.ID, "queue_id": s.Queue.ID, "customer": offered, "template": map[string]string{"name": "so_hoje", "language": "pt_BR"},
		"variables": map[string]string{"header_1": file, "body_1": "Ana", "limited_time_offer_1": "01/01/2020 10:00", "button_0": "ANA10", "button_1": "x"},
	}
	refused, err := s.AskRefused(ctx, s.Agent(0), http.MethodPost, "/conversations", start, http.StatusUnprocessableEntity, "invalid_field")
	require.NoError(t, err)
	require.Contains(t, refused.Fields, "limited_time_offer_1")
	start["variables"].(map[string]string)["limited_time_offer_1"] = "amanhã 18h"
	require.NoError(t, s.Ask(ctx, s.Agent(0), http.MethodPost, "/conversations", start, http.StatusCreated, nil))
	seen = s.Phone(offered.Phone).Messages()
	require.Len(t, seen, 1)
	require.Equal(t, "Só hoje", seen[0].Offer.Text)
	require.True(t, seen[0].Offer.EndsAt.After(s.Sim.Now()))
	require.Equal(t, "ANA10", seen[0].Buttons[0].ID)
}
