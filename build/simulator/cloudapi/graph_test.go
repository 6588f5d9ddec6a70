package cloudapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

func TestTemplatePages(t *testing.T) {
	w := newWorld(t, nil)
	for i := range 6 {
		_, err := w.sim.AddTemplate(w.number.WABAID, fmt.Sprintf(`{"name":"t%d","language":"pt_BR","category":"MARKETING","status":"PENDING","components":[{"type":"BODY","text":"Oi."}]}`, i))
		require.NoError(t, err)
	}
	names := func(a answer) string {
		var out []string
		for _, item := range a.body["data"].([]any) {
			out = append(out, item.(map[string]any)["name"].(string))
		}
		return strings.Join(out, " ")
	}
	paging := func(a answer, key string) string {
		p, _ := a.body["paging"].(map[string]any)
		if c, ok := p["cursors"].(map[string]any); ok && p[key] == nil {
			p = c
		}
		text, _ := p[key].(string)
		return text
	}
	path := w.number.WABAID + "/message_templates"
	all := w.graph("GET", path, "")
	require.Equal(t, "pedido t0 t1 t2 t3 t4 t5", names(all))
	require.Empty(t, paging(all, "next"), "nothing follows")

	first := w.graph("GET", path+"?limit=3", "")
	require.Equal(t, "pedido t0 t1", names(first))
	require.Contains(t, paging(first, "next"), "after="+paging(first, "after"))
	require.NotContains(t, paging(first, "next"), w.number.Token)
	second := w.graph("GET", path+"?limit=3&after="+paging(first, "after"), "")
	require.Equal(t, "t2 t3 t4", names(second))
	last := w.graph("GET", path+"?limit=3&after="+paging(second, "after"), "")
	require.Equal(t, "t5", names(last))
	require.Empty(t, paging(last, "next"))
	require.Equal(t, "t2 t3 t4", names(w.graph("GET", path+"?limit=3&before="+paging(last, "before"), "")))
	beyond := w.graph("GET", path+"?after="+paging(last, "after"), "")
	require.NotContains(t, beyond.body, "paging")

	require.Equal(t, "pedido", names(w.graph("GET", path+"?status=APPROVED", "")))
	require.Equal(t, "t3", names(w.graph("GET", path+"?name=t3", "")))
	only := w.graph("GET", path+"?fields=name,status&limit=1", "").body["data"].([]any)[0].(map[string]any)
	require.Equal(t, []string{".id", ".name", ".status"}, keysOf(only))
	require.Equal(t, 100, w.graph("GET", path+"?fields=nonsense", "").code())
	require.Equal(t, 100, w.graph("GET", path+"?after=%25", "").code())

	exact := `{"name":"novo","language":"pt_BR","category":"utility","components":[{"type":"BODY","text":"Oi."}]}`
	created := w.graph("POST", path, exact)
	require.Equal(t, []any{"PENDING", "UTILITY"}, []any{created.body["status"], created.body["category"]})
	require.Equal(t, float64(2388024), w.graph("POST", path, exact).errorField("error_subcode"))
	require.NoError(t, w.sim.SetTemplateStatus(w.number.WABAID, "novo", "pt_BR", "APPROVED", ""))
	require.Equal(t, http.StatusOK, w.send(template("novo", "")).status)
	require.Equal(t, "novo", w.graph("GET", created.body["id"].(string), "").body["name"])
	require.Equal(t, map[string]any{"success": true}, w.graph("POST", created.body["id"].(string), `{"components":[{"type":"BODY","text":"Olá."}]}`).body)
	require.Equal(t, 132001, w.send(template("novo", "")).code(), "an edited template is reviewed again")
	require.Equal(t, http.StatusOK, w.graph("DELETE", path+"?name=novo", "").status)
	require.Equal(t, 100, w.graph("GET", created.body["id"].(string), "").code())
}

func TestAccountWebhooks(t *testing.T) {
	w := newWorld(t, nil)
	require.NoError(t, w.sim.SetTemplateStatus(w.number.WABAID, "pedido", "pt_BR", "REJECTED", "SCAM"))
	require.NoError(t, w.sim.SetTemplateCategory(w.number.WABAID, "pedido", "pt_BR", "MARKETING"))
	require.NoError(t, w.sim.SendNumberQuality(w.number.ID, "FLAGGED", "TIER_2K"))
	require.NoError(t, w.sim.SendAccountUpdate(w.number.WABAID, "ACCOUNT_RESTRICTION", map[string]any{"restriction_info": []any{}}))
	require.NoError(t, w.sim.SetTemplateBody(w.number.WABAID, "pedido", "pt_BR", "Outro texto, {{1}}."))
	require.Error(t, w.sim.SendChange("nobody", "flows", nil))
	w.settle()
	got := w.values()
	require.Equal(t, []string{"message_template_status_update", "template_category_update", "phone_number_quality_update", "account_update", "message_template_components_update"}, words(got, "_field"))
	for _, v := range got {
		require.Equal(t, w.number.WABAID, v["_waba"])
		require.NotContains(t, v, "metadata", "these are routed by the WABA")
	}
	require.Equal(t, []any{"REJECTED", "SCAM", "pt-BR"}, []any{got[0]["event"], got[0]["reason"], got[0]["message_template_language"]})
	require.IsType(t, float64(0), got[0]["message_template_id"])
	require.Equal(t, []any{"UTILITY", "MARKETING"}, []any{got[1]["previous_category"], got[1]["new_category"]})
	require.Equal(t, []any{"Outro texto, {{1}}.", "pt_BR"}, []any{got[4]["message_template_element"], got[4]["message_template_language"]})
	require.Contains(t, string(w.hook.deliveries()[0].body), `"time":`)
}

