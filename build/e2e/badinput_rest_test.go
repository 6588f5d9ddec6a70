//go:build unix

package e2e

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestBadRequests fills every field of the REST API with values of the wrong type, values that are too long, empty values and hostile text.
// The answer must say what is wrong with which field, and nothing may be stored.
func TestBadRequests(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	s.waitUntilIdle(oneMinute)
	sent := 0
	calls := s.calls(k)
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		t.Run(name, func(t *testing.T) {
			s := &stage{World: s.World, t: t}
			c := calls[name]
			before := s.stored()
			for i := range c.fields {
				f := &c.fields[i]
				for what, value := range wrongTypes(f.kind) {
					code := "bad_request"
					if strings.HasPrefix(f.path, "variables.") && value == nil {
						code = "invalid_field" // null counts as a missing field
					}
					s.refused(c, with(t, c.body, f.path, value), f.path+" is "+what, code, "")
					sent++
				}
				for what, value := range f.badValues() {
					s.refused(c, with(t, c.body, f.path, value), f.path+" is "+what, "", f.name())
					sent++
				}
			}
			for what, body := range badBodies() {
				if body == "" && c.optional {
					continue
				}
				status, answer := s.raw(c, []byte(body))
				s.isRefusal(status, answer, what, "bad_request", "")
				sent++
			}
			s.unchanged(before, name)
		})
	}
	t.Logf("%d bad requests were refused", sent)
	s.discreet()
}

// refused sends a body and requires a refusal. code and named are not checked where they are "".
func (s *stage) refused(c call, body map[string]any, what, code, named string) {
	s.t.Helper()
	content, err := json.Marshal(body)
	require.NoError(s.t, err)
	status, answer := s.raw(c, content)
	s.isRefusal(status, answer, what, code, named)
}

func (s *stage) raw(c call, body []byte) (status int, answer []byte) {
	s.t.Helper()
	client := s.Admin()
	if c.agent {
		client = s.Agent(0)
	}
	return s.rawAs(client, c.method, c.path, body)
}

func (s *stage) rawAs(client *model.Client4, method, path string, body []byte) (status int, answer []byte) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.ctx(oneMinute), method, client.URL+"/plugins/"+s.Env.Plugin.ID+"/api/v1"+path, bytes.NewReader(body))
	require.NoError(s.t, err)
	if client.AuthToken != "" {
		request.Header.Set("Authorization", "Bearer "+client.AuthToken)
	}
	status, text := s.send(request)
	return status, []byte(text)
}

// isRefusal checks that an answer is an error in the documented form and that it names the field.
func (s *stage) isRefusal(status int, content []byte, what, code, named string) {
	s.t.Helper()
	var answer struct{ Error scenario.Refused }
	require.NoError(s.t, json.Unmarshal(content, &answer), "%s: %d %s", what, status, content)
	refused := answer.Error
	require.NotEmpty(s.t, refused.Message, what)
	statuses := map[string][]int{
		"bad_request": {400, 413}, "invalid_field": {422}, "not_found": {404}, "forbidden": {403}, "template_not_allowed": {409},
	}
	require.Contains(s.t, statuses[refused.Code], status, "%s: %s", what, content)
	if code != "" {
		require.Equal(s.t, code, refused.Code, "%s: %s", what, content)
	}
	if named != "" && refused.Code == "invalid_field" {
		require.NotEmpty(s.t, refused.Fields[named], "%s: %s", what, content)
	}
	for _, secret := range []string{secretToken, secretApp, secretCustomer().CPF} {
		require.NotContains(s.t, string(content), secret, what)
	}
}

