//go:build unix

package e2e

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// These are the expected results for a draft of one's own that was saved before one left. They use the signs of the table of requests, and
// 0 means that there is no such draft.
const (
	ownSent    = "--+-+--0x+" // the draft is posted in the author's name, so the author must be allowed to post there
	ownTouched = "--+++++0x+"
)

// opensForm is the result of pressing a button that opens a dialog. Opening needs a trigger that only Mattermost can create, so in this
// test everybody who may press the button is told that the dialog cannot be opened.
const opensForm = "a form"

// buttonRows lists the buttons by the code that creates them, with who may press one of a colleague's and who may press one of their own.
// The order ensures that one button's effect does not disturb the next.
var buttonRows = []struct{ made, button, expected, own string }{
	{"channelsync.cardButton", "claim", acted, ""},
	{"mattermost.mediaAttachment", "media", acted, ""},
	{"drafts.button", "send", supervised, ownSent},
	{"drafts.button", "edit", supervised, ownTouched},
	{"drafts.button", "drop", supervised, ownTouched},
	{"api.openDraftDialog", "", supervised, ownTouched}, // the form that the edit button's dialog submits
	{"drafts.button", "all", supervised, ownSent},
	{"jobs.ScheduledButton", "cancel", ownPlan, ""},
	{"jobs.ScheduledButton", "start", "+....--.x-", ""}, // only its owner; the others who see it are told so
}

// button is a button under a post, as the plugin created it.
type button struct {
	kind, author string // whose drafts it is for; "" if it is not about drafts
	url          string
	context      map[string]any
}

// prepareButtons creates every kind of button: drafts of everybody, a file that is too large, and a card.
func (r *rights) prepareButtons() {
	ctx, admin := r.ctx(2*oneMinute), r.Admin()
	author := append([]*model.Client4{r.Agent(servingAgent)}, r.clients...)
	users := append([]string{r.User(servingAgent).ID}, r.users...)
	for i, client := range author {
		for n := range 4 {
			kept := r.asks(client, http.MethodPost, "/conversations/"+r.k.ID+"/drafts", map[string]any{"text": "rascunho " + strconv.Itoa(n)})
			if users[i] == r.users[7] {
				kept.is(http.StatusNotFound)
				continue
			}
			kept.is(http.StatusCreated)
		}
	}
	_, err := r.k.phone.Reply("oi")
	require.NoError(r.t, err)
	_, err = r.WaitState(ctx, servingAgent, r.k.ID, "open")
	require.NoError(r.t, err)
	r.file, err = r.k.phone.SendMedia("document", cloudapi.Media{MIMEType: "text/plain", Filename: "a.txt", Data: []byte("a")}, "")
	require.NoError(r.t, err)
	r.largeFiles(1 * megabyte)
	require.NoError(r.t, send(r.k, "document", cloudapi.Media{ID: "large" + r.k.ID, MIMEType: "application/pdf", Filename: "grande.pdf", Data: random(2 * megabyte)}))
	r.read(r.mediaPost(r.k, "failed"), "")

	for i, user := range users {
		if user == r.users[7] {
			continue
		}
		name := "@" + r.username(user)
		offers, err := r.WaitPosts(ctx, r.k.ChannelID, 1, "the drafts of "+name, func(p *model.Post) bool {
			return p.Type == scenario.TypeEvent && strings.Contains(p.Message, name) && len(actionsOf(p)) == 3*4+1
		})
		require.NoError(r.t, err, i)
		r.read(offers[0], user)
	}

	waits, err := r.Opened(ctx, ownerAgent, newCustomer())
	require.NoError(r.t, err)
	r.asks(admin, http.MethodPost, "/conversations/"+waits.ID+"/transfer", map[string]any{"queue_id": r.Queue.ID}).is(http.StatusOK)
	cards, err := r.WaitPosts(ctx, r.Env.QueueChannel.ID, 1, "the card", func(p *model.Post) bool {
		event, _ := p.GetProp("waa_event").(string)
		return strings.HasPrefix(event, "card:"+waits.ID+":")
	})
	require.NoError(r.t, err)
	r.read(cards[0], "")
}

func (r *rights) username(user string) string {
	r.t.Helper()
	return r.column("SELECT username FROM users WHERE id = $1", user)
}

// read collects a post's buttons with the parts that the server hides from clients: the address and the context of a click.
func (r *rights) read(post *model.Post, author string) {
	r.t.Helper()
	var attachments []struct {
		Actions []struct {
			ID          string `json:"id"`
			Integration struct {
				URL     string         `json:"url"`
				Context map[string]any `json:"context"`
			} `json:"integration"`
		} `json:"actions"`
	}
	content := r.column("SELECT props -> 'attachments' FROM posts WHERE id = $1", post.Id)
	require.NoError(r.t, json.Unmarshal([]byte(content), &attachments), content)
	for _, attachment := range attachments {
		for _, action := range attachment.Actions {
			kind := action.ID
			if author != "" {
				kind = kind[:len(kind)-len(r.k.ID)]
			}
			r.buttons = append(r.buttons, button{kind, author, action.Integration.URL, action.Integration.Context})
		}
	}
}

// pressed has everybody click each kind of button: a colleague's, and their own where there is one. The click goes straight to the button's
// address with the clicker's session, in the same form as the server would send it. The plugin must not rely on what Mattermost checks
// before that.
func (r *rights) pressed(t *testing.T) {
	for n, row := range buttonRows {
		by := strings.Join(columns, ", ")
		of, own := "", ""
		for column := range columns {
			author := ""
			if row.own != "" {
				author = r.User(servingAgent).ID
				own += r.press(row.button, r.users[column], column, n)
			}
			of += r.press(row.button, author, column, n)
		}
		assert.Equal(t, row.expected, of, "%s %s by %s", row.made, row.button, by)
		assert.Equal(t, row.own, own, "%s %s of their own by %s", row.made, row.button, by)
	}
}

// press returns the result for somebody who presses a button of a certain kind and author. Each row uses a draft of its own.
func (r *rights) press(kind, author string, column, row int) string {
	r.t.Helper()
	submitted := kind == ""
	if submitted {
		kind = "edit"
	}
	var found []button
	for _, b := range r.buttons {
		if b.kind == kind && b.author == author {
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return "0"
	}
	b := found[0]
	if len(found) > 1 {
		b = found[row%len(found)]
	}
	path := strings.TrimPrefix(b.url, "/plugins/"+r.Env.Plugin.ID+"/api/v1")
	if submitted {
		id, _ := b.context["draft_id"].(string)
		return r.outcome(act{"POST /actions/drafts/edit", "", "", map[string]any{"state": id, "submission": map[string]any{"text": "mudado " + columns[column]}}}, column)
	}
	what := ""
	if kind == "edit" {
		what = opensForm
	}
	return r.outcome(act{"POST " + path, what, "", map[string]any{"context": b.context}}, column)
}
