package dialog

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// open gives the first forms of both dialogs.
func open(t *testing.T, d *Dialogs) map[string]*model.Dialog {
	t.Helper()
	start, err := d.Start(context.Background(), StartFor{UserID: agent})
	require.NoError(t, err)
	template, err := d.Template(context.Background(), agent, "conv")
	require.NoError(t, err)
	require.Equal(t, TemplateURL, template.URL)
	return map[string]*model.Dialog{kindStart: &start.Dialog, kindTemplate: &template.Dialog}
}

func good() map[string]any {
	return map[string]any{
		"header_1": "Ana", "body_1": "12", "body_2": "3", "button_1": "12",
		"customer_name": "Ana", "cpf": validCPF, "phone": validPhone,
	}
}

func TestWholeDialogWithBothClients(t *testing.T) {
	for _, remember := range []bool{false, true} {
		fakeDesk := newFakeDesk(usable(t, orderTemplate))
		fakeDesk.queues = append(fakeDesk.queues, &domain.Queue{ID: "help", Name: "Suporte", AccountID: "account"})
		d := fakeDesk.dialogs(t)
		c := &fakeClient{t: t, d: d, remember: remember, form: open(t, d)[kindStart]}

		require.Contains(t, c.submit(map[string]any{"queue": "help", "template": "template_order"}).Errors, "template")
		require.Equal(t, "form", c.submit(map[string]any{"queue": "sales", "template": "template_order"}).Type)
		fakeDesk.answer = &domain.Refusal{
			Code: domain.CodeCooldown, Agree: true, NeedsReason: true,
			Text: domain.T("dialog.no_plan", "Queues", "Ana [x](http://y)"),
		}
		require.Equal(t, "form", c.submit(good()).Type)
		require.Equal(t, []string{"confirm", "reason"}, c.names())
		require.NotContains(t, c.form.IntroductionText, "](http")
		require.False(t, fakeDesk.starts[0].Confirm)

		wrong := c.submit(map[string]any{"confirm": false, "reason": " "})
		require.Len(t, wrong.Errors, 2)
		require.Len(t, fakeDesk.starts, 1, "nothing is asked of the service without agreement")

		fakeDesk.answer = nil
		require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"confirm": true, "reason": "urgente"}))
		require.Equal(t, domain.StartRequest{
			ActorID: agent, AccountID: "account", QueueID: "sales",
			Template:  domain.TemplateRef{ID: "template_order", Name: "order", Language: "pt_BR"},
			Variables: map[string]string{"header_1": "Ana", "body_1": "12", "body_2": "3", "button_1": "12"},
			Customer:  domain.Customer{Name: "Ana", CPF: validCPF, Phone: validPhone},
			Confirm:   true, Reason: "urgente", Since: fakeDesk.now,
		}, fakeDesk.starts[1])
	}
}

func TestTemplateDialog(t *testing.T) {
	for _, remember := range []bool{false, true} {
		fakeDesk := newFakeDesk(usable(t, plainTemplate))
		d := fakeDesk.dialogs(t)
		c := &fakeClient{t: t, d: d, remember: remember, form: open(t, d)[kindTemplate]}
		c.submit(map[string]any{"template": "template_hello"})
		require.Empty(t, c.names(), "no variables, no customer")
		refusal := &domain.Refusal{Code: domain.CodeInvalidField, Text: domain.T("dialog.costs_anyway"), Agree: true}
		refusal.Fields = map[string]domain.Text{"confirm": refusal.Text}
		fakeDesk.answer = refusal
		require.Equal(t, "form", c.submit(nil).Type)
		require.Equal(t, []string{"confirm"}, c.names())
		fakeDesk.answer = nil
		require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"confirm": true}))
		require.Equal(t, "conv", fakeDesk.templated[1].ConversationID)
		require.True(t, fakeDesk.templated[1].Confirm)

		require.Equal(t, fakeDesk.now, fakeDesk.templated[1].Since, "the service is told when the form was made")

		fakeDesk.answer = domain.Refuse(domain.CodeCooldown, domain.T("refusal.sent_meanwhile"))
		require.NotEmpty(t, c.submit(map[string]any{"confirm": true}).Error, "the same form again")
	}
}

func TestAgreementHoldsForItsValuesOnly(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	d := fakeDesk.dialogs(t)
	c := &fakeClient{t: t, d: d, form: open(t, d)[kindStart]}
	c.submit(map[string]any{"template": "template_order"})
	fakeDesk.answer = &domain.Refusal{Code: "cooldown", Text: domain.T("dialog.closed"), Agree: true}
	c.submit(good())
	other := map[string]any{"confirm": true, "phone": "(21) 98765-4321"}
	require.Equal(t, "form", c.submit(other).Type)
	require.False(t, fakeDesk.starts[1].Confirm, "the agreement was about somebody else")
	require.Equal(t, "(21) 98765-4321", fakeDesk.starts[1].Customer.Phone)
	require.Equal(t, "Ana", fakeDesk.starts[1].Customer.Name)

	fakeDesk.answer = nil
	c.submit(map[string]any{"confirm": true, "phone": 5, "body_1": []any{}})
	require.True(t, fakeDesk.starts[2].Confirm, "what is no text counts as not sent again")
	require.Equal(t, "12", fakeDesk.starts[2].Variables["body_1"])
}

