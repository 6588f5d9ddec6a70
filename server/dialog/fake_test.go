package dialog

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	agent      = "agent"
	validCPF   = "529.982.247-25"
	validPhone = "(11) 98765-4321"
)

// fakeDesk is a small company: two queues on one number, some templates, and a
// service that notes what it was asked for.
type fakeDesk struct {
	queues    []*domain.Queue
	account   *domain.Account
	templates []*domain.Template
	noPlan    bool
	locale    string
	now       int64
	keys      [][]byte
	settings  domain.Settings
	view      *domain.View

	mayAct     error
	answer     error // of Start and SendTemplate
	panics     bool
	starts     []domain.StartRequest
	planned    []domain.StartRequest
	told       []string
	templated  []domain.TemplateRequest
	closing    domain.ClosingOptions
	closed     []domain.Closing
	questions  []whatsapp.Question
	replies    []*domain.QuickReply
	supervised []*domain.Queue
	logged     []string
}

func newFakeDesk(templates ...*domain.Template) *fakeDesk {
	return &fakeDesk{
		queues: []*domain.Queue{{ID: "sales", Name: "Vendas", ChannelID: "sales-channel", AccountID: "account"}},
		account: &domain.Account{
			ID: "account", Name: "Loja", Enabled: true,
		},
		templates: templates,
		locale:    "pt-BR", now: 1_800_000_000_000, keys: [][]byte{[]byte("0123456789abcdef0123456789abcdef")},
		settings: domain.Settings{DefaultRegion: "BR", RequireCPF: true},
		view: &domain.View{State: domain.Waiting, Conversation: &domain.Conversation{
			ID: "conv", AccountID: "account", QueueID: "sales", LastTemplateAt: 1_700_000_000_000,
		}},
	}
}

func (d *fakeDesk) Start(_ context.Context, req domain.StartRequest) (*domain.Started, error) {
	if d.panics {
		panic("11 98765-4321")
	}
	d.starts = append(d.starts, req)
	return &domain.Started{Status: domain.Unknown}, d.answer
}

func (d *fakeDesk) Schedule(_ context.Context, req domain.StartRequest) (*domain.Scheduled, error) {
	d.planned = append(d.planned, req)
	return &domain.Scheduled{SendAt: req.SendAt, Name: req.Customer.Name}, d.answer
}

func (d *fakeDesk) Customers(_ context.Context, actorID, query string) ([]*domain.KnownCustomer, error) {
	if actorID != agent || query != "ana" {
		return nil, nil
	}
	return []*domain.KnownCustomer{{Contact: domain.Contact{ID: "ana", Name: "Ana Lima", Phone: "+5511987654321", CPFMasked: "***.982.247-**"}}, {Contact: domain.Contact{ID: "bia", Name: "Mariana"}}}, nil
}

func (d *fakeDesk) SendTemplate(_ context.Context, req domain.TemplateRequest) (*domain.Started, error) {
	d.templated = append(d.templated, req)
	return &domain.Started{}, d.answer
}

func (d *fakeDesk) ClosingOptions(context.Context, string, string) (*domain.ClosingOptions, error) {
	if d.mayAct != nil {
		return nil, d.mayAct
	}
	return &d.closing, nil
}

func (d *fakeDesk) Close(_ context.Context, _, _ string, closing domain.Closing) (*domain.View, error) {
	d.closed = append(d.closed, closing)
	return d.view, d.answer
}

func (d *fakeDesk) MayAct(context.Context, string, string) error { return d.mayAct }

func (d *fakeDesk) View(context.Context, string, string) (*domain.View, error) {
	return d.view, nil
}

func (d *fakeDesk) QueuesOf(_ context.Context, userID string) ([]*domain.Queue, error) {
	if userID != agent {
		return nil, nil
	}
	return d.queues, nil
}

func (d *fakeDesk) Account(context.Context, string) (*domain.Account, error) { return d.account, nil }

func (d *fakeDesk) Queue(_ context.Context, id string) (*domain.Queue, error) {
	for _, q := range d.queues {
		if q.ID == id {
			return q, nil
		}
	}
	return nil, domain.ErrNotFound
}

func (d *fakeDesk) TemplatesOf(context.Context, string) ([]*domain.Template, error) {
	return d.templates, nil
}

func (d *fakeDesk) Budget(context.Context, string, int64) (*domain.Plan, domain.Money, error) {
	if d.noPlan {
		return nil, 0, domain.ErrNotFound
	}
	prices := domain.Prices{Marketing: 350_000, Utility: 50_000}
	return &domain.Plan{MonthlyLimit: 500_000_000, Currency: "BRL", Prices: prices, Approved: true}, 50_000_000, nil
}

