//go:build unix

package e2e

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// These are the people of the table, in the order of its columns, and the agents who play them.
const (
	supervisorAgent, servingAgent, queueAgent, ownerAgent, attendantAgent, goneAgent, guestAgent, insideAgent = 0, 1, 2, 3, 4, 5, 6, 7
	outsiderAgent                                                                                             = 8
)

var columns = []string{"owner outside", "attendant outside", "guest", "queue only", "channel only", "supervisor", "system admin", "bot", "deactivated", "supervisor inside"}

// Each sign is the result for one person: + it was done, or refused for a reason that does not depend on the person; - 403; . 404; x the
// person is not let in at all.
const (
	whoSees     = "++.+.++.x+" // everybody who may see the conversation
	ownPlan     = "+....++.x+" // its owner, wherever they are, and the queue's supervisors
	acted       = "--.+.++.x+" // everybody who may act in it
	supervised  = "--.-.++.x+" // its supervisors
	spoken      = "--.-.+-.x+" // speaking for a system admin who is not in the channel: nobody may, and a supervisor is told why
	started     = "---+-+--x+" // the agents of a queue
	everybody   = "++++++++x+"
	inQueue     = "---+-++-x+" // the agents of a queue and system admins
	supervises  = "-----++-x+" // the supervisors of a queue, whatever they see
	admins      = "------+-x-"
	typedThere  = "xx.x.x+xx+" // a command in the conversation's channel: the server lets members and system admins run it
	typedSpoken = "xx+x+x-xx+" // a command that sends something to the customer
	typedLater  = "xx.x.x-xx+" // a command that sends something to the customer later
	typedStart  = "xx-x-x-xx+"
	typedAny    = "xx+x+x+xx+"
)

// act is a request of the REST API or of a button.
type act struct {
	route, expected string
	path            string // below /api/v1; "" for the path of the route with its ids filled in
	body            any
}

// rights is the world of the table.
type rights struct {
	*outsider
	k       *openConversation
	clients []*model.Client4 // by column
	users   []string         // by column
	draft   string           // a colleague's draft
	reason  string           // a closing reason of the queue
	reply   string           // a quick reply of the queue
	later   string           // a start that the owner put off
	file    string           // wamid of a file from the customer
	opened  [][]*openedForm  // by column, in the order of formRows; the colleague's come last
	buttons []button
}

// TestWhoMayDoWhat tests docs/permissions.md on the real server: every route of docs/openapi.yaml, every subcommand, every step of a dialog
// and every button, used by everybody. Anything new without a row here fails the test.
func TestWhoMayDoWhat(t *testing.T) {
	r := newRights(t)
	t.Run("buttons", func(t *testing.T) { r.pressed(t) })
	t.Run("routes", func(t *testing.T) { r.routes(t) })
	t.Run("words", func(t *testing.T) { r.words(t) })
	t.Run("dialogs", func(t *testing.T) { r.dialogs(t) })
}

func newRights(t *testing.T) *rights {
	w := startWorld(t, scenario.Options{Agents: 9})
	doc, err := openapi3.NewLoader().LoadFromFile("../../docs/openapi.yaml")
	require.NoError(t, err)
	router, err := gorillamux.NewRouter(doc)
	require.NoError(t, err)
	s := &stage{World: w, t: t}
	r := &rights{outsider: &outsider{stage: s, router: router}}
	token, bot := r.bot()
	for _, agent := range []int{ownerAgent, attendantAgent, guestAgent, queueAgent, outsiderAgent, supervisorAgent, goneAgent, insideAgent} {
		r.clients, r.users = append(r.clients, s.Agent(agent)), append(r.users, s.User(agent).ID)
	}
	r.clients = slices.Insert(r.clients, 6, s.Admin(), token)
	r.users = slices.Insert(r.users, 6, s.Env.Admin.ID, bot)

	r.k = &openConversation{customer: newCustomer(), agent: ownerAgent}
	r.k.Conversation, err = w.Start(s.ctx(oneMinute), ownerAgent, r.k.customer)
	require.NoError(t, err)
	r.k.phone = s.Phone(r.k.customer.Phone)
	r.together()
	r.apart()
	return r
}