func TestAnotherTemplateIsShownBeforeItIsSent(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate), usable(t, plainTemplate))
	d := fakeDesk.dialogs(t)
	c := &fakeClient{t: t, d: d, form: open(t, d)[kindStart]}
	c.submit(map[string]any{"template": "template_order"})
	values := good()
	values["template"] = "template_hello"
	require.Equal(t, "form", c.submit(values).Type)
	require.Equal(t, []string{"customer", "customer_name", "cpf", "phone", "send_at"}, c.names())
	require.Empty(t, fakeDesk.starts)
}

func TestClientThatKeepsTheFirstState(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	d := fakeDesk.dialogs(t)
	first := open(t, d)[kindStart]
	c := &fakeClient{t: t, d: d, remember: true, form: first}
	c.submit(map[string]any{"template": "template_order"})
	c.form = first
	fakeDesk.answer = &domain.Refusal{Code: "cooldown", Text: domain.T("dialog.closed"), Agree: true}
	c.submit(good())
	require.Equal(t, []string{"confirm"}, c.names())
	c.form, fakeDesk.answer = first, nil
	require.Equal(t, &model.SubmitDialogResponse{}, c.submit(map[string]any{"confirm": true}))
	require.True(t, fakeDesk.starts[1].Confirm)
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		answer error
		error  bool
		errors []string
	}{
		"a field":          {domain.RefuseField("phone", domain.T("dialog.closed")), false, []string{"phone"}},
		"an unknown field": {domain.RefuseField("account_id", domain.T("dialog.closed")), true, nil},
		"both":             {&domain.Refusal{Fields: map[string]domain.Text{"body_1": {Key: "a"}, "x": {Key: "b"}}}, true, []string{"body_1"}},
		"no field":         {domain.Refuse(domain.CodeBudgetSpent, domain.T("dialog.closed")), true, nil},
		"wrapped":          {errors.Wrap(domain.Refuse("x", domain.T("dialog.closed")), "start"), true, nil},
		"broken":           {errors.New("the database is away"), true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			fakeDesk := newFakeDesk(usable(t, orderTemplate))
			d := fakeDesk.dialogs(t)
			form := &fakeClient{t: t, d: d, form: open(t, d)[kindStart]}
			form.submit(map[string]any{"template": "template_order"})
			fakeDesk.answer = c.answer
			response := form.submit(good())
			require.Equal(t, c.error, response.Error != "", name)
			require.NotContains(t, response.Error, "database", name)
			require.Len(t, response.Errors, len(c.errors), name)
			for _, field := range c.errors {
				require.Contains(t, response.Errors, field, name)
			}
			require.Equal(t, name == "broken", len(fakeDesk.logged) == 1, name)
		})
	}
}

func TestWrongValues(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	d := fakeDesk.dialogs(t)
	c := &fakeClient{t: t, d: d, form: open(t, d)[kindStart]}
	for _, wrong := range []any{nil, "", 5, true, []any{"x"}, map[string]any{}, strings.Repeat("x", 5000), "nope"} {
		response := c.submit(map[string]any{"template": wrong})
		require.Contains(t, response.Errors, "template", wrong)
	}
	c.submit(map[string]any{"template": "template_order"})
	for name := range good() {
		for _, wrong := range []any{nil, "", "  \u200f ", 5, 1.5, false, []any{"x"}, map[string]any{"a": 1}, strings.Repeat("x", 5000)} {
			if wrong == "  \u200f " && name != "customer_name" && name != "cpf" && name != "phone" {
				continue
			}
			values := good()
			values[name] = wrong
			response := c.submit(values)
			require.Contains(t, response.Errors, name, "%v", wrong)
			require.Len(t, response.Errors, 1)
		}
		values := good()
		delete(values, name)
		require.Contains(t, c.submit(values).Errors, name)
	}
	require.Len(t, c.submit(map[string]any{}).Errors, len(good()), "all at once")
	for cpf, ok := range map[string]bool{"111.111.111-11": false, "12.ABC.345/01DE-35": true, "529.982.247-26": false} {
		t.Run(cpf, func(t *testing.T) {
			values := good()
			values["cpf"] = cpf
			require.Equal(t, ok, len(c.submit(values).Errors) == 0, cpf)
		})
	}
	values := good()
	maps.Copy(values, map[string]any{"customer_name": "![x](http://y) **@all**", "extra": map[string]any{}})
	require.Empty(t, c.submit(values).Errors, "the service cleans names")
}

