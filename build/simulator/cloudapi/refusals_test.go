package cloudapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// template returns the body that sends a template with these components.
func template(name, components string) string {
	return fmt.Sprintf(`{"messaging_product":"whatsapp","to":"+5511987654321","type":"template","template":{"name":%q,"language":{"code":"pt_BR"},"components":[%s]}}`, name, components)
}

func body(texts ...string) string {
	var list []string
	for _, text := range texts {
		list = append(list, fmt.Sprintf(`{"type":"text","text":%q}`, text))
	}
	return `{"type":"body","parameters":[` + strings.Join(list, ",") + `]}`
}

func carousel(cards ...string) string {
	return `{"type":"carousel","cards":[` + strings.Join(cards, ",") + `]}`
}

// card is a card with an image; components may follow it.
func card(index int, components string) string {
	if components != "" {
		components = "," + components
	}
	return fmt.Sprintf(`{"card_index":%d,"components":[{"type":"header","parameters":[{"type":"image","image":{"link":"https://example.com/a.png"}}]}%s]}`, index, components)
}

func offerEnd(ms string) string {
	return `{"type":"limited_time_offer","parameters":[{"type":"limited_time_offer","limited_time_offer":{"expiration_time_ms":` + ms + `}}]}`
}

const couponButton = `{"type":"button","sub_type":"copy_code","index":"0","parameters":[{"type":"coupon_code","coupon_code":"A1"}]}`

const richTemplates = `[
	{"name":"nomeado","language":"pt_BR","category":"UTILITY","parameter_format":"NAMED","components":[{"type":"BODY","text":"Olá {{nome}}, tudo bem?"}]},
	{"name":"imagem","language":"pt_BR","category":"UTILITY","components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Veja."}]},
	{"name":"titulo","language":"pt_BR","category":"UTILITY","components":[{"type":"HEADER","format":"TEXT","text":"Pedido {{1}}"},{"type":"BODY","text":"Veja."}]},
	{"name":"link","language":"pt_BR","category":"UTILITY","components":[{"type":"BODY","text":"Veja."},{"type":"BUTTONS","buttons":[{"type":"URL","text":"Abrir","url":"https://example.com/p/{{1}}"},{"type":"QUICK_REPLY","text":"Sair"}]}]},
	{"name":"codigo","language":"pt_BR","category":"AUTHENTICATION","components":[{"type":"BODY","add_security_recommendation":true},{"type":"FOOTER","code_expiration_minutes":10},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE","text":"Copiar"}]}]},
	{"name":"carrossel","language":"pt_BR","category":"MARKETING","components":[{"type":"BODY","text":"Veja."},{"type":"CAROUSEL","cards":[
		{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"A"}]},{"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Por {{1}}"}]}]}]},
	{"name":"oferta","language":"pt_BR","category":"MARKETING","components":[{"type":"BODY","text":"Veja."},{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Hoje","has_expiration":true}},
		{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":"A1"}]}]},
	{"name":"pausado","language":"pt_BR","category":"UTILITY","status":"PAUSED","components":[{"type":"BODY","text":"Oi."}]},
	{"name":"desligado","language":"pt_BR","category":"UTILITY","status":"DISABLED","components":[{"type":"BODY","text":"Oi."}]},
	{"name":"pendente","language":"pt_BR","category":"UTILITY","status":"PENDING","components":[{"type":"BODY","text":"Oi."}]}]`

