//go:build unix

package e2e

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// These are the expected results for somebody who submits a form. They use the signs of the table of requests; besides, 0 means that they
// could not open a form, and ~ that the form is not theirs.
const (
	formStarted = "---+-+-0x+" // a form of `novo`
	formActed   = "--.+.++0x+" // a form of `modelo` or `encerrar`
	formOfOther = "~~~~~~~~x~"
	formSpoken  = "--+-+--0x+" // a form that sends something to the customer
	formForged  = "--------x-" // the form carries the other person's id
)

// formRow is a step of a dialog, with the function that creates it.
type formRow struct {
	dialog, step             string
	word                     string // the command that opens it
	expected, other, another string
}

var formRows = []formRow{
	{"dialog.Start", "templateStep", "novo", formStarted, formOfOther, formForged},
	{"dialog.Start", "valuesStep", "novo", formStarted, formOfOther, formForged},
	{"dialog.Start", "confirmStep", "novo", formStarted, formOfOther, formForged},
	{"dialog.Template", "templateStep", "modelo", formActed, formOfOther, formForged},
	{"dialog.Template", "valuesStep", "modelo", formActed, formOfOther, formForged},
	{"dialog.Template", "confirmStep", "modelo", formActed, formOfOther, formForged},
	{"dialog.Close", "reasonStep", "encerrar", formActed, formOfOther, formForged},
	{"dialog.Close", "detailsStep", "encerrar", formActed, formOfOther, formForged},
	{"dialog.Ask", "typeStep", "perguntar", formSpoken, formOfOther, formForged},
	{"dialog.Ask", "questionStep", "perguntar", formSpoken, formOfOther, formForged},
	{"dialog.Replies", "replyStep", "respostas", everybody, formOfOther, formForged}, // everybody may keep replies of their own
	{"dialog.Replies", "contentStep", "respostas", supervises, formOfOther, formForged},
}

// openedForm is a form that was opened while its owner still had every right, with the values filled in. It is nil if no form was opened.
type openedForm struct {
	scenario.Dialog
	values map[string]any
}

// openDialogs opens the dialogs as everybody and keeps each of their steps.
func (r *rights) openDialogs() {
	for column := range columns {
		r.opened = append(r.opened, r.forms(r.clients[column], r.users[column]))
	}
	r.opened = append(r.opened, r.forms(r.Agent(servingAgent), r.User(servingAgent).ID))
}

func (r *rights) forms(client *model.Client4, user string) (forms []*openedForm) {
	r.t.Helper()
	customer := r.k.customer
	values := map[string]any{"customer_name": customer.Name, "cpf": customer.CPF, "phone": customer.Phone}
	for name, value := range scenario.Variables() {
		values[name] = value
	}
	sends := []map[string]any{{"template": r.Positional.ID}, values, {"confirm": true}}
	steps := map[string][]map[string]any{"novo": sends, "modelo": sends, "encerrar": {{"reason_id": r.reason}, {"note": "fim"}}, "perguntar": {{"type": "buttons"}, {"body": "Sim?", "buttons": "Sim"}}, "respostas": {{}, {"scope": r.Queue.ID, "shortcut": "da-fila", "text": "Oi"}}}
	var d *scenario.Dialog
	at := 0
	for i, row := range formRows {
		if at++; i == 0 || formRows[i-1].word != row.word {
			at = 0
		}
		step := steps[row.word][at]
		if at == 0 {
			var err error
			d, err = r.OpenDialogAs(r.ctx(oneMinute), client, user, r.k.ChannelID, "/whatsapp "+row.word)
			if told := (*scenario.NoDialog)(nil); errors.As(err, &told) {
				require.Equal(r.t, r.users[7], user, "only a bot opens none: %s", told.Text)
				d = nil
			} else {
				require.NoError(r.t, err, row.word)
			}
		} else if d != nil {
			require.NoError(r.t, d.Next(r.ctx(oneMinute), steps[row.word][at-1]), "%s before %s", row.word, row.step)
		}
		if d == nil {
			forms = append(forms, nil)
			continue
		}
		forms = append(forms, &openedForm{*d, maps.Clone(step)})
	}
	return forms
}

// dialogs submits the forms after their owners have lost the rights that they had when they opened them. Everybody submits a form of their
// own and a colleague's.
func (r *rights) dialogs(t *testing.T) {
	r.exec("UPDATE waa_conversations SET owner_id = $1 WHERE id = $2", r.User(ownerAgent).ID, r.k.ID) // a command made somebody else the owner
	for i, row := range formRows {
		got, other, forged := "", "", ""
		for column := range columns {
			got += r.submits(r.opened[column][i], column, r.users[column])
			theirs := r.opened[len(columns)][i]
			other += r.submits(theirs, column, r.users[column])
			forged += r.submits(theirs, column, r.User(servingAgent).ID)
		}
		by := strings.Join(columns, ", ")
		assert.Equal(t, row.expected, got, "%s of %s by %s", row.step, row.word, by)
		assert.Equal(t, row.other, other, "%s of a colleague's %s by %s", row.step, row.word, by)
		assert.Equal(t, row.another, forged, "%s of a colleague's %s in the colleague's name by %s", row.step, row.word, by)
	}
}

// submits sends a form straight to the plugin, because the server's own check of the channel would come first otherwise, and returns the
// result.
func (r *rights) submits(form *openedForm, column int, as string) string {
	r.t.Helper()
	if form == nil {
		return "0"
	}
	defer r.serving(column)()
	request := form.Request(form.values)
	request.UserId = as
	_, got := r.sends(r.clients[column], http.MethodPost, request.URL, request)
	switch got.status {
	case http.StatusUnauthorized:
		return "x"
	case http.StatusForbidden:
		return "-"
	}
	require.Equal(r.t, http.StatusOK, got.status, got.text)
	require.NotContains(r.t, got.text, "Algo deu errado", "%s", columns[column])
	var answer model.SubmitDialogResponse
	require.NoError(r.t, json.Unmarshal([]byte(got.text), &answer))
	if told := refusedBy(answer.Error); told != "" {
		return told
	}
	return "+"
}
