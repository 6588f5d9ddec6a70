//go:build unix

package e2e

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestContractStarts has several people start conversations at once, while Meta refuses some of them or does not answer.
func TestContractStarts(t *testing.T) {
	o := newOutsider(t)
	for _, part := range []struct {
		name string
		try  func(o *outsider)
	}{
		{"one customer, eight starts at once", contractParallelStarts}, {"refused by Meta", contractRefusedStart}, {"outcome unknown", contractUnknownStart},
		{"confirmed twice", contractConfirmedTwice}, {"the same person on another number", contractOtherNumber}, {"hostile names", contractNames},
		{"claims", contractClaims}, {"transfer, close, reopen", contractActions},
	} {
		t.Run(part.name, func(t *testing.T) { part.try(o.in(t)) })
	}
}

// withoutNinth returns a Brazilian number without its ninth digit, as many people still write it.
func withoutNinth(phone string) string { return phone[:5] + phone[6:] }

func contractParallelStarts(o *outsider) {
	customer := newCustomer()
	o.Sim.AddCustomer(cloudapi.Customer{Number: strings.TrimPrefix(customer.Phone, "+"), Name: "Marina", DropNinthDigit: true})
	answers := make([]restAnswer, 8)
	var hands sync.WaitGroup
	for i := range answers {
		hands.Go(func() {
			typed := customer
			if i%2 == 1 {
				typed.Phone = withoutNinth(customer.Phone)
			}
			answers[i] = o.asks(o.Agent(i%3), http.MethodPost, "/conversations", o.startOf(typed))
		})
	}
	hands.Wait()
	var made []restAnswer
	for _, a := range answers {
		if a.status == http.StatusCreated {
			made = append(made, a)
			continue
		}
		a.is(409, "conversation_exists")
	}
	require.Len(o.t, made, 1)
	require.NotEmpty(o.t, made[0].field("channel_id"))
	require.Len(o.t, o.Phone(customer.Phone).Messages(), 1)
	list := o.asks(o.Admin(), http.MethodGet, "/conversations?q="+customer.CPF, nil).is(200).items()
	require.Len(o.t, list, 1)
	require.Equal(o.t, made[0].field("id"), list[0]["id"])
	made[0].has("state", "waiting", "window_until", nil, "attendant_id", made[0].field("owner_id"), "account_id", o.Account.ID, "queue_id", o.Queue.ID)
	require.NotNil(o.t, made[0].object["cooldown_until"])
}

func contractRefusedStart(o *outsider) {
	customer := newCustomer()
	o.Sim.FailNext(hereTo(customer.Phone), 131026, 1)
	a := o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(customer)).is(502, "meta_refused")
	require.EqualValues(o.t, 131026, a.problem()["meta_code"])
	require.Empty(o.t, o.asks(o.Admin(), http.MethodGet, "/conversations?q="+customer.CPF, nil).is(200).items())
	for _, state := range []string{"waiting", "open", "expired", "closed"} {
		require.Empty(o.t, o.asks(o.Admin(), http.MethodGet, "/conversations?state="+state+"&q="+customer.CPF, nil).is(200).items())
	}
	require.Equal(o.t, 0, o.count(`SELECT count(*) FROM channels ch JOIN waa_conversations c ON ch.name = 'wa-' || c.id JOIN waa_contacts ct ON ct.id = c.contact_id WHERE ct.phone = $1`, customer.Phone))
	require.Equal(o.t, 1, o.count(`SELECT count(*) FROM waa_conversations c JOIN waa_contacts ct ON ct.id = c.contact_id WHERE ct.phone = $1`, customer.Phone), "its record stays")
	o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(customer)).is(201) // and nothing holds it up
	require.Len(o.t, o.Phone(customer.Phone).Messages(), 1)
}