// together puts everybody into the channel and the queue, where they may do everything. What they open there is used later, when they no
// longer may.
func (r *rights) together() {
	ctx, admin := r.ctx(2*oneMinute), r.Admin()
	_, err := admin.UpdateChannelRoles(ctx, r.Env.QueueChannel.ID, r.User(insideAgent).ID, "channel_user channel_admin")
	require.NoError(r.t, err)
	for _, user := range append(slices.Clone(r.users), r.User(servingAgent).ID) { // the person who is invited last becomes the attendant
		for _, channel := range []string{r.Env.QueueChannel.ID, r.k.ChannelID} {
			_, _, err = admin.AddChannelMember(ctx, channel, user)
			require.NoError(r.t, err)
		}
	}
	r.within(oneMinute, "the invitations to count", func(ctx context.Context) error {
		c, err := r.Conversation(ctx, admin, r.k.ID)
		if err != nil || c.AttendantID == r.User(servingAgent).ID {
			return err
		}
		// The server tells of invitations that come together in any order: this one is made again, until it is the last.
		_, left := admin.RemoveUserFromChannel(ctx, r.k.ChannelID, r.User(servingAgent).ID)
		_, _, joined := admin.AddChannelMember(ctx, r.k.ChannelID, r.User(servingAgent).ID)
		return firstError(left, joined, errorUnless(false, "%s serves", c.AttendantID))
	})
	later := r.StartRequest(newCustomer())
	later["send_at"] = time.Now().Add(24 * time.Hour).UnixMilli()
	r.later = r.asks(r.Agent(ownerAgent), http.MethodPost, "/conversations", later).is(http.StatusAccepted).field("id")
	for _, do := range []string{"cancel", "start"} {
		r.buttons = append(r.buttons, button{do, "", "/plugins/" + r.Env.Plugin.ID + "/api/v1/actions/scheduled", map[string]any{"do": do, "scheduled_id": r.later}})
	}
	r.prepareButtons()
	r.reason = r.asks(admin, http.MethodPost, "/closing-reasons", map[string]any{
		"queue_id": r.Queue.ID, "label": "Vendido", "fields": []map[string]any{{"name": "value", "label": "Valor", "type": "number"}},
	}).is(http.StatusCreated).field("id")
	r.reply = r.asks(admin, http.MethodPost, "/quick-replies", map[string]any{"scope": "queue", "queue_id": r.Queue.ID, "shortcut": "oi", "text": "{{saudacao}}"}).is(http.StatusCreated).field("id")
	r.openDialogs()
}

// apart takes from everybody the rights that their column does not have.
func (r *rights) apart() {
	ctx, admin := r.ctx(oneMinute), r.Admin()
	for _, leaver := range []int{ownerAgent, attendantAgent} {
		_, err := admin.RemoveTeamMember(ctx, r.Env.Team.ID, r.User(leaver).ID)
		require.NoError(r.t, err)
	}
	outside := []string{r.User(queueAgent).ID, r.User(supervisorAgent).ID, r.users[7], r.Env.Admin.ID}
	strangers := []string{r.User(guestAgent).ID, r.User(outsiderAgent).ID, r.users[7], r.Env.Admin.ID}
	for channel, users := range map[string][]string{r.k.ChannelID: outside, r.Env.QueueChannel.ID: strangers} {
		for _, user := range users {
			_, err := admin.RemoveUserFromChannel(ctx, channel, user)
			require.NoError(r.t, err)
		}
	}
	r.exec("UPDATE users SET roles = 'system_guest' WHERE id = $1", r.User(guestAgent).ID)
	_, err := admin.UpdateUserActive(ctx, r.User(goneAgent).ID, false)
	require.NoError(r.t, err)
	r.waitUntilIdle(oneMinute)
}

// bot creates a bot that belongs to a user, and returns a client for it and its id.
func (r *rights) bot() (*model.Client4, string) {
	ctx := r.ctx(oneMinute)
	require.NoError(r.t, configure(ctx, r.Admin(), `{"ServiceSettings": {"EnableBotAccountCreation": true, "EnableUserAccessTokens": true}}`))
	bot, _, err := r.Admin().CreateBot(ctx, &model.Bot{Username: "direitos-robo"})
	require.NoError(r.t, err)
	_, _, err = r.Admin().AddTeamMember(ctx, r.Env.Team.ID, bot.UserId)
	require.NoError(r.t, err)
	token, _, err := r.Admin().CreateUserAccessToken(ctx, bot.UserId, "direitos", 0)
	require.NoError(r.t, err)
	client := model.NewAPIv4Client(r.Env.Nodes[0].URL)
	client.SetToken(token.Token)
	return client, bot.UserId
}

