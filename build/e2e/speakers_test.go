//go:build unix

package e2e

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// speaker is an expression for the name that the web client shows over the post with a text. A post in a row of its author's shows none,
// so the one before it counts.
func speaker(text string) string {
	return `(() => { const all = [...document.querySelectorAll('#postListContent .post')];
		for (let i = all.findIndex((p) => p.textContent.includes(` + quote(text) + `)); i >= 0; i--) {
			const name = all[i].querySelector('.user-popover, .WhatsappAtivoSpeaker__name');
			if (name?.textContent.trim()) return name.textContent.trim();
		} return ''; })()`
}

// TestEverybodyHasAVoice shows a conversation with everything that can stand in one, in the real web client. WAA_SCREENSHOTS keeps the
// pictures: light and dark, in both languages, wide and narrow.
func TestEverybodyHasAVoice(t *testing.T) {
	needClient(t)
	chromium(t)
	world := startWorld(t, scenario.Options{})
	ctx := t.Context()
	customer := scenario.Customer{Name: "Marina Duarte", CPF: "10000000108", Phone: "+5511980000001"}
	c := everyKind(ctx, t, world, customer)

	agent := world.User(1)
	looks := map[string]struct {
		locale, theme string
		width, height int
	}{
		"conversation":              {"pt-BR", "", 1440, 1500},
		"conversation-dark":         {"pt-BR", darkTheme, 1440, 1500},
		"conversation-en":           {"en", "", 1440, 1500},
		"conversation-narrow":       {"pt-BR", "", 360, 900},
		"conversation-narrow-dark":  {"en", darkTheme, 360, 900},
		"conversation-with-list":    {"pt-BR", "", 1440, 900},
		"conversation-with-list-en": {"en", darkTheme, 1440, 900},
	}
	channel, err := world.ChannelOf(ctx, c)
	require.NoError(t, err)
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			lookOf(ctx, t, world, look.locale, look.theme)
			page := openAs(t, world.Env.Nodes[0].URL, agent, "/"+world.Env.Team.Name+"/channels/"+channel.Name)
			page.resize(look.width, look.height)
			page.wait("the last words", `document.body.textContent.includes('Pode ser às 14h?')`)
			page.wait("the picture", `[...document.querySelectorAll('.post img')].some((i) => i.naturalWidth > 100)`)
			if name == "conversation-with-list" || name == "conversation-with-list-en" {
				page.click("Atendimentos in the app bar", appBar+`[1]`)
				page.wait("the list", `document.querySelector('.WhatsappAtivoTabs')`)
			}
			page.screenshot(name)
			if name != "conversation" {
				return
			}
			for text, who := range map[string]string{
				"Pode ser às 14h?":      customer.Name,
				"Segue a foto":          customer.Name,
				"Bom dia, Marina":       agent.Username,
				"Cliente do plano ouro": agent.Username,
			} {
				page.wait(text+" is said by "+who, speaker(text)+`.includes(`+quote(who)+`)`)
			}
			page.wait("the place's card", `[...document.querySelectorAll('.post .attachment')].some((a) => a.textContent.includes('Av. Paulista'))`)
			page.wait("the contact's card", `[...document.querySelectorAll('.post .attachment')].some((a) => a.textContent.includes('Paulo Reis'))`)
			page.wait("nothing was edited", `!document.querySelector('#postListContent .post-edited__indicator')`)
		})
	}
}

// darkTheme is Mattermost's theme Onyx as a preference, as far as it decides how dark a page is.
const darkTheme = `{"type":"Onyx","sidebarBg":"#202228","sidebarText":"#ffffff","sidebarUnreadText":"#ffffff","sidebarTextHoverBg":"#25262a",
"sidebarTextActiveBorder":"#4a7ce8","sidebarTextActiveColor":"#ffffff","sidebarHeaderBg":"#24272d","sidebarHeaderTextColor":"#ffffff",
"sidebarTeamBarBg":"#292c33","onlineIndicator":"#3db887","awayIndicator":"#f5ab00","dndIndicator":"#d24b4e","mentionBg":"#4b7ce7","mentionBj":"#4b7ce7",
"mentionColor":"#ffffff","centerChannelBg":"#191b1f","centerChannelColor":"#e3e4e8","newMessageSeparator":"#1adbdb","linkColor":"#5d89ea",
"buttonBg":"#4a7ce8","buttonColor":"#ffffff","errorTextColor":"#da6c6e","mentionHighlightBg":"#0d6e6e","mentionHighlightLink":"#a4f4f4","codeTheme":"monokai"}`