func contractUnknownStart(o *outsider) {
	customer := newCustomer()
	o.Sim.Configure(func(s *cloudapi.Settings) { s.AutomaticStatuses = false })
	defer o.Sim.Configure(func(s *cloudapi.Settings) { s.AutomaticStatuses = true })
	o.Sim.Faults().Next(1, cloudapi.Fault{Match: hereTo(customer.Phone), Kind: cloudapi.FaultCutAfter})
	a := o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(customer)).is(202).has("state", "waiting")
	o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(customer)).is(409, "conversation_exists")
	o.Sim.Configure(func(s *cloudapi.Settings) { s.AutomaticStatuses = true })
	messages := o.Phone(customer.Phone).Messages()
	require.Len(o.t, messages, 1)
	require.NoError(o.t, o.Sim.SendStatus(messages[0].ID, "delivered"))
	o.within(oneMinute, "the template to be delivered", func(ctx context.Context) error {
		m, err := o.Messages(ctx, o.Agent(1), a.field("id"))
		return firstError(err, errorUnless(len(m) == 1 && m[0].Status == "delivered", "the messages are %+v", m))
	})
	c, err := o.Conversation(o.ctx(oneMinute), o.Agent(1), a.field("id"))
	require.NoError(o.t, err)
	require.NotEmpty(o.t, c.ChannelID)
	require.Len(o.t, o.Phone(customer.Phone).Messages(), 1)
}

// contractConfirmedTwice submits the same confirmed form many times at once, which must count as one confirmation.
func contractConfirmedTwice(o *outsider) {
	k := o.open(1)
	ctx := o.ctx(oneMinute)
	d, err := o.OpenDialog(ctx, 1, k.ChannelID, "/whatsapp modelo")
	require.NoError(o.t, err)
	require.NoError(o.t, d.Next(ctx, map[string]any{"template": o.Positional.ID}))
	for _, name := range []string{"customer_name", "cpf", "phone"} {
		require.Nil(o.t, d.Element(name))
	}
	values := map[string]any{}
	for name, value := range scenario.Variables() {
		values[name] = value
	}
	require.NoError(o.t, d.Next(ctx, values))
	require.NotNil(o.t, d.Element("confirm"))
	for _, not := range []map[string]any{{}, {"confirm": false}, {"confirm": nil}, {"confirm": 0}} {
		kept := *d
		answer, err := d.Submit(ctx, not)
		require.NoError(o.t, err)
		require.NotEmpty(o.t, answer.Errors["confirm"]+answer.Error, "%v", not)
		*d = kept
	}
	before := len(k.phone.Messages())
	forms := make([]scenario.Dialog, 5)
	answers := make([]*model.SubmitDialogResponse, len(forms))
	problems := make([]error, len(forms))
	var hands sync.WaitGroup
	for i := range forms {
		forms[i] = *d
		hands.Go(func() { answers[i], problems[i] = forms[i].Submit(ctx, map[string]any{"confirm": true}) })
	}
	hands.Wait()
	done := 0
	for i := range answers {
		require.NoError(o.t, problems[i])
		if answers[i].Error == "" && len(answers[i].Errors) == 0 {
			done++
		}
	}
	o.waitUntilIdle(oneMinute)
	require.Len(o.t, k.phone.Messages(), before+1, "one confirmation, one template")
	require.Equal(o.t, 1, done)

	// Over REST, each request counts as a start of its own.
	body := map[string]any{"variables": scenario.Variables(), "template": map[string]any{"language": "pt_BR", "name": o.Positional.Name}}
	o.asks(o.Agent(1), http.MethodPost, "/conversations/"+k.ID+"/template", body).is(422, "invalid_field")
	body["confirm"] = true
	o.asks(o.Agent(1), http.MethodPost, "/conversations/"+k.ID+"/template", body).is(200).has("id", k.ID)
	// Starting again with a person who has an open conversation leads to that conversation and does not create a second one.
	again := o.startOf(k.customer)
	exists := o.asks(o.Agent(1), http.MethodPost, "/conversations", again).is(409, "conversation_exists")
	require.Contains(o.t, exists.problem()["message"], o.User(1).Username)
	again["confirm"] = true
	started := o.asks(o.Agent(1), http.MethodPost, "/conversations", again)
	require.Contains(o.t, []int{200, 201}, started.status, started.text)
	require.Equal(o.t, k.ID, started.field("id"))
	require.Len(o.t, o.asks(o.Admin(), http.MethodGet, "/conversations?q="+k.customer.CPF, nil).is(200).items(), 1)
}

