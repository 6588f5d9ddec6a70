//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// worldKey is the encryption key of a world.
const worldKey = "only-for-worlds-that-end-soon-0123456789"

// TestContractCommands tries every subcommand of the slash command in both languages, with and without arguments, in channels where it
// applies and where it does not.
func TestContractCommands(t *testing.T) {
	o := newOutsider(t)
	for _, part := range []struct {
		name string
		try  func(o *outsider)
	}{{"autocomplete", contractAutocomplete}, {"words", contractWords}, {"settings", contractSettings}, {"metrics and bot", contractMetrics}} {
		t.Run(part.name, func(t *testing.T) { part.try(o.in(t)) })
	}
}

func contractAutocomplete(o *outsider) {
	var offered *model.Command
	commands, _, err := o.Admin().ListAutocompleteCommands(o.ctx(oneMinute), o.Env.Team.ID)
	require.NoError(o.t, err)
	for _, c := range commands {
		if c.Trigger == "whatsapp" {
			offered = c
		}
	}
	require.NotNil(o.t, offered)
	for _, typed := range []string{
		"novo", "new", "modelo", "template", "nota", "note", "transferir", "transfer", "assumir", "claim", "encerrar", "close", "reabrir", "reopen", "status", "meus", "mine", "custos", "costs", "doctor", "ajuda", "help",
	} {
		suggestions, _, err := o.Admin().ListCommandAutocompleteSuggestions(o.ctx(oneMinute), "/whatsapp "+typed[:len(typed)-1], o.Env.Team.ID)
		require.NoError(o.t, err)
		require.True(o.t, slices.ContainsFunc(suggestions, func(s model.AutocompleteSuggestion) bool {
			return s.Complete == "whatsapp "+typed || s.Suggestion == typed
		}), "%s: %v", typed, suggestions)
	}
}

// says runs a command and returns the text that the agent was shown.
func (o *outsider) says(agent int, channelID, command string) string {
	o.t.Helper()
	response, err := o.Env.ExecuteSlash(o.ctx(oneMinute), o.Agent(agent), channelID, command)
	require.NoError(o.t, err, command)
	return response.Text
}