func TestNumberAndToken(t *testing.T) {
	w := newWorld(t, nil)
	n := w.graph("GET", w.number.ID+"?fields=display_phone_number,quality_rating,throughput", "")
	require.Equal(t, map[string]any{"id": w.number.ID, "display_phone_number": "+55 11 5555-0100", "quality_rating": "GREEN", "throughput": map[string]any{"level": "STANDARD"}}, n.body)
	require.Equal(t, 100, w.graph("GET", w.number.ID+"?fields=shoe_size", "").code())
	debug := func(token string) map[string]any {
		return w.graph("GET", "debug_token?input_token="+token, "").body["data"].(map[string]any)
	}
	require.Equal(t, true, debug(w.number.Token)["is_valid"])
	require.Len(t, debug(w.number.Token)["granular_scopes"], 2)
	require.Equal(t, false, debug("x")["is_valid"])
}

func (w *world) upload(filename, partType, field string, data []byte) answer {
	w.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	require.NoError(w.t, form.WriteField("messaging_product", "whatsapp"))
	require.NoError(w.t, form.WriteField("type", field))
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", `form-data; name="file"; filename="`+filename+`"`)
	h.Set("Content-Type", partType)
	part, err := form.CreatePart(h)
	require.NoError(w.t, err)
	_, err = part.Write(data)
	require.NoError(w.t, err)
	require.NoError(w.t, form.Close())
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+"/v25.0/"+w.number.ID+"/media", &b)
	require.NoError(w.t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+w.number.Token)
	response, err := http.DefaultClient.Do(r)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, response.Body.Close()) }()
	a := answer{status: response.StatusCode}
	a.raw, err = io.ReadAll(response.Body)
	require.NoError(w.t, err)
	require.NoError(w.t, json.Unmarshal(a.raw, &a.body))
	return a
}

func TestUploads(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.sim.Phone(dialled).Reply("oi")
	require.NoError(t, err)
	refused := map[string]answer{
		"unknown type":             w.upload("a.zip", "application/zip", "application/zip", []byte("x")),
		"voice note without .ogg":  w.upload("voz", "audio/ogg; codecs=opus", "", []byte("x")),
		"image over 5 MB":          w.upload("a.jpg", "image/jpeg", "", make([]byte, 5<<20+1)),
		"sticker over 500 KB":      w.upload("a.webp", "image/webp", "", make([]byte, 500<<10+1)),
		"nothing says what it is":  w.upload("a", "application/octet-stream", "", []byte("x")),
		"empty":                    w.upload("a.jpg", "image/jpeg", "", nil),
		"not a form":               w.graph("POST", w.number.ID+"/media", `{"messaging_product":"whatsapp"}`),
		"another business's media": w.graph("GET", w.sim.AddMedia(cloudapi.Media{PhoneNumberID: w.sim.AddNumber(cloudapi.Number{}).ID}).ID, ""),
	}
	for name, a := range refused {
		require.Equal(t, http.StatusBadRequest, a.status, name)
		require.Contains(t, []int{100, 131053}, a.code(), name)
	}
	data := []byte("%PDF")
	a := w.upload("conta.pdf", "application/octet-stream", "application/pdf", data)
	require.Equal(t, http.StatusOK, a.status, string(a.raw))
	id := a.body["id"].(string)
	info := w.graph("GET", id, "").body
	sum := sha256.Sum256(data)
	require.Equal(t, []any{"application/pdf", hex.EncodeToString(sum[:]), float64(4)}, []any{info["mime_type"], info["sha256"], info["file_size"]})

	send := func(kind string) answer {
		return w.send(`{"messaging_product":"whatsapp","to":"+5511987654321","type":"` + kind + `","` + kind + `":{"id":"` + id + `"}}`)
	}
	require.Equal(t, http.StatusOK, send("document").status)
	w.settle()
	last, _ := w.sim.Phone(dialled).Last()
	require.Equal(t, &cloudapi.MediaRef{ID: id, MIMEType: "application/pdf", Filename: "conta.pdf"}, last.Media)
	w.hook.reset()
	require.Equal(t, http.StatusOK, send("image").status, "Meta looks at the file after its 200")
	w.settle()
	require.Equal(t, "failed", w.statuses()[0]["status"])
	require.Equal(t, http.StatusOK, w.graph("DELETE", id, "").status)
	require.Equal(t, float64(33), w.graph("GET", id, "").errorField("error_subcode"))
	require.Equal(t, 131053, send("document").code())
}

func TestManyAtOnce(t *testing.T) {
	w := newWorld(t, func(s *cloudapi.Settings) { s.Throughput = 0 })
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			number := fmt.Sprintf("+55119876543%02d", worker)
			ph := w.sim.Phone(number)
			for i := range 20 {
				if _, err := ph.Reply(fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
				if a := w.send(textTo(number, fmt.Sprint(i))); a.status != http.StatusOK {
					t.Error(string(a.raw))
				}
				ph.Read()
				w.sim.Bill()
				w.sim.Webhooks().List()
			}
		})
	}
	group.Wait()
	w.settle()
	require.Len(t, w.sim.Sends(), 160)
	require.Empty(t, w.sim.Duplicates())
	order := map[string][]string{}
	for _, m := range w.inbound() {
		from := m["from"].(string)
		order[from] = append(order[from], m["text"].(map[string]any)["body"].(string))
	}
	require.Len(t, order, 8)
	for _, texts := range order {
		for i, text := range texts {
			require.Equal(t, fmt.Sprint(i), text, "one customer's messages keep their order")
		}
	}
}
