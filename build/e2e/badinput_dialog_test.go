//go:build unix

package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// hereTo matches the messages that are sent to one customer.
func hereTo(phone string) cloudapi.Match { return cloudapi.Match{Edge: "messages", To: phone} }

// TestBadDialog fills every element of every step with values of the wrong type, values that are too long, empty values and hostile text.
// Each time the dialog must stay open and show an error at the element, and nothing may be stored or sent.
func TestBadDialog(t *testing.T) {
	s := newStage(t)
	s.waitUntilIdle(oneMinute)
	before := s.stored()
	sends := len(s.Sim.Sends())
	ctx := s.ctx(2 * oneMinute)

	var told *scenario.NoDialog
	_, err := s.OpenDialog(ctx, s.Outsider(), s.lobby(), "/whatsapp novo")
	require.True(t, errors.As(err, &told), "somebody in no queue gets a text: %v", err)

	d, err := s.OpenDialog(ctx, 0, s.Queue.ChannelID, "/whatsapp novo")
	require.NoError(t, err)
	for what, value := range map[string]any{
		"nothing": nil, "empty": "", "a number": 7, "a list": []any{s.Positional.ID}, "an object": map[string]any{}, "no id": "x", "nobody's id": nobodysID,
		"a template that is not allowed": s.Marketing.ID, "far too long": strings.Repeat("a", 100_000), "hostile": "'; DROP TABLE waa_templates;--\x00",
	} {
		answer, err := d.Submit(ctx, map[string]any{"template": value})
		require.NoError(t, err, what)
		require.NotEmpty(t, answer.Errors["template"]+answer.Error, "%s: %+v", what, answer)
		require.NotEqual(t, "form", answer.Type, what)
	}
	require.NoError(t, d.Next(ctx, map[string]any{"template": s.Positional.ID}))

	customer := secretCustomer()
	good := map[string]any{"customer_name": customer.Name, "cpf": customer.CPF, "phone": customer.Phone}
	for name, value := range scenario.Variables() {
		good[name] = value
	}
	bad := map[string]any{
		"nothing": nil, "empty": "", "blank": "  \t ", "a number": 7, "a flag": true, "a list": []any{"a"}, "an object": map[string]any{"a": "b"},
		"far too long": strings.Repeat("ção ", 20_000), "NUL": "a\x00b", "an escape": "a\x1b[31m",
	}
	special := map[string][]any{
		"cpf":           {"111.111.111-11", "000.000.000-00", customer.CPF[:10], customer.CPF + "1", "texto", "12.345.678/0001-00"},
		"phone":         {"11 1234", "telefone", "+999999999999999", "0800 123", "190"},
		"customer_name": {strings.Repeat("n", 65), "\u200b"},
		"body_1":        {"uma\nlinha", "a\tb", "cinco     espaços", strings.Repeat("a", 1100)},
		"header_1":      {strings.Repeat("a", 61)},
	}
	tried := 0
	for _, element := range slices.Sorted(maps.Keys(good)) {
		require.NotNil(t, d.Element(element), "the form has the element %s", element)
		values := maps.Clone(bad)
		for _, value := range special[element] {
			text, _ := value.(string)
			values["as "+text[:min(len(text), 20)]] = value
		}
		for _, what := range slices.Sorted(maps.Keys(values)) {
			submission := maps.Clone(good)
			submission[element] = values[what]
			answer, err := d.Submit(ctx, submission)
			require.NoError(t, err, "%s is %s", element, what)
			require.NotEmpty(t, answer.Errors[element], "%s is %s: %+v", element, what, answer)
			require.Empty(t, answer.Error, "%s is %s", element, what)
			require.Len(t, answer.Errors, 1, "%s is %s: only that one is wrong: %v", element, what, answer.Errors)
			tried++
		}
	}
	for what, state := range map[string]string{"no state": "", "somebody else's state": "abc", "a long state": strings.Repeat("x", 20_000), "a state with a changed end": d.Form.State + "x"} {
		kept := d.Form.State
		d.Form.State = state
		answer, err := d.Submit(ctx, good)
		d.Form.State = kept
		if err == nil { // the server itself may refuse a state that is too long
			require.NotEmpty(t, answer.Error, "%s: %+v", what, answer)
		}
	}
	t.Logf("%d bad values were refused at their element", tried)
	require.Len(t, s.Sim.Sends(), sends, "nothing was sent")
	s.unchanged(before, "a refused dialog")
	s.discreet()

	// After all that, the form still works.
	fine := newCustomer()
	good["customer_name"], good["cpf"], good["phone"] = `<b>Ana</b> "D'Ávila" @all ~town-square`, fine.CPF, fine.Phone
	require.NoError(t, d.Finish(ctx, good))
	require.Len(t, s.Phone(fine.Phone).Messages(), 1)
}

// lobby returns the id of a channel that everybody is a member of.
func (s *stage) lobby() string {
	s.t.Helper()
	channel, _, err := s.Admin().GetChannelByName(s.ctx(oneMinute), "town-square", s.Env.Team.ID, "")
	require.NoError(s.t, err)
	return channel.Id
}