// contractOtherNumber checks that the cooldown belongs to the person, whichever number, queue or agent is used.
func contractOtherNumber(o *outsider) {
	admin := o.Admin()
	number := o.Sim.AddNumber(cloudapi.Number{WABAID: o.Number.WABAID, Display: "+55 11 5555-0199", Token: o.Number.Token})
	account := o.asks(admin, http.MethodPost, "/accounts", map[string]any{
		"name": "Outro", "phone_number_id": number.ID, "waba_id": number.WABAID, "access_token": number.Token, "app_secret": number.AppSecret, "verify_token": "outro",
	}).is(201).field("id")
	channel, _, err := admin.CreateChannel(o.ctx(oneMinute), &model.Channel{TeamId: o.Env.Team.ID, Type: model.ChannelTypePrivate, Name: "contrato-outro", DisplayName: "Outro"})
	require.NoError(o.t, err)
	_, _, err = admin.AddChannelMember(o.ctx(oneMinute), channel.Id, o.User(2).ID)
	require.NoError(o.t, err)
	queue := o.asks(admin, http.MethodPost, "/queues", map[string]any{"name": "Outro", "account_id": account, "team_id": o.Env.Team.ID, "channel_id": channel.Id}).is(201).field("id")
	o.asks(admin, http.MethodPost, "/templates/sync", map[string]any{"account_id": account}).is(200)
	for _, item := range o.asks(admin, http.MethodGet, "/templates?account_id="+account, nil).is(200).items() {
		id, _ := item["id"].(string)
		o.asks(admin, http.MethodPatch, "/templates/"+id, map[string]any{"approved": true, "queue_ids": []string{queue}}).is(200)
	}
	plan := o.asks(admin, http.MethodPost, "/plans", map[string]any{"queue_id": queue, "monthly_limit": 100, "currency": "BRL", "prices": scenario.Prices()}).is(201).field("id")
	person := newCustomer()
	body := o.startOf(person)
	body["account_id"], body["queue_id"] = account, queue
	o.asks(o.Agent(2), http.MethodPost, "/conversations", body).is(409, "no_plan")
	o.asks(admin, http.MethodPost, "/plans/"+plan+"/approve", nil).is(200)
	o.asks(o.Agent(1), http.MethodPost, "/conversations", body).is(403, "forbidden") // not a member of that channel
	o.asks(admin, http.MethodPost, "/conversations", body).is(201)                   // the channel's creator is a member
	typed := person
	typed.Phone = withoutNinth(person.Phone)
	o.asks(o.Agent(1), http.MethodPost, "/conversations", o.startOf(typed)).is(409, "cooldown")
	supervisor := o.startOf(typed)
	o.asks(o.Agent(0), http.MethodPost, "/conversations", supervisor).is(409, "cooldown")
	supervisor["confirm"] = true
	o.asks(o.Agent(0), http.MethodPost, "/conversations", supervisor).is(409, "cooldown")
	supervisor["reason"] = "  "
	o.asks(o.Agent(0), http.MethodPost, "/conversations", supervisor).is(409, "cooldown")
	supervisor["reason"] = "o cliente pediu"
	o.asks(o.Agent(0), http.MethodPost, "/conversations", supervisor).is(201)
	require.Equal(o.t, 1, o.count("SELECT count(*) FROM waa_contacts WHERE phone = $1", person.Phone))
	body["account_id"] = o.Account.ID // not the account of that queue
	o.asks(o.Agent(2), http.MethodPost, "/conversations", body).is(422, "invalid_field")

	// An agent in several queues chooses one of them, and the account and template must belong to the chosen queue.
	ctx := o.ctx(oneMinute)
	d, err := o.OpenDialog(ctx, 2, o.lobby(), "/whatsapp novo")
	require.NoError(o.t, err)
	require.Equal(o.t, []string{"queue", "template"}, d.Elements())
	queues := []string{}
	for _, option := range d.Element("queue").Options {
		queues = append(queues, option.Value)
	}
	require.ElementsMatch(o.t, []string{o.Queue.ID, queue}, queues)
	answer, err := d.Submit(ctx, map[string]any{"queue": queue, "template": o.Positional.ID})
	require.NoError(o.t, err)
	require.NotEmpty(o.t, answer.Errors["template"], "it is another number's: %+v", answer)
	answer, err = d.Submit(ctx, map[string]any{"template": o.Positional.ID})
	require.NoError(o.t, err)
	require.NotEmpty(o.t, answer.Errors["queue"], "%+v", answer)
	require.NoError(o.t, d.Next(ctx, map[string]any{"queue": o.Queue.ID, "template": o.Positional.ID}))
	// The values of earlier steps need not be sent again, and a company has a CNPJ instead of a CPF.
	company := newCustomer()
	values := map[string]any{"customer_name": "Empresa Ltda.", "cpf": "11.222.333/0001-81", "phone": "+55 (11) " + company.Phone[5:10] + "." + company.Phone[10:]}
	for name, value := range scenario.Variables() {
		values[name] = value
	}
	require.NoError(o.t, d.Finish(ctx, values))
	require.Len(o.t, o.Phone(company.Phone).Messages(), 1)
	alphanumeric := newCustomer()
	alphanumeric.CPF = "12.abc.345/01de-35"
	o.asks(o.Agent(2), http.MethodPost, "/conversations", o.startOf(alphanumeric)).is(201)
	alphanumeric.CPF = "12.ABC.345/01DE-36"
	o.asks(o.Agent(2), http.MethodPost, "/conversations", o.startOf(alphanumeric)).is(422, "invalid_field")
}