func TestRefusedSends(t *testing.T) {
	w := newWorld(t, func(s *cloudapi.Settings) { s.PairRate, s.Throughput = false, 0 })
	_, err := w.sim.AddTemplates(w.number.WABAID, richTemplates)
	require.NoError(t, err)
	_, err = w.sim.Phone(dialled).Reply("oi")
	require.NoError(t, err)
	text := textTo(dialled, "oi")
	replace := func(old, next string) string { return strings.Replace(text, old, next, 1) }
	interactive := func(kind, action string) string {
		return fmt.Sprintf(`{"messaging_product":"whatsapp","to":"+5511987654321","type":"interactive","interactive":{"type":%q,"body":{"text":"oi"},"action":%s}}`, kind, action)
	}
	cases := map[string]struct {
		body    string
		code    int
		status  int
		details string
	}{
		"not JSON":                  {`{"messaging_product"`, 100, 400, ""},
		"JSON and more":             {text + "x", 100, 400, ""},
		"no product":                {replace(`"messaging_product":"whatsapp",`, ""), 100, 400, ""},
		"text is no object":         {replace(`{"body":"oi"}`, `"oi"`), 100, 400, ""},
		"body is no string":         {replace(`"oi"`, `["oi"]`), 100, 400, ""},
		"empty body":                {textTo(dialled, ""), 100, 400, ""},
		"body over 4096":            {textTo(dialled, strings.Repeat("é", 4097)), 100, 400, ""},
		"unknown type":              {replace(`"type":"text"`, `"type":"fax"`), 100, 400, ""},
		"recipient type":            {replace(`{"messaging`, `{"recipient_type":"business_scoped_user_id","messaging`), 100, 400, ""},
		"no to":                     {textTo("", "oi"), 100, 400, ""},
		"to with 00":                {textTo("005511987654321", "oi"), 100, 400, "Parameter 'to'"},
		"to with letters":           {textTo("+55 onze", "oi"), 100, 400, "Parameter 'to'"},
		"to the sender":             {textTo("+551155550100", "oi"), 131021, 400, ""},
		"callback data over 512":    {replace(`{"messaging`, `{"biz_opaque_callback_data":"`+strings.Repeat("x", 513)+`","messaging`), 100, 400, ""},
		"caption over 1024":         {`{"messaging_product":"whatsapp","to":"+5511987654321","type":"image","image":{"link":"https://example.com/a.jpg","caption":"` + strings.Repeat("x", 1025) + `"}}`, 100, 400, ""},
		"neither id nor link":       {`{"messaging_product":"whatsapp","to":"+5511987654321","type":"image","image":{}}`, 100, 400, ""},
		"unknown media":             {`{"messaging_product":"whatsapp","to":"+5511987654321","type":"image","image":{"id":"123"}}`, 131053, 400, "123"},
		"reaction to nothing":       {`{"messaging_product":"whatsapp","to":"+5511987654321","type":"reaction","reaction":{"message_id":"wamid.x","emoji":"👍"}}`, 131009, 400, ""},
		"contact without a name":    {`{"messaging_product":"whatsapp","to":"+5511987654321","type":"contacts","contacts":[{}]}`, 100, 400, ""},
		"location without a place":  {`{"messaging_product":"whatsapp","to":"+5511987654321","type":"location","location":{"latitude":"a","longitude":"1"}}`, 100, 400, ""},
		"four buttons":              {interactive("button", `{"buttons":[`+strings.Repeat(`{"type":"reply","reply":{"id":"1","title":"a"}},`, 3)+`{"type":"reply","reply":{"id":"4","title":"d"}}]}`), 131009, 400, "Max allowed buttons: 3"},
		"long button":               {interactive("button", `{"buttons":[{"type":"reply","reply":{"id":"1","title":"`+strings.Repeat("a", 21)+`"}}]}`), 131009, 400, "Button title"},
		"list without rows":         {interactive("list", `{"button":"ver","sections":[{"rows":[]}]}`), 131009, 400, "row count"},
		"template unknown":          {template("nada", ""), 132001, 404, "template name (nada) does not exist in pt_BR"},
		"template language":         {strings.Replace(template("pedido", body("a", "b")), "pt_BR", "pt_PT", 1), 132001, 404, "does not exist in pt_PT"},
		"template pending":          {template("pendente", ""), 132001, 404, ""},
		"template paused":           {template("pausado", ""), 132015, 400, ""},
		"template disabled":         {template("desligado", ""), 132016, 400, ""},
		"too few parameters":        {template("pedido", body("a")), 132000, 400, "body: number of localizable_params (1) does not match the expected number of params (2)"},
		"no parameters":             {template("pedido", ""), 132000, 400, "(0)"},
		"parameters for no header":  {template("pedido", body("a", "b")+`,{"type":"header","parameters":[{"type":"text","text":"x"}]}`), 132000, 400, "header"},
		"positional for named":      {template("nomeado", body("Ana")), 132012, 400, "Parameter name is missing or empty"},
		"wrong name":                {template("nomeado", `{"type":"body","parameters":[{"type":"text","parameter_name":"name","text":"Ana"}]}`), 132012, 400, "nome is missing"},
		"named for positional":      {template("titulo", `{"type":"header","parameters":[{"type":"text","parameter_name":"x","text":"1"}]}`), 132012, 400, ""},
		"one card too few":          {template("carrossel", carousel(card(0, ""))), 132012, 400, "does not match the expected number of cards (2)"},
		"cards in disorder":         {template("carrossel", carousel(card(1, ""), card(0, body("9")))), 132012, 400, "card_index"},
		"card without its image":    {template("carrossel", carousel(`{"card_index":0,"components":[]}`, card(1, body("9")))), 132012, 400, "expected IMAGE"},
		"card without its value":    {template("carrossel", carousel(card(0, ""), card(1, ""))), 132000, 400, "body"},
		"card too long":             {template("carrossel", carousel(card(0, ""), card(1, body(strings.Repeat("x", 160))))), 132005, 400, "160"},
		"offer without its end":     {template("oferta", couponButton), 131008, 400, "limited_time_offer"},
		"offer that has ended":      {template("oferta", offerEnd("1600000000000")+","+couponButton), 131009, 400, "in the past"},
		"offer's end is no number":  {template("oferta", offerEnd(`"amanhã"`)+","+couponButton), 131008, 400, "expiration_time_ms"},
		"offer without its code":    {template("oferta", offerEnd("4102444800000")), 131008, 400, "CopyCode"},
		"offer where there is none": {template("carrossel", carousel(card(0, ""), card(1, body("9")))+","+offerEnd("4102444800000")), 132018, 400, "no limited-time offer"},
		"header image missing":      {template("imagem", ""), 132012, 400, "expected IMAGE, received UNKNOWN"},
		"header of another format":  {template("imagem", `{"type":"header","parameters":[{"type":"text","text":"x"}]}`), 132012, 400, "expected IMAGE, received TEXT"},
		"empty parameter":           {template("pedido", body("", "b")), 131008, 400, "missing text value"},
		"new line in a parameter":   {template("pedido", body("a\nb", "c")), 132018, 400, "new-line/tab"},
		"tab in a parameter":        {template("pedido", body("a\tb", "c")), 132018, 400, "new-line/tab"},
		"five spaces":               {template("pedido", body("a     b", "c")), 132018, 400, "4 consecutive spaces"},
		"text too long":             {template("pedido", body(strings.Repeat("a", 1024), "c")), 132005, 400, ""},
		"header too long":           {template("titulo", `{"type":"header","parameters":[{"type":"text","text":"`+strings.Repeat("1", 60)+`"}]}`), 132005, 400, ""},
		"url button without value":  {template("link", ""), 131008, 400, "Button at index 0 of type Url requires a parameter"},
		"button index":              {template("link", `{"type":"button","sub_type":"url","index":"2","parameters":[{"type":"text","text":"1"}]}`), 132018, 400, ""},
		"button of another type":    {template("link", `{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"1"}]},{"type":"button","sub_type":"url","index":"1","parameters":[{"type":"text","text":"1"}]}`), 132018, 400, ""},
		"code to a BSUID":           {strings.Replace(template("codigo", body("123")+`,{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"123"}]}`), `"to":"+5511987654321"`, `"recipient":"`+w.sim.Phone(dialled).Customer().BSUID+`"`, 1), 131062, 400, ""},
		"unknown BSUID":             {strings.Replace(text, `"to":"+5511987654321"`, `"recipient":"BR.1"`, 1), 131009, 400, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before := len(w.sim.Sends())
			a := w.send(c.body)
			require.Equal(t, c.code, a.code(), string(a.raw))
			require.Equal(t, c.status, a.status)
			require.Contains(t, a.details(), c.details)
			require.NotEmpty(t, a.errorField("fbtrace_id"))
			require.Equal(t, a.errorField("fbtrace_id"), a.header.Get("x-fb-request-id"))
			require.Len(t, w.sim.Sends(), before, "nothing was recorded")
			last := w.sim.Requests()[len(w.sim.Requests())-1]
			require.Equal(t, cloudapi.OutcomeRefused, last.Outcome)
			require.Equal(t, c.code, last.ErrorCode)
		})
	}
	accepted := map[string]struct{ body, text, shown string }{
		"named":         {template("nomeado", `{"type":"body","parameters":[{"type":"text","parameter_name":"nome","text":"Ana"}]}`), "Olá Ana, tudo bem?", ""},
		"url button":    {template("link", `{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"a$1b"}]}`), "Veja.", "https://example.com/p/a$1b"},
		"authenticated": {template("codigo", body("123")+`,{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"123"}]}`), "*123* é seu código de verificação.", ""},
		"four spaces":   {template("pedido", body("a    b", "{{1}}")), "Olá a    b, o pedido {{1}} saiu.", ""},
		"4096":          {textTo(dialled, strings.Repeat("é", 4096)), strings.Repeat("é", 4096), ""},
	}
	for name, c := range accepted {
		t.Run(name, func(t *testing.T) {
			a := w.send(c.body)
			require.Equal(t, http.StatusOK, a.status, string(a.raw))
			m, ok := w.sim.Message(a.wamid())
			require.True(t, ok)
			require.Equal(t, c.text, m.Text)
			if c.shown != "" {
				require.Equal(t, c.shown, m.Buttons[0].URL)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t, nil)
	ask := func(token string) answer {
		a, err := w.call("GET", "/v25.0/"+w.number.ID, token, nil)
		require.NoError(t, err)
		return a
	}
	require.Equal(t, http.StatusOK, ask(w.number.Token).status)
	require.Equal(t, 190, ask("").code())
	require.Equal(t, http.StatusUnauthorized, ask("").status)
	other := w.sim.AddNumber(cloudapi.Number{})
	stranger := ask(other.Token)
	require.Equal(t, []any{100, 400, float64(33)}, []any{stranger.code(), stranger.status, stranger.errorField("error_subcode")}, "another business's token")
	narrow := w.sim.AddToken(cloudapi.Token{WABAs: []string{w.number.WABAID}, Scopes: []string{cloudapi.ScopeMessaging}})
	require.Equal(t, []int{200, 403}, []int{ask(narrow.Value).code(), ask(narrow.Value).status})
	manager := w.sim.AddToken(cloudapi.Token{WABAs: []string{w.number.WABAID}, Scopes: []string{cloudapi.ScopeManagement}})
	a, err := w.call("POST", "/v25.0/"+w.number.ID+"/messages", manager.Value, []byte(templateSend))
	require.NoError(t, err)
	require.Equal(t, []int{10, 403}, []int{a.code(), a.status})
	w.sim.ExpireToken(manager.Value)
	require.Equal(t, float64(463), ask(manager.Value).errorField("error_subcode"))
	w.sim.RevokeToken(w.number.Token)
	require.Equal(t, []int{190, 401}, []int{ask(w.number.Token).code(), ask(w.number.Token).status})
	for _, r := range w.sim.Requests() {
		require.NotContains(t, r.Query+r.Body+r.Path, w.number.Token)
	}
}

func TestVersions(t *testing.T) {
	w := newWorld(t, nil)
	cases := map[string]struct {
		path, version string
		warned        bool
		code          int
	}{
		"pinned":   {"/v24.0/", "v24.0", false, 0},
		"none":     {"/", "v26.0", false, 0},
		"expired":  {"/v19.0/", "v21.0", true, 0},
		"unknown":  {"/v99.0/", "v26.0", false, 2500},
		"nonsense": {"/v25/", "v26.0", false, 100},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a, err := w.call("GET", c.path+w.number.ID, w.number.Token, nil)
			require.NoError(t, err)
			require.Equal(t, c.code, a.code())
			require.Equal(t, c.version, a.header.Get("facebook-api-version"))
			require.Equal(t, c.warned, a.header.Get("x-ad-api-version-warning") != "")
		})
	}
}