func (r *rights) exec(query string, args ...any) {
	r.t.Helper()
	_, err := r.Env.DB().ExecContext(r.ctx(oneMinute), query, args...)
	require.NoError(r.t, err)
}

// acts lists all requests. The order ensures that one request's effect does not disturb the next.
func (r *rights) acts() []act {
	conversation, nowhere := r.k.ID, model.NewId()
	context := func(context map[string]any) any { return map[string]any{"context": context} }
	user := map[string]any{"user_id": r.User(servingAgent).ID}
	start := r.StartRequest(newCustomer())
	start["template"] = map[string]any{"name": "ninguem_conhece", "language": "pt_BR"}
	template := map[string]any{"template": start["template"], "variables": map[string]any{}}
	of := func(expected, method string, paths ...string) (rows []act) {
		for _, path := range paths {
			rows = append(rows, act{route: method + " " + path, expected: expected, path: strings.NewReplacer("{id}", nowhere, "{delivery_id}", nowhere).Replace(path), body: map[string]any{}})
		}
		return rows
	}
	contact := r.column("SELECT contact_id FROM waa_conversations WHERE id = $1", conversation)
	rows := []act{
		{"GET /conversations", everybody, "", nil},
		{"GET /conversations/counts", everybody, "", nil},
		{"POST /conversations/search", everybody, "", map[string]any{"q": "maria"}},
		{"POST /conversations/counts", everybody, "", map[string]any{"q": "maria"}},
		{"GET /start-options", everybody, "", nil},
		{"GET /customers", everybody, "", nil},
		{"POST /customers/search", everybody, "", map[string]any{"q": "maria"}},
		{"POST /conversations/check", started, "", start},
		{"GET /scheduled", everybody, "", nil},
		{"GET /scheduled/{id}", ownPlan, "/scheduled/" + r.later, nil},
		{"POST /actions/scheduled", ownPlan, "", context(map[string]any{"do": "cancel", "scheduled_id": r.later})},
		{"DELETE /scheduled/{id}", ownPlan, "/scheduled/" + r.later, nil},
		{"GET /channels", everybody, "", nil},
		{"GET /channels/{id}/conversation", whoSees, "/channels/" + r.k.ChannelID + "/conversation", nil},
		{"GET /conversations/{id}", whoSees, "/conversations/" + conversation, nil},
		{"GET /conversations/{id}/messages", whoSees, "/conversations/" + conversation + "/messages", nil},
		{"GET /conversations/{id}/drafts", whoSees, "/conversations/" + conversation + "/drafts", nil},
		{"POST /conversations", started, "", start},
		{"POST /conversations/{id}/template", acted, "/conversations/" + conversation + "/template", template},
		{"POST /conversations/{id}/note", acted, "/conversations/" + conversation + "/note", map[string]any{"text": "nota"}},
		{"POST /conversations/{id}/drafts", acted, "/conversations/" + conversation + "/drafts", map[string]any{"text": "outro"}},
		{"POST /conversations/{id}/interactive", "--.-.--.x+", "/conversations/" + conversation + "/interactive", map[string]any{"type": "location_request", "body": "onde?"}}, // members of the channel
		{"POST /conversations/{id}/claim", acted, "/conversations/" + conversation + "/claim", nil},
		{"POST /actions/claim", acted, "", context(map[string]any{"conversation_id": conversation})},
		{"POST /conversations/{id}/transfer", acted, "/conversations/" + conversation + "/transfer", user},
		{"POST /conversations/{id}/owner", supervised, "/conversations/" + conversation + "/owner", map[string]any{"user_id": r.User(ownerAgent).ID}},
		{"PUT /contacts/{id}/consent", whoSees, "/contacts/" + contact + "/consent", map[string]any{"status": "granted", "origin": "site"}},
		{"GET /consents", supervises, "", nil},
		{"POST /contacts/{id}/reveal", acted, "/contacts/" + contact + "/reveal", nil},
		{"PATCH /drafts/{id}", supervised, "/drafts/" + r.draft, map[string]any{"text": "pague"}},
		{"POST /actions/drafts/edit", supervised, "", map[string]any{"state": r.draft, "submission": map[string]any{"text": "pague já"}}},
		{"POST /drafts/{id}/send", spoken, "/drafts/" + r.draft + "/send", nil},
		{"DELETE /drafts/{id}", supervised, "/drafts/" + r.draft, nil},
		{"POST /actions/drafts", supervised, "", context(map[string]any{"do": "drop", "draft_id": r.draft})},
		{"POST /actions/media", acted, "", context(map[string]any{"wamid": r.file})},
		{"GET /closing-reasons", inQueue, "/closing-reasons?queue_id=" + r.Queue.ID, nil},
		{"POST /closing-reasons", supervises, "", map[string]any{"queue_id": r.Queue.ID, "label": "Perdido"}},
		{"POST /closing-reasons/import", supervises, "", map[string]any{"queue_id": r.Queue.ID, "text": "Engano"}},
		{"PATCH /closing-reasons/{id}", supervises, "/closing-reasons/" + r.reason, map[string]any{"label": "Ganho"}},
		{"DELETE /closing-reasons/{id}", supervises, "/closing-reasons/" + r.reason, nil},
		{"GET /conversations/{id}/closing-options", acted, "/conversations/" + conversation + "/closing-options", nil},
		{"GET /quick-replies", inQueue, "/quick-replies?queue_id=" + r.Queue.ID, nil},
		{"GET /quick-replies/autocomplete", everybody, "/quick-replies/autocomplete?channel_id=" + r.k.ChannelID, nil},
		{"GET /conversations/{id}/quick-replies/{reply_id}", acted, "/conversations/" + conversation + "/quick-replies/" + r.reply, nil},
		{"POST /quick-replies", supervises, "", map[string]any{"scope": "queue", "queue_id": r.Queue.ID, "shortcut": "oi", "text": "oi"}},
		{"POST /quick-replies/import", supervises, "", map[string]any{"scope": "queue", "queue_id": r.Queue.ID, "csv": "ola,,Olá"}},
		{"PATCH /quick-replies/{id}", supervises, "/quick-replies/" + r.reply, map[string]any{"title": "Olá"}},
		{"DELETE /quick-replies/{id}", "-----+..x.", // the first who may removes it
			"/quick-replies/" + r.reply, nil},
		{"GET /results", supervises, "", nil},
		{"GET /results/now", supervises, "", nil},
		{"POST /conversations/{id}/close", acted, "/conversations/" + conversation + "/close", map[string]any{"reason": "fim"}},
		{"POST /conversations/{id}/reopen", acted, "/conversations/" + conversation + "/reopen", nil},
	}
	rows = append(rows, of(admins, "GET", "/accounts", "/accounts/{id}", "/queues", "/queues/{id}", "/queues/{id}/members", "/holidays", "/templates", "/templates/{id}", "/plans", "/plans/{id}",
		"/plans/{id}/approvals", "/dead-letters", "/doctor", "/ledger", "/ledger/summary", "/contacts/{id}/export", "/contacts/{id}/lookalikes",
		"/event-subscriptions", "/event-subscriptions/{id}", "/event-subscriptions/{id}/deliveries", "/event-subscriptions/{id}/deliveries/{delivery_id}")...)
	rows = append(rows, of(admins, "POST", "/accounts", "/accounts/{id}/test", "/queues", "/templates", "/templates/{id}/edit", "/templates/sync", "/templates/lint", "/templates/samples", "/plans", "/plans/{id}/approve", "/dead-letters/replay", "/dead-letters/{id}/replay",
		"/contacts/{id}/merge", "/guards/release", "/results/rebuild", "/event-subscriptions", "/event-subscriptions/{id}/test", "/event-subscriptions/{id}/resend", "/event-subscriptions/{id}/replay",
		"/event-subscriptions/{id}/deliveries/{delivery_id}/resend")...)
	rows = append(rows, of(admins, "PATCH", "/accounts/{id}", "/queues/{id}", "/templates/{id}", "/plans/{id}", "/event-subscriptions/{id}")...)
	return append(rows, of(admins, "DELETE", "/accounts/{id}", "/queues/{id}", "/plans/{id}", "/contacts/{id}", "/event-subscriptions/{id}")...)
}