// contractNames checks that whatever a person is called, the channel's name is one line of at most 64 characters that mentions nobody.
func contractNames(o *outsider) {
	for _, name := range []string{
		"@all ~town-square [x](http://a.example)", "<script>alert(1)</script>", "Zé \u202e\u2066oãoJ", strings.Repeat("ã", 64), "👩‍👩‍👧‍👦 Família", "a\u0301bc", "**negrito** `código`",
		"linha\ncom quebra", "R$ 5 | tabela |", "# título",
	} {
		customer := newCustomer()
		customer.Name = name
		c, err := o.Start(o.ctx(oneMinute), 0, customer)
		require.NoError(o.t, err, name)
		channel, err := o.ChannelOf(o.ctx(oneMinute), c)
		require.NoError(o.t, err)
		require.Equal(o.t, "wa-"+c.ID, channel.Name)
		require.Equal(o.t, model.ChannelTypePrivate, channel.Type)
		require.NotEmpty(o.t, channel.DisplayName)
		require.LessOrEqual(o.t, len([]rune(channel.DisplayName)), 64)
		require.NotContains(o.t, channel.DisplayName, "\n")
		require.NotContains(o.t, channel.DisplayName, "\u202e")
		require.NotContains(o.t, channel.Header, customer.CPF)
		require.NotContains(o.t, channel.Header, "@all")
		posts, err := o.Posts(o.ctx(oneMinute), c.ChannelID)
		require.NoError(o.t, err)
		for _, post := range posts {
			require.NotRegexp(o.t, `(^|[^\\\w])@all\b`, post.Message, name)
		}
	}
	for _, name := range []string{strings.Repeat("ã", 65), "\u200b\u200d", " ", ""} {
		customer := newCustomer()
		customer.Name = name
		a := o.asks(o.Agent(0), http.MethodPost, "/conversations", o.startOf(customer)).is(422, "invalid_field")
		require.Contains(o.t, a.problem()["fields"], "customer_name")
	}
}

// contractClaims checks that exactly one of several agents who claim a conversation at once gets it.
func contractClaims(o *outsider) {
	stranger := newCustomer()
	_, err := o.Phone(stranger.Phone).Reply("tem alguém aí?")
	require.NoError(o.t, err)
	var found []map[string]any
	o.within(oneMinute, "the customer's conversation", func(context.Context) error {
		found = o.asks(o.Agent(2), http.MethodGet, "/conversations?q="+strings.TrimPrefix(stranger.Phone, "+"), nil).is(200).items()
		return errorUnless(len(found) == 1 && found[0]["channel_id"] != "", "there are %d", len(found))
	})
	id, _ := found[0]["id"].(string)
	channelID, _ := found[0]["channel_id"].(string)
	require.Equal(o.t, []any{"open", "", "", o.Queue.ID}, []any{found[0]["state"], found[0]["owner_id"], found[0]["attendant_id"], found[0]["queue_id"]})
	o.within(oneMinute, "the two bots alone in the channel until it is claimed", func(ctx context.Context) error {
		members, _, err := o.Admin().GetChannelMembers(ctx, channelID, 0, 100, "")
		return firstError(err, errorUnless(len(members) == 2, "there are %d", len(members)))
	})
	answers := make([]restAnswer, 6)
	var hands sync.WaitGroup
	for i := range answers[:3] {
		hands.Go(func() { answers[i] = o.asks(o.Agent(i), http.MethodPost, "/conversations/"+id+"/claim", nil) })
	}
	hands.Wait()
	won := -1
	for i, a := range answers[:3] {
		if a.status == 200 {
			require.Equal(o.t, -1, won, "one wins")
			won = i
			a.has("attendant_id", o.User(i).ID, "owner_id", o.User(i).ID)
			continue
		}
		a.is(409, "already_claimed")
	}
	require.NotEqual(o.t, -1, won)
	_, _, err = o.Admin().GetChannelMember(o.ctx(oneMinute), channelID, o.User(won).ID, "")
	require.NoError(o.t, err)
}

