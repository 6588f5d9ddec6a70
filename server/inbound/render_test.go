package inbound

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown/markdowntest"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// read makes a message of JSON as Meta sends it.
func read(t testing.TB, data string) *whatsapp.Message {
	t.Helper()
	m, err := whatsapp.Item{Kind: whatsapp.KindMessage, Data: []byte(data)}.Message()
	require.NoError(t, err)
	return m
}

func TestInbound(t *testing.T) {
	for name, test := range map[string]struct {
		message string
		want    Content
	}{
		"text":             {`{"type":"text","text":{"body":"*oi* @all"}}`, Content{Detail: "**oi** @\u2060all"}},
		"empty text":       {`{"type":"text","text":{"body":" \n"}}`, Content{Label: "empty"}},
		"button":           {`{"type":"button","button":{"text":"Sim, quero","payload":"x"}}`, Content{Detail: "Sim, quero"}},
		"list":             {`{"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"1","title":"Expresso","description":"1 a 2 dias"}}}`, Content{Detail: "Expresso\n\n1 a 2 dias"}},
		"picture":          {`{"type":"image","image":{"id":"1","caption":"a ~loja~"}}`, Content{Label: "image", Detail: "a ~~loja~~"}},
		"voice":            {`{"type":"audio","audio":{"id":"1","voice":true}}`, Content{Label: "voice"}},
		"audio":            {`{"type":"audio","audio":{"id":"1"}}`, Content{Label: "audio"}},
		"document":         {`{"type":"document","document":{"id":"1","filename":"a` + "`" + `b.pdf","caption":"veja"}}`, Content{Label: "document", Detail: "`a b.pdf`\n\nveja"}},
		"a program":        {`{"type":"document","document":{"id":"1","filename":"nota.pdf.EXE","mime_type":"application/pdf"}}`, Content{Label: "document", Detail: "`nota.pdf.EXE`", Marks: []Mark{{Key: "dangerous", Data: map[string]any{"Type": markdown.Verbatim(".exe")}}}}},
		"lost picture":     {`{"type":"image","image":{"id":"1"},"errors":[{"code":131052}]}`, Content{Label: "image", Data: map[string]any{"Lost": true, "Code": 131052}}},
		"no picture":       {`{"type":"image","image":{}}`, Content{Label: "image", Data: map[string]any{"Lost": true}}},
		"place":            {`{"type":"location","location":{"latitude":-23.5,"longitude":-46.6,"name":"Loja"}}`, Content{Label: "location", Cards: []Card{{Text: "**Loja**", Map: "https://www.google.com/maps?q=-23.500000,-46.600000"}}}},
		"place of no name": {`{"type":"location","location":{"latitude":-23.5,"longitude":-46.6}}`, Content{Label: "location", Cards: []Card{{Text: "-23.500000,-46.600000", Map: "https://www.google.com/maps?q=-23.500000,-46.600000"}}}},
		"contact":          {`{"type":"contacts","contacts":[{"name":{"formatted_name":"Ana\nLima"},"phones":[{"wa_id":"5511987654321"},{"phone":"ramal 12"}],"emails":[{"email":"a@b.com"}]}]}`, Content{Label: "contacts", Cards: []Card{{Text: "**Ana Lima**\n`+55 11 98765-4321`\n`ramal 12`\n`a@b.com`"}}}},
		"empty contact":    {`{"type":"contacts","contacts":[{}]}`, Content{Label: "contacts", Cards: []Card{{Text: "?"}}}},
		"order": {
			`{"type":"order","order":{"catalog_id":"c","text":"rápido!","product_items":[{"product_retailer_id":"sku","quantity":3,"item_price":0.1,"currency":"BRL"},{"product_retailer_id":"x","quantity":1,"item_price":2,"currency":"usd"}]}}`,
			Content{Label: "order", Detail: "- 3 × `sku`: 0.10 BRL\n- 1 × `x`: 2.00 `usd`", Data: map[string]any{"Total": domain.Markdown("0.30 BRL + 2.00 `usd`"), "Text": domain.Markdown("rápido!"), "More": 0}},
		},
		"form":             {`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{\"flow_token\":\"t\",\"screen_0_Nome_0\":\"Ana\",\"screen_1_Nota_1\":\"0_Muito_bom\",\"lista\":[\"a\",2],\"ok\":true,\"n\":null}"}}}`, Content{Label: "flow", Detail: "- **lista**: a, 2\n- **n**: –\n- **ok**: true\n- **Nome**: Ana\n- **Nota**: Muito bom"}},
		"broken form":      {`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"body":"Sent","response_json":"{"}}}`, Content{Label: "flow", Detail: "Sent\n\n`{`"}},
		"reaction":         {`{"type":"reaction","reaction":{"message_id":"m","emoji":"👍"}}`, Content{Label: "reaction", Detail: "👍"}},
		"reaction removed": {`{"type":"reaction","reaction":{"message_id":"m"}}`, Content{Label: "reaction_removed"}},
		"edit":             {`{"type":"edit","edit":{"original_message_id":"m","message":{"type":"text","text":{"body":"agora sim"}}}}`, Content{Label: "edit", Detail: "agora sim"}},
		"edited caption":   {`{"type":"edit","edit":{"original_message_id":"m","message":{"type":"image","image":{"id":"1","caption":"nova"}}}}`, Content{Label: "edit", Detail: "nova"}},
		"revoke":           {`{"type":"revoke","revoke":{"original_message_id":"m"}}`, Content{Label: "revoke"}},
		"welcome":          {`{"type":"request_welcome"}`, Content{Label: "request_welcome"}},
		"unsupported":      {`{"type":"unsupported","unsupported":{"type":"poll"}}`, Content{Label: "unsupported", Detail: "`poll`"}},
		"nameless":         {`{"type":"unsupported"}`, Content{Label: "unsupported"}},
		"of the future":    {`{"type":"hologram","hologram":{"x":1}}`, Content{Label: "unsupported", Detail: "`hologram`"}},
		"forwarded":        {`{"type":"text","text":{"body":"oi"},"context":{"frequently_forwarded":true}}`, Content{Detail: "oi", Marks: []Mark{{Key: "forwarded_often"}}}},
		"from an advertisement": {
			`{"type":"text","text":{"body":"oi"},"referral":{"source_url":"https://fb.me/x","source_type":"ad","headline":"@all\n# grátis"}}`,
			Content{Detail: "oi", Marks: []Mark{{Key: "referral", Data: map[string]any{"Post": false, "Headline": domain.Markdown("@\u2060all # grátis"), "Body": domain.Markdown(""), "Link": markdown.Verbatim("https://fb.me/x")}}}},
		},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, ContentOf(read(t, test.message))) })
	}
}