// TestBadAddresses sends ids that do not exist, queries that make no sense and requests of people who lack the permission.
func TestBadAddresses(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	s.waitUntilIdle(oneMinute)
	before := s.stored()
	for _, path := range []string{
		"/accounts/" + nobodysID, "/accounts/x", "/queues/" + strings.Repeat("a", 3000), "/plans/%00", "/templates/..%2f..%2f", "/conversations/'%20OR%201=1", "/conversations/" + nobodysID,
		"/conversations/" + nobodysID + "/messages", "/nothing", "/accounts/" + s.Account.ID + "/nothing",
	} {
		status, answer := s.rawAs(s.Admin(), http.MethodGet, path, nil)
		s.isRefusal(status, answer, path, "not_found", "")
	}
	for query, named := range map[string]string{
		"page=-1": "page", "page=99999999999999999999": "", "page=abc": "", "per_page=0": "per_page", "per_page=x": "", "state=foo": "state", "mine=talvez": "",
		"queue_id=x": "queue_id", "q=%00": "q", "q=" + strings.Repeat("a", 500): "q", "q=%ff%fe": "q",
	} {
		status, answer := s.rawAs(s.Agent(0), http.MethodGet, "/conversations?"+query, nil)
		s.isRefusal(status, answer, query, "", named)
	}
	for _, query := range []string{"from=x", "from=-1", "to=99999999999999999", "from=5&to=4", "queue_id=x"} {
		status, answer := s.rawAs(s.Admin(), http.MethodGet, "/ledger?"+query, nil)
		s.isRefusal(status, answer, query, "", "")
	}
	for _, query := range []string{"page=1000000&per_page=200", "q=%27%3B%20DROP%20TABLE%20waa_contacts%3B--", "q=%25", "q=_", "per_page=100000"} {
		var list struct{ Items []scenario.Conversation }
		require.NoError(t, s.Ask(s.ctx(oneMinute), s.Agent(0), http.MethodGet, "/conversations?"+query, nil, 200, &list), query)
		if strings.HasPrefix(query, "q=") {
			require.Empty(t, list.Items, query)
		}
	}
	stranger := model.NewAPIv4Client(s.Env.Nodes[0].URL)
	forged := model.NewAPIv4Client(s.Env.Nodes[0].URL)
	forged.SetToken(nobodysID)
	calls := s.calls(k)
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		c := calls[name]
		content, err := json.Marshal(c.body)
		require.NoError(t, err)
		for _, nobody := range []*model.Client4{stranger, forged} {
			status, answer := s.rawAs(nobody, c.method, c.path, content)
			require.Equal(t, 401, status, "%s: %s", name, answer)
		}
		if !c.agent {
			status, answer := s.rawAs(s.Agent(0), c.method, c.path, content)
			require.Equal(t, 403, status, "%s: %s", name, answer)
		} else if name != "start" {
			status, answer := s.rawAs(s.Agent(s.Outsider()), c.method, c.path, content)
			require.Equal(t, 404, status, "%s: %s", name, answer)
		}
	}
	s.unchanged(before, "a request to nowhere")
	s.discreet()
}

// TestTextsStayOutOfTheLog requires that what people write and who they are appears in channels and on phones only, never in a log.
func TestTextsStayOutOfTheLog(t *testing.T) {
	s := newStage(t)
	customer := secretCustomer()
	c, err := s.Opened(s.ctx(oneMinute), 0, customer)
	require.NoError(t, err)
	phone := s.Phone(customer.Phone)
	_, err = phone.Reply(secretText)
	require.NoError(t, err)
	s.Sim.FailNext(hereTo(customer.Phone), 131026, 1)
	k := &openConversation{Conversation: c, customer: customer, phone: phone}
	s.ticks(oneMinute, s.post(k, secretText+", sem sorte").Id, "failed")
	s.ticks(oneMinute, s.post(k, secretText).Id, "delivered")
	require.NoError(t, s.Ask(s.ctx(oneMinute), s.Agent(0), http.MethodPost, "/conversations/"+c.ID+"/note", map[string]any{"text": secretText}, 200, nil))
	s.refuses("/conversations", s.startOf(customer), 409, "conversation_exists")
	require.NoError(t, s.Ask(s.ctx(oneMinute), s.Agent(0), http.MethodPost, "/conversations/"+c.ID+"/close", map[string]any{"reason": secretText}, 200, nil))
	_, err = s.PostAs(s.ctx(oneMinute), 0, c.ChannelID, secretText)
	require.Error(t, err)
	s.waitUntilIdle(oneMinute)
	s.discreet()
}

// refuses checks that a request of the first agent is refused.
func (s *stage) refuses(path string, body map[string]any, status int, code string) {
	s.t.Helper()
	_, err := s.AskRefused(s.ctx(oneMinute), s.Agent(0), http.MethodPost, path, body, status, code)
	require.NoError(s.t, err)
}