func (r *rights) column(query string, args ...any) (text string) {
	r.t.Helper()
	require.NoError(r.t, r.Env.DB().QueryRowContext(r.ctx(oneMinute), query, args...).Scan(&text))
	return text
}

func (r *rights) routes(t *testing.T) {
	draft := r.asks(r.Agent(servingAgent), http.MethodPost, "/conversations/"+r.k.ID+"/drafts", map[string]any{"text": "rascunho"}).is(http.StatusCreated)
	r.draft = draft.field("id")
	acts := r.acts()
	var known, documented []string
	for _, a := range acts {
		known = append(known, a.route)
	}
	doc, err := openapi3.NewLoader().LoadFromFile("../../docs/openapi.yaml")
	require.NoError(t, err)
	for _, path := range doc.Paths.InMatchingOrder() {
		for method := range doc.Paths.Value(path).Operations() {
			if short, rest := strings.CutPrefix(path, "/api/v1"); rest { // the webhook is only for Meta
				documented = append(documented, method+" "+short)
			}
		}
	}
	require.ElementsMatch(t, documented, known, "each route has its row")
	for _, a := range acts {
		if a.expected == spoken {
			r.exec("UPDATE waa_drafts SET author_id = $1 WHERE id = $2", r.Env.Admin.ID, r.draft)
		}
		got := ""
		for column := range columns {
			got += r.outcome(a, column)
		}
		assert.Equal(t, a.expected, got, "%s by %s", a.route, strings.Join(columns, ", "))
	}
}