func TestFilename(t *testing.T) {
	const at = int64(1_794_744_000_000)
	for _, test := range [][4]string{
		{"document", "application/pdf", "nota fiscal.pdf", "nota fiscal.pdf"},
		{"document", "application/pdf", "../../etc/passwd", "_.._etc_passwd.pdf"},
		{"document", "application/pdf", "C:\\x\\a\u202efdp.exe", "C__x_afdp.exe"},
		{"document", "application/pdf", "", "document-20261115-120000.pdf"},
		{"document", "application/x-unknown", "dados", "dados.bin"},
		{"document", "", "...", "document-20261115-120000.bin"},
		{"document", "text/plain", ".htaccess", "htaccess.txt"},
		{"document", "text/plain", "a\x00b\nc\u200b.TXT", "ab c.txt"},
		{"image", "image/jpeg", "", "image-20261115-120000.jpg"},
		{"image", "image/jpeg", "virus.exe", "virus.jpg"},
		{"audio", "audio/ogg; codecs=opus", "", "audio-20261115-120000.ogg"},
		{"sticker", "image/webp", "x.webp", "x.webp"},
		{"document", "application/pdf", strings.Repeat("é", 300) + ".pdf", strings.Repeat("é", 96) + ".pdf"},
		{"document", "application/pdf", "a" + strings.Repeat("\u0301", 10_000) + ".pdf", "a\u0301\u0301\u0301.pdf"},
	} {
		require.Equal(t, test[3], posting.Filename(test[0], test[1], test[2], at), "%q", test[2])
	}
}

func TestDangerous(t *testing.T) {
	for _, name := range []string{"a.html", "a.SVG", "nota.pdf.exe", "a.lnk", "a.exe. ", "planilha.xlsm", "x.ps1", "a.iso", "a.url"} {
		require.NotEmpty(t, posting.DangerousExtension(name), name)
	}
	for _, name := range []string{"a.pdf", "a.jpg", "exe", "a.exe.pdf", "a.docx", "a.zip", "", "a.bin", "a.was"} {
		require.Empty(t, posting.DangerousExtension(name), name)
	}
}

func TestLinkFilename(t *testing.T) {
	for link, want := range map[string]string{
		"https://a.com/d/Nota%20fiscal%20n%C2%BA%201.pdf?x=1#y": "Nota fiscal nº 1.pdf",
		"https://a.com/d/..%2F..%2Fetc%2Fpasswd":                "_.._etc_passwd",
		"https://a.com/a%E2%80%AEfdp.exe":                       "afdp.exe",
		"https://a.com/%FF%00a.pdf":                             "a.pdf",
		"https://a.com/d/":                                      "",
		"https://a.com":                                         "",
		"https://a.com/%20":                                     "",
		"https://a.com/" + strings.Repeat("x", 300) + ".pdf":    strings.Repeat("x", 96) + ".pdf",
	} {
		require.Equal(t, want, posting.LinkFilename(link), link)
	}
}

// hostile is a text that tries everything.
const hostile = "@all @channel @here @ana ~town-square ![x](https://evil.example/a.png) [y](/logout) <https://evil.example/b> https://evil.example/c.png \u202egnp \x00\x1b[31m"

