package outbound

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fakeHeaderFiles is Mattermost with a few files; ana reads the channel "ours" alone.
type fakeHeaderFiles struct{ fake.Files }

func (fakeHeaderFiles) PostFiles(_ context.Context, postID string) (fileIDs []string, channelID string, err error) {
	switch postID {
	case fileIDOf("post"):
		return []string{fileIDOf("image")}, "ours", nil
	case fileIDOf("elsewhere"):
		return []string{fileIDOf("image")}, "theirs", nil
	case fileIDOf("bare"):
		return nil, "ours", nil
	}
	return nil, "", domain.ErrNotFound
}
func (fakeHeaderFiles) MayRead(_ context.Context, userID, channelID string) (bool, error) {
	return userID == "ana" && channelID == "ours", nil
}
func (fakeHeaderFiles) SiteURL() string { return "https://chat.empresa.com.br" }

// fileIDOf makes an id as the server's are.
func fileIDOf(name string) string { return (name + "00000000000000000000000000")[:26] }

func newHeaderDesk() fakeHeaderFiles {
	files := fake.Files{}
	for name, f := range map[string]posting.FileInfo{
		"image": {File: posting.File{Name: "foto.jpg", Size: 10}}, "video": {File: posting.File{Name: "filme.mp4", Size: 10}},
		"document": {File: posting.File{Name: "contrato.pdf", Size: 10}}, "large": {File: posting.File{Name: "foto.png", Size: 6 << 20}},
	} {
		f.ID, f.PostID, f.ChannelID, f.CreatorID = fileIDOf(name), "post", "ours", "bruno"
		files[f.ID] = f
	}
	secret := files[fileIDOf("image")]
	secret.ID, secret.ChannelID = fileIDOf("secret"), "theirs"
	files[secret.ID] = secret
	return fakeHeaderFiles{files}
}

const imageTemplate = `{"name":"promo","language":"pt_BR","components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Oi {{1}}"}]}`

func TestAHeaderTakesAnAddressOrAFile(t *testing.T) {
	composer := TemplateComposer{Files: newHeaderDesk()}
	for given, want := range map[string]string{ // the key of what is wrong; "" = it is sent
		"https://loja.com.br/foto.jpg": "",
		fileIDOf("image"):              "",
		"https://chat.empresa.com.br/time/pl/" + fileIDOf("post"):       "",
		"https://CHAT.empresa.com.br/_redirect/pl/" + fileIDOf("post"):  "",
		"https://chat.empresa.com.br/api/v4/files/" + fileIDOf("image"): "",
		"http://loja.com.br/foto.jpg":                                   "refusal.header_link",
		"https://loja/foto.jpg":                                         "refusal.header_link",
		"https://eu:senha@loja.com.br/foto.jpg":                         "refusal.header_link",
		"https://loja.com.br/" + strings.Repeat("x", maxLink):           "refusal.header_link",
		"foto.jpg": "refusal.header_link",
		"https://chat.empresa.com.br/time/channels/x":                  "refusal.header_gone",
		"https://chat.empresa.com.br/time/pl/" + fileIDOf("elsewhere"): "refusal.header_gone",
		"https://chat.empresa.com.br/time/pl/" + fileIDOf("bare"):      "refusal.header_gone",
		"https://chat.empresa.com.br/time/pl/" + fileIDOf("nothing"):   "refusal.header_gone",
		fileIDOf("nofile"):   "refusal.header_gone",
		fileIDOf("secret"):   "refusal.header_gone",
		fileIDOf("document"): "refusal.header_image",
		fileIDOf("large"):    "post.file_large_image",
		"":                   "refusal.variable",
	} {
		composed, err := composer.Compose(context.Background(), "ana", &domain.Template{Definition: []byte(imageTemplate)}, map[string]string{"header_1": given, "body_1": "Ana"}, domain.Reading{})
		if want != "" {
			refusal, ok := domain.AsRefusal(err)
			require.True(t, ok, given)
			require.Equal(t, want, refusal.Fields["header_1"].Key, given)
			continue
		}
		require.NoError(t, err, given)
		var e posting.OutboundPayload
		require.NoError(t, json.Unmarshal(composed.Outgoing, &e))
		if e.File != nil {
			e.File.MediaID = "meta"
		}
		image := e.ToMessage(domain.Address{Phone: "1"}, "m").Template.Components[0].Parameters[0].Image
		if e.File == nil {
			require.Equal(t, &whatsapp.MediaRef{Link: given}, image)
		} else {
			require.Equal(t, &whatsapp.MediaRef{ID: "meta"}, image)
			require.Contains(t, composed.Text, "foto.jpg")
		}
	}
}

