package dialog

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

func TestEveryRealTemplateMakesValidForms(t *testing.T) {
	templates := fixtureTemplates(t)
	require.Greater(t, len(templates), 20)
	for name, definition := range templates {
		for _, locale := range []string{"pt-BR", "en"} {
			fakeDesk := newFakeDesk(usable(t, definition))
			fakeDesk.locale = locale
			fakeDesk.templates[0].ID = "template"
			d := fakeDesk.dialogs(t)
			for kind, opened := range open(t, d) {
				c := &fakeClient{t: t, d: d, form: opened}
				require.NoError(t, c.form.IsValid(), "%s %s", name, kind)
				c.submit(map[string]any{"template": "template"})
				require.NoError(t, c.form.IsValid(), "%s %s", name, kind)
				require.NotContains(t, c.form.IntroductionText, "<no value>")
				fakeDesk.answer = &domain.Refusal{Code: "cooldown", Text: domain.T("dialog.closed"), Agree: true, NeedsReason: true}
				for again := true; again; again = strings.HasPrefix(c.names()[0], "card_") {
					c.submit(filledIn(t, c.form))
					require.NoError(t, c.form.IsValid(), "%s %s", name, kind)
				}
				require.Equal(t, []string{"confirm", "reason"}, c.names(), "%s %s", name, kind)
				require.NoError(t, c.form.IsValid())
			}
		}
	}
}

// filledIn are values for all fields of a form.
func filledIn(t *testing.T, form *model.Dialog) map[string]any {
	t.Helper()
	filled := map[string]any{"customer_name": "Ana", "cpf": validCPF, "phone": validPhone, "send_at": ""}
	for _, e := range form.Elements {
		require.NotEmpty(t, e.DisplayName)
		if _, ours := filled[e.Name]; !ours {
			filled[e.Name] = "12"
		}
		switch {
		case strings.HasPrefix(e.DisplayName, "Coord"):
			filled[e.Name] = "-23.5, -46.6"
		case e.Name == "limited_time_offer_1":
			filled[e.Name] = "2030-01-01T12:00:00Z"
		}
	}
	return filled
}

func TestFirstForm(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate), usable(t, plainTemplate))
	d := fakeDesk.dialogs(t)
	request, err := d.Start(context.Background(), StartFor{UserID: agent})
	require.NoError(t, err)
	require.Equal(t, StartURL, request.URL)
	require.Len(t, request.Dialog.Elements, 1, "one queue is no choice")
	options := request.Dialog.Elements[0].Options
	require.Equal(t, "template_hello", options[0].Value)
	require.True(t, strings.HasPrefix(options[1].Text, "order (pt_BR)"), options[1].Text)

	fakeDesk.queues = append(fakeDesk.queues, &domain.Queue{ID: "help", Name: "Suporte", ChannelID: "help-channel", AccountID: "account"})
	request, err = d.Start(context.Background(), StartFor{UserID: agent, ChannelID: "help-channel"})
	require.NoError(t, err)
	require.Equal(t, "queue", request.Dialog.Elements[0].Name)
	require.Equal(t, "help", request.Dialog.Elements[0].Default)
	require.Equal(t, "template", request.Dialog.Elements[1].Name)
}

func TestHundredsOfTemplates(t *testing.T) {
	fakeDesk := newFakeDesk()
	for i := range 600 {
		template := usable(t, plainTemplate)
		template.ID, template.Name = fmt.Sprint("t", i), fmt.Sprintf("hello_%03d", i)
		fakeDesk.templates = append(fakeDesk.templates, template)
	}
	request, err := fakeDesk.dialogs(t).Start(context.Background(), StartFor{UserID: agent})
	require.NoError(t, err)
	require.Len(t, request.Dialog.Elements[0].Options, 600)
	require.NoError(t, request.Dialog.IsValid())
}

func TestNoDialogSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fakeDesk)
		user   string
		want   string
	}{
		"in no queue":       {func(*fakeDesk) {}, "stranger", "dialog.no_queue"},
		"number disabled":   {func(d *fakeDesk) { d.account.Enabled = false }, agent, "dialog.no_account"},
		"no template":       {func(d *fakeDesk) { d.templates = nil }, agent, "dialog.no_template"},
		"not approved":      {func(d *fakeDesk) { d.templates[0].Approved = false }, agent, "dialog.no_template"},
		"for another queue": {func(d *fakeDesk) { d.templates[0].QueueIDs = []string{"help"} }, agent, "dialog.no_template"},
		"cannot be sent":    {func(d *fakeDesk) { d.templates[0].Definition = []byte(`{"name":"x"}`) }, agent, "dialog.no_template"},
		"not JSON":          {func(d *fakeDesk) { d.templates[0].Definition = []byte(`{`) }, agent, "dialog.no_template"},
		"no plan":           {func(d *fakeDesk) { d.noPlan = true }, agent, "dialog.no_plan"},
	} {
		t.Run(name, func(t *testing.T) {
			fakeDesk := newFakeDesk(usable(t, orderTemplate))
			c.change(fakeDesk)
			_, err := fakeDesk.dialogs(t).Start(context.Background(), StartFor{UserID: c.user})
			refusal, ok := domain.AsRefusal(err)
			require.True(t, ok, name)
			require.Equal(t, c.want, refusal.Text.Key, name)
		})
	}
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	fakeDesk.view.ClosedAt = 5
	_, err := fakeDesk.dialogs(t).Template(context.Background(), agent, "conv")
	refusal, ok := domain.AsRefusal(err)
	require.True(t, ok)
	require.Equal(t, "dialog.closed", refusal.Text.Key)
}

func TestSecondForm(t *testing.T) {
	fakeDesk := newFakeDesk(usable(t, orderTemplate))
	d := fakeDesk.dialogs(t)
	request, err := d.Start(context.Background(), StartFor{UserID: agent, Phone: "11 98765-4321", Name: "Ana Souza"})
	require.NoError(t, err)
	c := &fakeClient{t: t, d: d, form: &request.Dialog}
	c.submit(map[string]any{"template": "template_order"})
	require.Equal(t, []string{"header_1", "body_1", "body_2", "button_1", "customer", "customer_name", "cpf", "phone", "send_at"}, c.names())

	intro := c.form.IntroductionText
	for _, want := range []string{"**Oi, {{1}}!**", "Pedido **{{1}}**", "\n\npronto em", "[aqui]\u2060(`http", "*Loja_da_Ana*", "Sim", "R$ 0,35", "R$ 450,00", "R$ 500,00", "nunca responda"} {
		t.Run(want, func(t *testing.T) {
			require.Contains(t, intro, want)
		})
	}
	for _, hostile := range []string{"i](http", "@channel"} {
		t.Run(hostile, func(t *testing.T) {
			require.NotContains(t, intro, hostile)
		})
	}
	byName := map[string]int{}
	for i, e := range c.form.Elements {
		byName[e.Name] = i
	}
	phone := c.form.Elements[byName["phone"]]
	require.Equal(t, "tel", phone.SubType)
	require.Equal(t, "11 98765-4321", phone.Default)
	require.Equal(t, "DDD + número", phone.Placeholder)
	require.Equal(t, "Ana Souza", c.form.Elements[byName["customer_name"]].Default)
	require.Equal(t, "Ex.: 12", c.form.Elements[byName["body_1"]].Placeholder)
	require.Equal(t, "Pedido", c.form.Elements[byName["body_1"]].DisplayName)
	require.Equal(t, "Nome", c.form.Elements[byName["header_1"]].DisplayName)
	require.Equal(t, "Ex.: 3", c.form.Elements[byName["body_2"]].DisplayName)
}

func TestClip(t *testing.T) {
	require.Equal(t, "short", truncate("short", 24))
	for _, s := range []string{strings.Repeat("ã", 40), "a" + strings.Repeat("😀", 20), strings.Repeat("x ", 30)} {
		t.Run(s, func(t *testing.T) {
			got := truncate(s, 24)
			require.LessOrEqual(t, len(got), 24)
			require.True(t, strings.HasSuffix(got, "…"))
			require.True(t, strings.HasPrefix(s, strings.TrimSuffix(got, "…")))
		})
	}
}

func TestATemplatesTextIsShownAsItIs(t *testing.T) {
	for line, want := range map[string]string{
		"Pedido {{1}}, de R$ 10,00 (ok)!": "Pedido {{1}}, de R$ 10,00 (ok)!",
		"código {{first_name}} a_b":       "código {{first_name}} a_b",
		"*oi* @all ~town a@b.c":           "**oi** @\u2060all ~\u2060town a@b.c",
		"1. um":                           "\u20601. um",
	} {
		t.Run(line, func(t *testing.T) {
			require.Equal(t, []string{want}, component(reader{}, &whatsapp.TemplateComponent{Type: "BODY", Text: line}))
		})
	}
}