func TestStates(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	d := fakeDesk.dialogs(t)
	state := open(t, d)[kindStart].State
	submit := func(state string) *model.SubmitDialogResponse {
		_, response := post(t, d, agent, model.SubmitDialogRequest{UserId: agent, State: state, Submission: map[string]any{"template": "template_order"}})
		return response
	}
	require.NotNil(t, submit(state).Form)
	for i := range []byte(state) {
		flipped := []byte(state)
		if flipped[i]++; flipped[i] == 'z'+1 {
			flipped[i] = 'A'
		}
		if response := submit(string(flipped)); i < len(state)-1 { // the last character may hold unused bits
			require.NotEmpty(t, response.Error, i)
		}
	}
	for _, strange := range []string{"", "x", `{"kind":"start","step":2}`, "eyJraW5kIjoic3RhcnQifQ", strings.Repeat("A", 300<<10)} {
		t.Run(strange, func(t *testing.T) {
			require.NotEmpty(t, submit(strange).Error)
		})
	}
	_, others := post(t, d, "other", model.SubmitDialogRequest{UserId: "other", State: state})
	require.NotEmpty(t, others.Error)

	fakeDesk.now += stateLife.Milliseconds() + 1
	require.NotEmpty(t, submit(state).Error, "too old")
	fakeDesk.now -= stateLife.Milliseconds() + 1
	another := []byte("another key of thirty-two letter")
	fakeDesk.keys = [][]byte{another, fakeDesk.keys[0]}
	require.NotNil(t, submit(state).Form, "the key changed while the dialog was open")
	fakeDesk.keys = [][]byte{another}
	require.NotEmpty(t, submit(state).Error, "another installation's")
	require.NotContains(t, state, "template")
}

func TestWhoSubmits(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	d := fakeDesk.dialogs(t)
	state := open(t, d)[kindStart].State
	status, _ := post(t, d, "", model.SubmitDialogRequest{UserId: agent, State: state})
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = post(t, d, "other", model.SubmitDialogRequest{UserId: agent, State: state})
	require.Equal(t, http.StatusForbidden, status)
	status, response := post(t, d, agent, []byte(`{"user_id":"agent","cancelled":true}`))
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, &model.SubmitDialogResponse{}, response)
	_, response = post(t, d, agent, []byte("{"))
	require.NotEmpty(t, response.Error)

	fakeDesk.queues = nil
	_, response = post(t, d, agent, model.SubmitDialogRequest{UserId: agent, State: state})
	require.NotEmpty(t, response.Error, "no longer in a queue")
}

func TestPanicIsAnError(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	d := fakeDesk.dialogs(t)
	c := &fakeClient{t: t, d: d, form: open(t, d)[kindStart]}
	c.submit(map[string]any{"template": "template_order"})
	fakeDesk.panics = true
	require.NotEmpty(t, c.submit(good()).Error)
	require.Len(t, fakeDesk.logged, 1)
}

func FuzzSubmission(f *testing.F) {
	f.Add(0, `{"template":"template_order"}`)
	f.Add(1, `{"body_1":5,"phone":null,"confirm":"true"}`)
	f.Add(2, `{"confirm":true,"reason":[[]],"body_1":"x"}`)
	f.Add(2, `{"confirm":{"a":1},"queue":"sales","template":"`+"\x00"+`"}`)
	f.Fuzz(func(t *testing.T, step int, submission string) {
		if !json.Valid([]byte(submission)) { // it would leave its place in the body
			return
		}
		fakeDesk := newFakeDesk(usable(t, orderTemplate))
		d := fakeDesk.dialogs(t)
		c := &fakeClient{t: t, d: d, form: open(t, d)[kindStart]}
		if step > 0 {
			c.submit(map[string]any{"template": "template_order"})
		}
		fakeDesk.answer = &domain.Refusal{Code: "cooldown", Text: domain.T("dialog.closed"), Agree: true, NeedsReason: true}
		if step > 1 {
			c.submit(good())
		}
		body := `{"user_id":"` + agent + `","state":"` + c.form.State + `","submission":` + submission + `}`
		status, _ := post(t, d, agent, []byte(body))
		require.Equal(t, http.StatusOK, status)
		require.Empty(t, fakeDesk.logged)
	})
}

// TestFormsAreForWhoMayAct loses the right to act while a form of `modelo` is open: neither a next step nor a new form shows the prices.
func TestFormsAreForWhoMayAct(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	d := fakeDesk.dialogs(t)
	c := &fakeClient{t: t, d: d, form: open(t, d)[kindTemplate]}
	fakeDesk.mayAct = domain.Refuse(domain.CodeForbidden, domain.T("refusal.outside"))
	answer := c.submit(map[string]any{"template": "template_order"})
	require.Contains(t, answer.Error, "saiu do canal")
	require.Nil(t, answer.Form)
	_, err := d.Template(context.Background(), agent, "conv")
	refusal, is := domain.AsRefusal(err)
	require.True(t, is)
	require.Equal(t, domain.CodeForbidden, refusal.Code)
}