func TestADocumentByAddressHasAName(t *testing.T) {
	const template = `{"name":"nota","language":"pt_BR","components":[{"type":"HEADER","format":"DOCUMENT"},{"type":"BODY","text":"Oi {{1}}"}]}`
	composer := TemplateComposer{Files: newHeaderDesk()}
	for given, want := range map[string]whatsapp.MediaRef{ // no link: the name is asked for
		"https://loja.com.br/d/Nota%20fiscal.pdf?k=1":     {Link: "https://loja.com.br/d/Nota%20fiscal.pdf?k=1", Filename: "Nota fiscal.pdf"},
		"https://loja.com.br/d/?id=7 Nota de Ana.pdf":     {Link: "https://loja.com.br/d/?id=7", Filename: "Nota de Ana.pdf"},
		"https://loja.com.br/a.pdf  ../../Contrato.pdf  ": {Link: "https://loja.com.br/a.pdf", Filename: "_.._Contrato.pdf"},
		"https://loja.com.br/d/?id=7":                     {},
		"https://loja.com.br":                             {},
	} {
		composed, err := composer.Compose(context.Background(), "ana", &domain.Template{Definition: []byte(template)}, map[string]string{"header_1": given, "body_1": "Ana"}, domain.Reading{})
		if want.Link == "" {
			refusal, ok := domain.AsRefusal(err)
			require.True(t, ok, given)
			require.Equal(t, "refusal.header_name", refusal.Fields["header_1"].Key, given)
			continue
		}
		require.NoError(t, err, given)
		var e posting.OutboundPayload
		require.NoError(t, json.Unmarshal(composed.Outgoing, &e))
		require.Equal(t, &want, e.ToMessage(domain.Address{Phone: "1"}, "m").Template.Components[0].Parameters[0].Document, given)
	}
}

func TestACarouselTakesAFileOrAnAddressForEachCard(t *testing.T) {
	const template = `{"name":"plantas","language":"pt_BR","components":[{"type":"BODY","text":"Olá {{1}}"},
		{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Só hoje","has_expiration":true}},{"type":"CAROUSEL","cards":[
		{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Aloe *{{1}}*"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Quero"}]}]},
		{"components":[{"type":"HEADER","format":"VIDEO"}]},{"components":[{"type":"HEADER","format":"IMAGE"}]}]}]}`
	composer := TemplateComposer{Files: newHeaderDesk()}
	values := map[string]string{
		"body_1": "Ana", "limited_time_offer_1": "31/12 18:00", "card_1_header_1": fileIDOf("image"), "card_1_body_1": "R$ 9",
		"card_2_header_1": fileIDOf("image"), "card_3_header_1": "https://loja.com.br/foto.jpg",
	}
	by := domain.Reading{Now: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC).UnixMilli(), Zone: time.FixedZone("", -3*3600)}
	_, err := composer.Compose(context.Background(), "ana", &domain.Template{Definition: []byte(template)}, values, by)
	refusal, ok := domain.AsRefusal(err)
	require.True(t, ok, err)
	require.Len(t, refusal.Fields, 1)
	require.Equal(t, "refusal.header_video", refusal.Fields["card_2_header_1"].Key)

	values["card_2_header_1"] = fileIDOf("video")
	composed, err := composer.Compose(context.Background(), "ana", &domain.Template{Definition: []byte(template)}, values, by)
	require.NoError(t, err)
	require.Equal(t, "⏳ **Só hoje** `31/12/2026 18:00`\n\nOlá Ana\n\n**1.** 📎 `foto.jpg`\n\nAloe **R$ 9**\n\n`Quero`\n\n**2.** 📎 `filme.mp4`\n\n**3.** 📎 `https://loja.com.br/foto.jpg`", composed.Text)
	require.Equal(t, "2026-12-31T18:00:00-03:00", composed.Values["limited_time_offer_1"], "it is the same moment when it is composed again")
	require.Equal(t, fileIDOf("image"), composed.Values["card_1_header_1"])
	var e posting.OutboundPayload
	require.NoError(t, json.Unmarshal(composed.Outgoing, &e))
	require.Nil(t, e.File)
	require.Len(t, e.CardFiles, 2)
}