// TestNothingFiresFromAnyKind puts a hostile text everywhere a customer can put one.
func TestNothingFiresFromAnyKind(t *testing.T) {
	text := fmt.Sprintf("%q", strings.NewReplacer("\x00", "", "\x1b", "").Replace(hostile))
	for _, message := range []string{
		`{"type":"text","text":{"body":%s}}`, `{"type":"button","button":{"text":%s}}`,
		`{"type":"interactive","interactive":{"type":"list_reply","list_reply":{"title":%s,"description":%[1]s}}}`,
		`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"body":%s,"response_json":{%[1]s:%[1]s,"list":[%[1]s],"deep":{"x":%[1]s}}}}}`,
		`{"type":"interactive","interactive":{"type":%s}}`, `{"type":"interactive","interactive":{"type":"call_permission_reply","call_permission_reply":{"response":%s}}}`,
		`{"type":"image","image":{"id":"1","caption":%s}}`, `{"type":"document","document":{"id":"1","filename":%s,"caption":%[1]s}}`,
		`{"type":"location","location":{"name":%s,"address":%[1]s,"url":%[1]s}}`,
		`{"type":"contacts","contacts":[{"name":{"formatted_name":%s},"org":{"company":%[1]s},"phones":[{"phone":%[1]s}],"emails":[{"email":%[1]s}],"urls":[{"url":%[1]s}]}]}`,
		`{"type":"order","order":{"text":%s,"product_items":[{"product_retailer_id":%[1]s,"currency":%[1]s,"quantity":1e300,"item_price":1e300}]}}`,
		`{"type":"reaction","reaction":{"message_id":"m","emoji":%s}}`, `{"type":"edit","edit":{"original_message_id":"m","message":{"type":"text","text":{"body":%s}}}}`,
		`{"type":"unsupported","unsupported":{"type":%s}}`, `{"type":%s}`,
		`{"type":"text","text":{"body":"oi"},"context":{"referred_product":{"catalog_id":%s,"product_retailer_id":%[1]s}},"referral":{"source_url":%[1]s,"headline":%[1]s,"body":%[1]s}}`,
	} {
		harmless(t, ContentOf(read(t, fmt.Sprintf(message, text))), message)
	}
}

// harmless fails where something in a message could fire.
func harmless(t testing.TB, s Content, message string) {
	t.Helper()
	texts := []string{s.Detail}
	for _, card := range s.Cards {
		texts = append(texts, card.Text)
	}
	for _, data := range append([]map[string]any{s.Data}, dataOf(s.Marks)...) {
		for _, value := range data {
			if text, ok := value.(interface{ Markdown() string }); ok { // any other is escaped where the sentence is written
				texts = append(texts, text.Markdown())
			}
		}
	}
	for _, text := range texts {
		bare := markdowntest.CodeSpan.ReplaceAllString(text, "$2 ")
		require.NotRegexp(t, markdowntest.Mention, bare, message)
		require.NotRegexp(t, markdowntest.Image, bare, message)
		require.False(t, strings.ContainsFunc(text, func(r rune) bool { return markdown.IsDirection(r) || unicode.IsControl(r) && r != '\n' && r != '\t' }), message)
		require.NotRegexp(t, markdown.Links, bare, message)
	}
}

func dataOf(marks []Mark) []map[string]any {
	var all []map[string]any
	for _, mark := range marks {
		all = append(all, mark.Data)
	}
	return all
}

// TestALabelStandsWhereThereIsNothingToSee: a file that hangs on its post says what it is itself.
func TestALabelStandsWhereThereIsNothingToSee(t *testing.T) {
	speaker := posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}
	for name, test := range map[string]struct {
		message, text, without string // without the file
	}{
		"a picture":           {`{"type":"image","image":{"id":"1"}}`, "", "inbound.image"},
		"a caption":           {`{"type":"image","image":{"id":"1","caption":"a ~loja~"}}`, "a ~~loja~~", "inbound.image"},
		"a forwarded one":     {`{"type":"audio","audio":{"id":"1","voice":true},"context":{"forwarded":true}}`, "mark.forwarded", "mark.forwarded\n\ninbound.voice"},
		"one that Meta lost":  {`{"type":"image","image":{"id":"1"},"errors":[{"code":131052}]}`, "inbound.image", "inbound.image"},
		"a place has its box": {`{"type":"location","location":{"name":"Loja"}}`, "inbound.location", "inbound.location"},
	} {
		t.Run(name, func(t *testing.T) {
			m := read(t, test.message)
			require.Equal(t, test.text, postText(speaker, m, true))
			require.Equal(t, test.without, postText(speaker, m, false))
		})
	}
}

func TestCardsStandInBoxes(t *testing.T) {
	h := &Handler{Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }}}
	post := h.withCards(posting.Post{Props: map[string]any{}}, read(t, `{"type":"location","location":{"latitude":-23.5,"longitude":-46.6,"name":"Loja","address":"Rua A, 2"}}`))
	text := "**Loja**\n\nRua A, 2\n\n[inbound.map](https://www.google.com/maps?q=-23.500000,-46.600000)"
	require.Equal(t, []any{map[string]any{"text": text, "fallback": text}}, post.Props["attachments"])
	post = h.withCards(posting.Post{Props: map[string]any{}}, read(t, `{"type":"contacts","contacts":[{"name":{"formatted_name":"Ana"}},{"name":{"formatted_name":"Bia"}}]}`))
	require.Len(t, post.Props["attachments"], 2)
}