// outcome returns the sign for the result of a request.
func (r *rights) outcome(a act, column int) string {
	defer r.serving(column)()
	method, path, _ := strings.Cut(a.route, " ")
	if a.path != "" {
		path = a.path
	}
	before := r.audited(column)
	got := r.asks(r.clients[column], method, path, a.body)
	switch {
	case got.status == http.StatusUnauthorized:
		return "x"
	case got.status == http.StatusForbidden:
		return "-"
	case a.expected == admins && got.status == http.StatusNotFound: // the object does not exist, and this person may know that
		r.isAudited(a, column, before)
		return "+"
	case got.status == http.StatusNotFound:
		return "."
	}
	if a.expected == opensForm && got.status == http.StatusServiceUnavailable {
		return "+"
	}
	require.Less(r.t, got.status, 500, "%s %s: %s", columns[column], a.route, got.text)
	if told := refusedBy(got.text); told != "" {
		return told
	}
	if got.status < 300 {
		r.isAudited(a, column, before)
	}
	return "+"
}

// serving makes the attendant outside the channel the attendant again for one request. The plugin notices within seconds that somebody has
// left and then takes the conversation from them.
func (r *rights) serving(column int) (after func()) {
	if column != 1 {
		return func() {}
	}
	served := r.column("SELECT string_agg(id || '=' || attendant_id, ',') FROM waa_conversations")
	r.exec("UPDATE waa_conversations SET attendant_id = $1", r.User(attendantAgent).ID)
	return func() {
		for _, one := range strings.Split(served, ",") {
			id, attendant, _ := strings.Cut(one, "=")
			r.exec("UPDATE waa_conversations SET attendant_id = $1 WHERE id = $2", attendant, id)
		}
	}
}

// ownAffairs lists requests that need no audit record: they change nothing, change only something of the person's own, or leave a post that
// documents them.
var ownAffairs = []string{"POST /conversations/search", "POST /conversations/counts", "POST /conversations/check", "POST /customers/search", "POST /conversations/{id}/note", "POST /conversations/{id}/interactive", "POST /conversations/{id}/drafts", "POST /conversations/{id}/claim", "POST /actions/claim", "POST /actions/media",
	"POST /closing-reasons/import"}