// lookOf sets the language and the theme of agent 1; "" is the default theme.
func lookOf(ctx context.Context, t *testing.T, world *scenario.World, locale, theme string) {
	t.Helper()
	client, id := world.Agent(1), world.User(1).ID
	_, _, err := client.PatchUser(ctx, id, &model.UserPatch{Locale: &locale})
	require.NoError(t, err)
	if theme == "" {
		theme = "{}"
	}
	_, err = client.UpdatePreferences(ctx, id, model.Preferences{{UserId: id, Category: model.PreferenceCategoryTheme, Name: "", Value: theme}})
	require.NoError(t, err)
}

// everyKind makes a conversation with everything that can stand in one.
func everyKind(ctx context.Context, t *testing.T, world *scenario.World, customer scenario.Customer) scenario.Conversation {
	t.Helper()
	c, err := world.Opened(ctx, 1, customer)
	require.NoError(t, err)
	phone := world.Phone(customer.Phone)
	shown := func(text string) {
		_, err := world.WaitPosts(ctx, c.ChannelID, 1, text, func(p *model.Post) bool { return bytes.Contains([]byte(asText(p)), []byte(text)) })
		require.NoError(t, err)
	}
	post := func(text string) *model.Post {
		p, err := world.PostAs(ctx, 1, c.ChannelID, text)
		require.NoError(t, err)
		return p
	}
	greeting := post("Bom dia, Marina! Em que posso ajudar?")
	require.NoError(t, world.WaitTick(ctx, greeting.Id, "delivered"))
	mine, _ := phone.Last()
	_, err = phone.SendMedia("image", cloudapi.Media{MIMEType: "image/png", Filename: "portao.png", Data: gradient(t)}, "Segue a foto do portão")
	require.NoError(t, err)
	shown("Segue a foto")
	_, err = phone.SendMedia("audio", cloudapi.Media{MIMEType: "audio/ogg; codecs=opus", Voice: true, Data: voiceBytes}, "")
	require.NoError(t, err)
	_, err = phone.SendLocation(cloudapi.Location{Latitude: -23.5613, Longitude: -46.6565, Name: "Casa da Marina", Address: "Av. Paulista, 1578, São Paulo"})
	require.NoError(t, err)
	shown("Casa da Marina")
	_, err = phone.SendContacts(`[{"name":{"formatted_name":"Paulo Reis","first_name":"Paulo"},"phones":[{"phone":"+55 11 98000-0099","wa_id":"5511980000099","type":"CELL"}]}]`)
	require.NoError(t, err)
	shown("Paulo Reis")
	_, err = world.Env.ExecuteSlash(ctx, world.Agent(1), c.ChannelID, "/whatsapp nota Cliente do plano ouro: prioridade na agenda")
	require.NoError(t, err)
	_, err = phone.React(mine.ID, "👍")
	require.NoError(t, err)
	failed := hereTo(customer.Phone)
	world.Sim.FailNext(failed, 131026, 1)
	require.NoError(t, world.WaitTick(ctx, post("O técnico chega amanhã de manhã").Id, "failed"))
	require.NoError(t, world.Ask(ctx, world.Agent(1), http.MethodPost, "/conversations/"+c.ID+"/transfer", map[string]string{"user_id": world.User(2).ID}, http.StatusOK, nil))
	require.NoError(t, world.WaitTick(ctx, post("A Carla acompanha daqui em diante").Id, "delivered"))
	_, err = phone.Quote(mine.ID, "Sobre a visita: o portão é o azul")
	require.NoError(t, err)
	shown("o portão é o azul")
	_, err = phone.Reply("Pode ser às 14h?")
	require.NoError(t, err)
	shown("Pode ser às 14h?")
	return c
}

// asText is what a post says, with its attachments.
func asText(p *model.Post) string {
	text := p.Message
	for _, a := range p.Attachments() {
		text += "\n" + a.Title + "\n" + a.Text
	}
	return text
}

// gradient is a picture that is large enough to be looked at.
func gradient(t *testing.T) []byte {
	t.Helper()
	const width, height = 480, 300
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			picture.Set(x, y, color.RGBA{R: uint8(40 + x/4), G: uint8(90 + y/3), B: 160, A: 255})
		}
	}
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, picture))
	return file.Bytes()
}