func contractWords(o *outsider) {
	k := o.open(0)
	lobby := o.lobby()
	for _, pair := range [][2]string{{"ajuda", "help"}, {"meus", "mine"}, {"custos", "costs"}, {"status", "status"}, {"doctor", "doctor"}} {
		pt, en := o.says(0, k.ChannelID, "/whatsapp "+pair[0]), o.says(0, k.ChannelID, "/whatsapp "+pair[1])
		require.NotEmpty(o.t, pt, pair[0])
		require.Equal(o.t, pt, en, "twins do the same")
		require.NotEmpty(o.t, o.says(o.Outsider(), lobby, "/whatsapp "+pair[0]))
	}
	for _, words := range []string{"", " ", " bobagem", " NOVOS 1", " 😀"} {
		require.Contains(o.t, o.says(0, lobby, "/whatsapp"+words), "novo")
	}
	// In a channel without a conversation, each command must say so and do nothing.
	for _, words := range []string{"modelo", "template", "nota oi", "note oi", "nota", "transferir @" + o.User(1).Username, "transfer ~" + o.Env.QueueChannel.Name, "assumir", "claim", "encerrar", "close fim", "reabrir", "reopen", "status"} {
		require.NotEmpty(o.t, o.says(0, lobby, "/whatsapp "+words), words)
	}
	for _, words := range []string{"nota", "note", "transferir", "transfer", "transfer nobody", "transferir @ninguem.mesmo", "transfer ~nenhuma-fila"} {
		require.NotEmpty(o.t, o.says(0, k.ChannelID, "/whatsapp "+words), words)
	}
	c, err := o.Conversation(o.ctx(oneMinute), o.Agent(0), k.ID)
	require.NoError(o.t, err)
	require.Equal(o.t, o.User(0).ID, c.AttendantID)
	// These commands open a dialog and fill in some of its fields.
	for _, words := range []string{"novo", "new", "NOVO", "novo 11 98765-4321", "new +55 11 98765-4321 Ana Maria", `novo "11 98765-4321" "José da Silva"`} {
		d, err := o.OpenDialog(o.ctx(oneMinute), 0, lobby, "/whatsapp "+words)
		require.NoError(o.t, err, words)
		require.NoError(o.t, d.Next(o.ctx(oneMinute), map[string]any{"template": o.Positional.ID}))
		phone, name := d.Element("phone").Default, d.Element("customer_name").Default
		require.Equal(o.t, strings.Contains(words, "4321"), phone != "", "%s: %q", words, phone)
		if strings.Contains(words, "Ana") {
			require.Equal(o.t, "Ana Maria", name)
		}
		if strings.Contains(words, "José") {
			require.Equal(o.t, "José da Silva", name)
		}
		require.NotEmpty(o.t, d.Form.IntroductionText)
	}
	for _, words := range []string{"modelo", "template"} {
		_, err := o.OpenDialog(o.ctx(oneMinute), 0, k.ChannelID, "/whatsapp "+words)
		require.NoError(o.t, err)
	}
	for _, words := range []string{"novo", "new", "new 11 98765-4321"} {
		require.NotEmpty(o.t, o.says(o.Outsider(), lobby, "/whatsapp "+words))
	}
	// This is a whole conversation by commands, in English and Portuguese by turns.
	state := func() scenario.Conversation {
		c, err := o.Conversation(o.ctx(oneMinute), o.Admin(), k.ID)
		require.NoError(o.t, err)
		return c
	}
	o.says(0, k.ChannelID, "/whatsapp transferir @"+o.User(1).Username)
	require.Equal(o.t, o.User(1).ID, state().AttendantID)
	o.says(1, k.ChannelID, "/whatsapp transfer ~"+o.Env.QueueChannel.Name)
	require.Empty(o.t, state().AttendantID)
	o.says(1, k.ChannelID, "/whatsapp claim")
	require.Equal(o.t, o.User(1).ID, state().AttendantID)
	o.says(0, k.ChannelID, "/whatsapp transfer ~"+o.Env.QueueChannel.Name)
	o.says(0, k.ChannelID, "/whatsapp assumir")
	require.Equal(o.t, o.User(0).ID, state().AttendantID)
	o.says(0, k.ChannelID, "/whatsapp close terminou bem")
	require.Equal(o.t, "closed", state().State)
	o.says(0, k.ChannelID, "/whatsapp reabrir")
	require.Equal(o.t, "open", state().State)
	o.says(0, k.ChannelID, "/whatsapp encerrar")
	require.Equal(o.t, "closed", state().State)
	o.says(0, k.ChannelID, "/whatsapp reopen")
	require.Equal(o.t, "open", state().State)
	o.waitUntilIdle(oneMinute)
	require.Len(o.t, k.phone.Messages(), 1, "no command reaches the customer")
}