func contractActions(o *outsider) {
	k := o.open(0)
	of := "/conversations/" + k.ID
	me := o.Agent(0)
	o.asks(me, http.MethodPost, of+"/note", map[string]any{"text": "uma nota"}).is(200).has("id", k.ID, "state", "open")
	o.asks(me, http.MethodPost, of+"/note", map[string]any{"text": ""}).is(422, "invalid_field")
	o.asks(me, http.MethodPost, of+"/transfer", map[string]any{"user_id": o.User(1).ID}).is(200).has("attendant_id", o.User(1).ID, "owner_id", o.User(0).ID)
	o.asks(me, http.MethodPost, of+"/transfer", map[string]any{"user_id": o.User(1).ID, "queue_id": o.Queue.ID}).is(422, "invalid_field")
	o.asks(me, http.MethodPost, of+"/transfer", map[string]any{"user_id": nobodysID}).is(422, "invalid_field")
	o.asks(me, http.MethodPost, of+"/claim", nil).is(409, "already_claimed")
	o.asks(me, http.MethodPost, of+"/transfer", map[string]any{"queue_id": o.Queue.ID}).is(200).has("attendant_id", "", "owner_id", o.User(0).ID, "queue_id", o.Queue.ID)
	o.asks(o.Agent(2), http.MethodPost, of+"/claim", "{}").is(200).has("attendant_id", o.User(2).ID, "owner_id", o.User(0).ID)
	o.asks(me, http.MethodPost, of+"/close", nil).is(200).has("state", "closed")
	o.asks(me, http.MethodPost, of+"/close", map[string]any{"reason": "de novo"}).is(409, "conversation_closed")
	o.asks(me, http.MethodPost, of+"/claim", nil).is(409, "conversation_closed")
	o.asks(me, http.MethodPost, of+"/transfer", map[string]any{"queue_id": o.Queue.ID}).is(409, "conversation_closed")
	o.asks(me, http.MethodPost, of+"/template", map[string]any{"confirm": true, "variables": scenario.Variables(), "template": map[string]any{"name": o.Positional.Name, "language": "pt_BR"}}).is(409, "conversation_closed")
	o.asks(me, http.MethodPost, of+"/note", map[string]any{"text": "depois do fim"}).is(200).has("state", "closed")
	o.asks(me, http.MethodPost, of+"/reopen", nil).is(200).has("state", "open", "owner_id", o.User(0).ID)
	channel, err := o.ChannelOf(o.ctx(oneMinute), k.Conversation)
	require.NoError(o.t, err)
	require.Zero(o.t, channel.DeleteAt)
	contact := k.Contact.ID
	o.asks(me, http.MethodPost, of+"/close", map[string]any{"reason": "fim"}).is(200)
	out := o.asks(o.Admin(), http.MethodGet, "/contacts/"+contact+"/export", nil).is(200).has("id", contact)
	require.Contains(o.t, out.text, k.customer.CPF)
	o.asks(o.Admin(), http.MethodDelete, "/contacts/"+contact, nil).is(200).has("id", contact)
	o.asks(o.Admin(), http.MethodGet, "/contacts/"+nobodysID+"/export", nil).is(404, "not_found")
	o.asks(o.Admin(), http.MethodDelete, "/contacts/"+nobodysID, nil).is(404, "not_found")
	require.Empty(o.t, o.asks(o.Admin(), http.MethodGet, "/conversations?q="+k.customer.CPF, nil).is(200).items())
	require.Zero(o.t, o.count("SELECT count(*) FROM posts WHERE channelid = $1 AND deleteat = 0 AND position($2 in message) > 0", k.ChannelID, k.customer.CPF))
}