// TestEveryKnownTemplateIsSentRightOrRefused fills in real templates with their own examples and sends them to the simulated Meta, which
// is strict; what cannot be sent says why.
func TestEveryKnownTemplateIsSentRightOrRefused(t *testing.T) {
	paths, err := filepath.Glob("../../../shared/fixtures/templates/*.json")
	require.NoError(t, err)
	if len(paths) == 0 {
		t.Skip("no real templates in ../shared/fixtures/templates")
	}
	sim := cloudapi.New(cloudapi.Options{})
	t.Cleanup(sim.Close)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	app := sim.AddApp(cloudapi.App{})
	waba := sim.AddWABA(cloudapi.WABA{})
	number := sim.AddNumber(cloudapi.Number{WABAID: waba.ID, Display: "+55 11 3003-1000"})
	token := sim.AddToken(cloudapi.Token{AppID: app.ID, WABAs: []string{waba.ID}})
	client := whatsapp.NewClient(whatsapp.Options{BaseURL: server.URL})
	cred := whatsapp.Credentials{PhoneNumberID: number.ID, WABAID: waba.ID, Token: token.Value}
	composer := TemplateComposer{Files: newHeaderDesk()}
	sent, refused := 0, map[string]int{}
	for _, path := range paths {
		for _, definition := range definitionsIn(t, path) {
			var template whatsapp.Template
			require.NoError(t, json.Unmarshal(definition, &template), path)
			values := map[string]string{}
			for _, v := range template.Variables() {
				values[v.Element] = exampleFor(v)
			}
			composed, err := composer.Compose(context.Background(), "ana", &domain.Template{Name: template.Name, Definition: definition}, values, domain.Reading{Now: time.Now().UnixMilli(), After: time.Now().UnixMilli()})
			if refusal, ok := domain.AsRefusal(err); ok {
				require.Equal(t, domain.CodeTemplateNotAllowed, refusal.Code, "%s: %v", path, refusal.Fields)
				why, ok := refusal.Text.Data["Why"].(*whatsapp.NotSendable)
				require.True(t, ok)
				require.NotEmpty(t, why.Text().Key)
				refused[why.Error()]++
				continue
			}
			require.NoError(t, err, path)
			if _, err := sim.AddTemplate(waba.ID, approved(t, definition)); err != nil {
				t.Logf("%s is no template as Meta would hold it: %v", filepath.Base(path), err)
				continue
			}
			var e posting.OutboundPayload
			require.NoError(t, json.Unmarshal(composed.Outgoing, &e))
			for _, file := range e.Files() {
				file.MediaID, err = client.UploadMedia(context.Background(), cred, file.Name, file.MIME, file.Size, strings.NewReader(strings.Repeat("x", int(file.Size))))
				require.NoError(t, err)
			}
			_, err = client.Send(context.Background(), cred, e.ToMessage(domain.Address{Phone: fmt.Sprint("+55119876543", 10+sent)}, "m")) // one message a customer, at Meta's rate
			require.NoError(t, err, "%s: %s", path, composed.Outgoing)
			sent++
		}
	}
	t.Logf("%d sent, refused: %v", sent, refused)
	require.Greater(t, sent, 30)
	require.NotEmpty(t, refused)
}

// exampleFor fills a variable in as its template shows.
func exampleFor(v whatsapp.Variable) string {
	switch {
	case v.Kind.Media():
		return fileIDOf(string(v.Kind))
	case v.Kind == whatsapp.VariableMoment:
		return "in 2 days"
	case v.Example != "" && v.MaxLength > 0 && len([]rune(v.Example)) > v.MaxLength:
		return string([]rune(v.Example)[:v.MaxLength])
	case v.Example != "":
		return v.Example
	}
	return "exemplo"[:min(7, max(v.MaxLength, 1))]
}

// approved is a definition as Meta holds it after its approval.
func approved(t *testing.T, definition json.RawMessage) string {
	t.Helper()
	var raw map[string]any
	require.NoError(t, json.Unmarshal(definition, &raw))
	raw["status"] = "APPROVED"
	out, err := json.Marshal(raw)
	require.NoError(t, err)
	return string(out)
}

// definitionsIn are the templates of a file: a list of Meta's, one, or bare components.
func definitionsIn(t *testing.T, path string) []json.RawMessage {
	t.Helper()
	body, err := os.ReadFile(path)
	require.NoError(t, err)
	if body = []byte(strings.TrimSpace(string(body))); body[0] == '[' {
		return []json.RawMessage{slices.Concat([]byte(`{"name":"x","language":"en","components":`), body, []byte("}"))}
	}
	var list struct {
		Data []json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &list) == nil && strings.Contains(string(body), `"data": [`) {
		return list.Data
	}
	return []json.RawMessage{body}
}
