package dialog

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestAKnownCustomerFillsInWhatIsEmpty(t *testing.T) {
	for _, remember := range []bool{false, true} {
		fakeDesk := newFakeDesk(usable(t, plainTemplate))
		d := fakeDesk.dialogs(t)
		c := &fakeClient{t: t, d: d, remember: remember, form: open(t, d)[kindStart]}
		c.submit(map[string]any{"template": "template_hello"})
		require.Equal(t, []string{"customer", "customer_name", "cpf", "phone", "send_at"}, c.names())
		for _, e := range c.form.Elements {
			require.True(t, e.Optional, "a client must let %s stay empty", e.Name)
		}
		require.Equal(t, []string{"dynamic", customersURL}, []string{c.form.Elements[0].DataSource, c.form.Elements[0].DataSourceURL})

		require.Len(t, c.submit(map[string]any{"customer_name": "", "cpf": "", "phone": ""}).Errors, 3, "nobody is known")
		require.Contains(t, c.submit(map[string]any{"customer": "ana", "phone": "12"}).Errors, "phone", "what is typed is checked")
		fakeDesk.answer = &domain.Refusal{Code: domain.CodeConversationExists, Agree: true, Text: domain.T("dialog.costs_anyway")}
		require.Equal(t, "form", c.submit(map[string]any{"customer": "ana", "customer_name": "Ana", "phone": ""}).Type)
		require.Equal(t, domain.Customer{ID: "ana", Name: "Ana"}, fakeDesk.starts[0].Customer, "the service fills in the rest")
		fakeDesk.answer = nil
		require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"confirm": true}))
		require.Equal(t, domain.Customer{ID: "ana", Name: "Ana"}, fakeDesk.starts[1].Customer)
	}
}

func TestLookingForCustomers(t *testing.T) {
	for name, test := range map[string]struct {
		header, user string
		query        any
		status       int
		want         []model.DialogSelectOption
	}{
		"by name":       {agent, agent, " ana ", http.StatusOK, []model.DialogSelectOption{{Text: "Ana Lima · +5511987654321 · ***.982.247-**", Value: "ana"}, {Text: "Mariana", Value: "bia"}}},
		"nothing typed": {agent, agent, nil, http.StatusOK, []model.DialogSelectOption{}},
		"no text":       {agent, agent, []string{"ana"}, http.StatusOK, []model.DialogSelectOption{}},
		"too much":      {agent, agent, strings.Repeat("ana", 100), http.StatusOK, []model.DialogSelectOption{}},
		"a stranger":    {"other", "other", "ana", http.StatusOK, []model.DialogSelectOption{}},
		"as another":    {"other", agent, "ana", http.StatusForbidden, nil},
		"nobody":        {"", agent, "ana", http.StatusUnauthorized, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFakeDesk().dialogs(t)
			raw, err := json.Marshal(model.SubmitDialogRequest{Type: typeLookup, UserId: test.user, Submission: map[string]any{"query": test.query, "selected_field": "customer"}})
			require.NoError(t, err)
			req := httptest.NewRequest(http.MethodPost, customersURL, strings.NewReader(string(raw)))
			if test.header != "" {
				req.Header.Set("Mattermost-User-Id", test.header)
			}
			w := httptest.NewRecorder()
			d.ServeHTTP(w, req)
			require.Equal(t, test.status, w.Code)
			if test.status == http.StatusOK {
				var got model.LookupDialogResponse
				require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
				require.Equal(t, test.want, got.Items)
			}
		})
	}
}