// contractSettings checks that a changed setting takes effect without a restart.
func contractSettings(o *outsider) {
	ctx := o.ctx(2 * oneMinute)
	set := func(settings map[string]any) { require.NoError(o.t, o.Env.ConfigurePlugin(ctx, settings)) }
	pids, err := o.Env.PluginPIDs(0)
	require.NoError(o.t, err)
	without := newCustomer()
	without.CPF = ""
	o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(without)).is(422, "invalid_field")
	set(map[string]any{"RequireCPF": false})
	defer func() {
		require.NoError(o.t, o.Env.ConfigurePlugin(context.Background(), map[string]any{"RequireCPF": true, "CooldownHours": 6, "EncryptionKey": worldKey, "encryptionkey": worldKey}))
	}()
	started := false
	o.within(oneMinute, "a start without a document", func(context.Context) error {
		a := o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(without))
		started = a.status == 201
		return errorUnless(started, "%s", a.text)
	})
	missing := o.startOf(newCustomer())
	customer, _ := missing["customer"].(map[string]any)
	delete(customer, "cpf")
	o.asks(o.Agent(1), http.MethodPost, "/conversations", missing).is(201)
	customer["cpf"], customer["phone"] = "111.111.111-11", newCustomer().Phone
	o.asks(o.Agent(1), http.MethodPost, "/conversations", missing).is(422, "invalid_field")
	set(map[string]any{"RequireCPF": true, "CooldownHours": 0})
	k, err := o.Start(ctx, 1, newCustomer())
	require.NoError(o.t, err)
	template := map[string]any{"template": map[string]any{"name": o.Positional.Name, "language": "pt_BR"}, "variables": scenario.Variables()}
	o.within(oneMinute, "no cooldown", func(context.Context) error {
		a := o.asks(o.Agent(1), http.MethodPost, "/conversations/"+k.ID+"/template", template)
		return errorUnless(a.status == 200, "%s", a.text)
	})
	o.asks(o.Agent(1), http.MethodGet, "/conversations/"+k.ID, nil).is(200).has("cooldown_until", nil)
	set(map[string]any{"CooldownHours": "8"}) // the System Console sends numbers as strings
	o.within(oneMinute, "the cooldown", func(context.Context) error {
		a := o.asks(o.Agent(1), http.MethodPost, "/conversations/"+k.ID+"/template", template)
		return errorUnless(a.status == 409 && a.problem()["code"] == "cooldown", "%s", a.text)
	})
	// The next key contains unusual characters. The secrets are entered again, and everything must work as before.
	useKey := func(key string) { set(map[string]any{"EncryptionKey": key, "encryptionkey": key}) } // the server reads the name in lower case, so the plugin writes that one
	useKey(`çã" \'${}<>&é😀😀 0123456789abcdef`)
	o.within(oneMinute, "the new key", func(context.Context) error {
		a := o.asks(o.Admin(), http.MethodPatch, "/accounts/"+o.Account.ID, map[string]any{"access_token": o.Number.Token, "app_secret": o.Number.AppSecret, "verify_token": "outro-token"})
		return errorUnless(a.status == 200, "%s", a.text)
	})
	person := newCustomer()
	c, err := o.Opened(ctx, 1, person)
	require.NoError(o.t, err)
	require.Equal(o.t, "***."+person.CPF[3:6]+"."+person.CPF[6:9]+"-**", c.Contact.CPFMasked)
	require.Contains(o.t, o.asks(o.Admin(), http.MethodGet, "/contacts/"+c.Contact.ID+"/export", nil).is(200).text, person.CPF)
	useKey(worldKey)
	o.within(oneMinute, "the old key", func(context.Context) error {
		a := o.asks(o.Admin(), http.MethodPatch, "/accounts/"+o.Account.ID, map[string]any{"access_token": o.Number.Token, "app_secret": o.Number.AppSecret, "verify_token": o.verifyToken()})
		return errorUnless(a.status == 200, "%s", a.text)
	})
	_, err = o.Opened(ctx, 1, newCustomer())
	require.NoError(o.t, err)
	after, err := o.Env.PluginPIDs(0)
	require.NoError(o.t, err)
	require.Equal(o.t, pids, after, "the plugin was not started again")

	// Without a key, the plugin generates one when it is first activated.
	useKey("")
	require.NoError(o.t, o.Env.ReactivatePlugin(ctx, 0))
	o.waitForPlugin()
	content, err := os.ReadFile(filepath.Join(o.Env.Nodes[0].Dir, "config", "config.json"))
	require.NoError(o.t, err)
	var stored struct {
		PluginSettings struct{ Plugins map[string]map[string]any }
	}
	require.NoError(o.t, json.Unmarshal(content, &stored))
	made := ""
	for name, value := range stored.PluginSettings.Plugins[o.Env.Plugin.ID] {
		if text, isText := value.(string); isText && strings.EqualFold(name, "EncryptionKey") {
			made += text
		}
	}
	require.GreaterOrEqual(o.t, len(made), 32)
	require.NotEqual(o.t, worldKey, made)
	useKey(worldKey)
	o.within(oneMinute, "the world's key", func(context.Context) error {
		a := o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(newCustomer()))
		return errorUnless(a.status == 201, "%s", a.text)
	})
}

func contractMetrics(o *outsider) {
	bot, _, err := o.Admin().GetUserByUsername(o.ctx(oneMinute), "whatsapp", "")
	require.NoError(o.t, err)
	require.True(o.t, bot.IsBot)
	request, err := http.NewRequestWithContext(o.ctx(oneMinute), http.MethodGet, o.Env.Nodes[0].MetricsURL+"/plugins/"+o.Env.Plugin.ID+"/metrics", http.NoBody)
	require.NoError(o.t, err)
	status, text := o.send(request)
	require.Equal(o.t, 200, status)
	require.NotContains(o.t, text, o.Number.Token)
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			require.Regexp(o.t, `^(waa|go|process)_`, line)
		}
	}
	require.Contains(o.t, text, "waa_")
}