func TestRates(t *testing.T) {
	start := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	settings := cloudapi.DefaultSettings()
	w := newWorld(t, nil)
	sim := cloudapi.New(cloudapi.Options{Clock: func() time.Time { return start }, Settings: &settings})
	t.Cleanup(sim.Close)
	w.sim = sim
	w.url = serve(t, sim)
	w.number = sim.AddNumber(cloudapi.Number{})
	_, err := sim.Phone(dialled).Reply("oi")
	require.NoError(t, err)
	for range 45 {
		require.Equal(t, http.StatusOK, w.send(textTo(dialled, "oi")).status)
	}
	require.Equal(t, 131056, w.send(textTo(dialled, "oi")).code(), "45 at once, not 46")
	sim.Advance(6 * time.Second)
	require.Equal(t, http.StatusOK, w.send(textTo(dialled, "oi")).status)
	require.Equal(t, 131056, w.send(textTo(dialled, "oi")).code(), "then one in 6 s")

	sim.Configure(func(s *cloudapi.Settings) { s.PairRate, s.Throughput = false, 20 })
	sim.Advance(time.Minute)
	for range 20 {
		require.Equal(t, http.StatusOK, w.send(textTo(dialled, "oi")).status)
	}
	a := w.send(textTo(dialled, "oi"))
	require.Equal(t, 130429, a.code())
	sim.Advance(50 * time.Millisecond)
	require.Equal(t, http.StatusOK, w.send(textTo(dialled, "oi")).status)
}

func TestSandboxAndQueuedRefusals(t *testing.T) {
	w := newWorld(t, nil)
	w.sim.ConfigureNumber(w.number.ID, func(n *cloudapi.Number) { n.Sandbox, n.Allowed = true, []string{"+55 11 98765-4321"} })
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
	require.Equal(t, 131030, w.send(strings.ReplaceAll(templateSend, dialled, "+5511911112222")).code())

	w.sim.FailNext(cloudapi.Match{To: dialled, Template: "pedido"}, 131016, 2)
	w.sim.FailNext(cloudapi.Match{Type: "text"}, 1, 1)
	require.Equal(t, []int{131016, 500}, []int{w.send(templateSend).code(), w.send(templateSend).status})
	require.Equal(t, http.StatusOK, w.send(templateSend).status)
	require.Len(t, w.sim.Sends(), 2)
}