func (d *fakeDesk) Reader(context.Context, string) (string, *time.Location) {
	return d.locale, time.UTC
}
func (d *fakeDesk) Now() int64                     { return d.now }
func (d *fakeDesk) Error(message string, _ ...any) { d.logged = append(d.logged, message) }

func (d *fakeDesk) dialogs(t *testing.T) *Dialogs {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	return New(Deps{
		Service: d, Store: d, Reader: d.Reader, Texts: texts, Clock: d, LogError: d.Error,
		Settings: func() domain.Settings { return d.settings }, Keys: func() [][]byte { return d.keys },
		MayAsk: d.MayAsk, AskCustomer: d.AskCustomer,
		Tell: func(_ context.Context, channelID, userID, message string) {
			d.told = append(d.told, channelID+" "+userID+" "+message)
		},
	})
}

// usable makes a template of Meta's JSON that the sales queue may use.
func usable(t *testing.T, definition string) *domain.Template {
	t.Helper()
	var parsed whatsapp.Template
	require.NoError(t, json.Unmarshal([]byte(definition), &parsed))
	return &domain.Template{
		ID: "template_" + parsed.Name, AccountID: "account", Name: parsed.Name, Language: parsed.Language, Category: parsed.Category,
		Status: "APPROVED", Definition: []byte(definition), Approved: true, QueueIDs: []string{"sales"},
	}
}

const orderTemplate = `{"name":"order","language":"pt_BR","category":"MARKETING","components":[
	{"type":"HEADER","format":"TEXT","text":"Oi, {{1}}!","example":{"header_text":["Ana"]}},
	{"type":"BODY","text":"Pedido *{{1}}*\npronto em @channel [aqui](http://x.y) > {{2}} dias","example":{"body_text":[["12","3"]]}},
	{"type":"FOOTER","text":"Loja_da_Ana"},
	{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Sim"},{"type":"URL","text":"Ver o pedido completo agora","url":"https://x.y/{{1}}","example":["https://x.y/12"]}]}]}`

const plainTemplate = `{"name":"hello","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello"}]}`

// post submits as Mattermost does and gives status and answer.
func post(t *testing.T, d *Dialogs, header string, body any) (int, *model.SubmitDialogResponse) {
	t.Helper()
	raw, ok := body.([]byte)
	if !ok {
		var err error
		raw, err = json.Marshal(body)
		require.NoError(t, err)
	}
	req := httptest.NewRequest(http.MethodPost, StartURL, bytes.NewReader(raw))
	if header != "" {
		req.Header.Set("Mattermost-User-Id", header)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, req)
	var response model.SubmitDialogResponse
	if w.Code == http.StatusOK {
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &response), w.Body.String())
		require.NoError(t, response.IsValid())
	}
	return w.Code, &response
}

// fakeClient fills in forms. With remember it sends the values of earlier steps again.
type fakeClient struct {
	t        *testing.T
	d        *Dialogs
	remember bool
	form     *model.Dialog
	values   map[string]any
}

func (c *fakeClient) submit(values map[string]any) *model.SubmitDialogResponse {
	c.t.Helper()
	if c.values == nil || !c.remember {
		c.values = map[string]any{}
	}
	for name, value := range values {
		c.values[name] = value
	}
	status, response := post(c.t, c.d, agent, model.SubmitDialogRequest{UserId: agent, State: c.form.State, Submission: c.values})
	require.Equal(c.t, http.StatusOK, status)
	if response.Form != nil {
		c.form = response.Form
	}
	return response
}

func (c *fakeClient) names() []string {
	names := []string{}
	for _, e := range c.form.Elements {
		names = append(names, e.Name)
	}
	return names
}

// fixtureTemplates reads the templates among real payloads, which are no part of the project.
func fixtureTemplates(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../../../shared/fixtures/templates/*.json")
	require.NoError(t, err)
	if len(paths) == 0 {
		t.Skip("no real templates in ../shared/fixtures/templates")
	}
	found := map[string]string{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		var list struct{ Data []json.RawMessage }
		if json.Unmarshal(raw, &list) != nil || len(list.Data) == 0 {
			list.Data = []json.RawMessage{raw}
		}
		for _, one := range list.Data {
			var parsed whatsapp.Template
			if json.Unmarshal(one, &parsed) == nil && parsed.Sendable() == nil {
				found[filepath.Base(path)+" "+parsed.Name+" "+parsed.Language] = string(one)
			}
		}
	}
	return found
}