// isAudited checks that what was done has an audit record with the person who did it.
func (r *rights) isAudited(a act, column, before int) {
	r.t.Helper()
	changes := !strings.HasPrefix(a.route, "GET ") || a.route == "GET /dead-letters"
	if !changes || slices.Contains(ownAffairs, a.route) || strings.Contains(a.route, "transfer") || strings.Contains(a.route, "owner") || strings.Contains(a.route, "drafts") || strings.Contains(a.route, "scheduled") {
		return // a request that leaves everything as it was is not a change
	}
	require.Greater(r.t, r.audited(column), before, "%s by %s left no trace", a.route, columns[column])
}

func (r *rights) audited(column int) int {
	r.t.Helper()
	return r.count("SELECT count(*) FROM waa_audit WHERE actor_id = $1", r.users[column])
}

// refusedBy reads a refusal that comes as a text. It returns "-" if the person may not do it, "." if there is nothing there for them, "~"
// if the form is not theirs, and "" for any other text.
func refusedBy(text string) string {
	for part, outcome := range map[string]string{
		"saiu do canal e da fila": "-", "Convidados escrevem": "-", "não pode escrever no canal": "-", "Este rascunho é de": "-", "Só quem agendou": "-", "não tem permissão": "-", "Só quem supervisiona": "-", "Only supervisors": "-",
		"ão encontrado": ".", "Não há nada assim": ".", "Nothing like this": ".", "not found": ".", // bots are answered in English
		"só funciona no canal": ".", "não está em nenhuma fila": "-", "Este formulário perdeu": "~", "is out of date": "~",
	} {
		if strings.Contains(text, part) {
			return outcome
		}
	}
	return ""
}

// words tries the subcommands of /whatsapp, each with an argument that it accepts.
func (r *rights) words(t *testing.T) {
	rows := map[string]string{
		"novo": typedStart, "agendados": typedAny, "agendar amanhã 9h oi": typedLater, "modelo": typedThere, "nota x": typedThere, "rascunhos": typedThere, "local -23.5,-46.6 Loja": typedSpoken, "contato Ana 11 98765-4321": typedSpoken,
		"perguntar": typedSpoken, "lista": typedSpoken, "link": typedSpoken, "respostas": typedAny, "botoes Sim? | Sim": typedSpoken, "pedir-local": typedSpoken, "pedir-telefone": typedSpoken,
		"transferir @" + r.User(servingAgent).Username: typedThere, "responsavel @" + r.User(servingAgent).Username: typedThere, "assumir": typedThere,
		"cliente": typedThere, "consentimento": typedThere, "descadastrados": typedAny, "status": typedThere, "encerrar fim": typedThere, "reabrir": typedThere, "meus": typedAny, "custos": typedAny, "resultados": typedAny, "doctor": typedAny, "ajuda": typedAny,
	}
	var known, offered []string
	for typed := range rows {
		word, _, _ := strings.Cut(typed, " ")
		known = append(known, word)
	}
	commands, _, err := r.Admin().ListAutocompleteCommands(r.ctx(oneMinute), r.Env.Team.ID)
	require.NoError(t, err)
	for _, c := range commands {
		if c.Trigger != "whatsapp" {
			continue
		}
		for _, sub := range c.AutocompleteData.SubCommands {
			if !strings.HasPrefix(sub.HelpText, "O mesmo que") { // not the English twin of another one
				offered = append(offered, sub.Trigger)
			}
		}
	}
	require.ElementsMatch(t, offered, known, "each word has its row")
	for _, typed := range slices.Sorted(maps.Keys(rows)) {
		got := ""
		for column := range columns {
			if column == 1 {
				got += got[:1] // the owner gets the same result: the server lets neither of them in
				continue
			}
			response, err := r.Env.ExecuteSlash(r.ctx(oneMinute), r.clients[column], r.k.ChannelID, "/whatsapp "+typed)
			switch {
			case err != nil && strings.Contains(err.Error(), "trigger"): // a dialog needs a trigger from the client
				got += "+"
			case err != nil:
				got += "x"
			case refusedBy(response.Text) != "":
				got += refusedBy(response.Text)
			default:
				got += "+"
			}
		}
		assert.Equal(t, rows[typed], got, "/whatsapp %s by %s", typed, strings.Join(columns, ", "))
	}
}
