package command

import (
	"context"
	"fmt"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/dialog"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

func (o *fakeOffice) SendLocation(_ context.Context, _, _ string, place whatsapp.Location) error {
	o.asked = append(o.asked, fmt.Sprintf("location %g %g %s", place.Latitude, place.Longitude, place.Name))
	return nil
}

func (o *fakeOffice) SendContact(_ context.Context, _, _, name, phone string) error {
	o.asked = append(o.asked, "contact "+name+" "+phone)
	return nil
}

func (o *fakeOffice) Ask(_ context.Context, _, _ string, q whatsapp.Question) (*domain.Message, error) {
	o.asked = append(o.asked, fmt.Sprint("ask ", q.Type, " ", q.Body, " ", q.Buttons))
	return nil, o.answer
}

func (o *fakeOffice) AskDialog(_ context.Context, who dialog.AskFor) (*model.OpenDialogRequest, error) {
	o.asked = append(o.asked, fmt.Sprint("dialog ", who.Type, " ", who.ChannelID, " ", who.Text))
	return &model.OpenDialogRequest{URL: dialog.AskURL}, o.answer
}

func TestPlacesAndContacts(t *testing.T) {
	for typed, want := range map[string]string{
		"local -23.561, -46.656 Loja da Paulista": "location -23.561 -46.656 Loja da Paulista",
		"location -23.561,-46.656":                "location -23.561 -46.656 ",
		`local 10 20 "Casa 3"`:                    "location 10 20 Casa 3",
		"local -23.561; -46.656; Rua Um, 22":      "location -23.561 -46.656 Rua Um, 22",
		"contato José da Silva (11) 98765-4321":   "contact José da Silva (11) 98765-4321",
		`contact "José, o 2º" +55 11 98765 4321`:  "contact José, o 2º +55 11 98765 4321",
		"contato Ana: 11987654321":                "contact Ana 11987654321",
		"botoes Confirma? | Sim |  Não ":          "ask buttons Confirma? [{1 Sim} {2 Não}]",
		"botões Confirma?|Sim":                    "ask buttons Confirma? [{1 Sim}]",
		"buttons a\nb | c":                        "ask buttons a\nb [{1 c}]",
		"pedir-local":                             "ask location_request  []",
		"ask-location Onde?":                      "ask location_request Onde? []",
		`pedir-telefone "Seu número?"`:            "ask phone_request Seu número? []",
		"perguntar":                               "dialog  here ",
		"lista Qual horário?":                     "dialog list here Qual horário?",
		`link "Seu boleto"`:                       "dialog cta_url here Seu boleto",
		"botoes Confirma?":                        "",
		"botoes | Sim":                            "",
		"local":                                   "",
		"local aqui":                              "",
		"local 95, 20":                            "",
		"contato José":                            "",
		"contato 11987654321":                     "",
	} {
		t.Run(typed, func(t *testing.T) {
			o := newFakeOffice()
			reply := o.in(t, "here", "/whatsapp "+typed)
			if want == "" {
				require.Empty(t, o.asked, typed)
				require.NotEmpty(t, reply, typed)
				return
			}
			require.Equal(t, []string{want}, o.asked, typed)
			require.Empty(t, reply, typed)
		})
	}
}
