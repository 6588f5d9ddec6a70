//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// freeServiceMessages is how many service messages a month Meta really gives for free.
const freeServiceMessages = 1000

// administration is the world for the tests of an administrator's work: two servers on one database.
type administration struct {
	*scenario.World
	t     *testing.T
	token string // the account's current access token
}

// TestAdministration tests numbers, templates, plans and costs from an administrator's point of view.
func TestAdministration(t *testing.T) {
	t.Parallel()
	w := startWorld(t, scenario.Options{
		Nodes: 2, Settings: map[string]any{"FreeServiceMessages": freeServiceMessages},
		Simulator: func(s *cloudapi.Settings) {
			s.PairRate, s.FreeServiceMessages, s.RetryMax = false, freeServiceMessages, 2*time.Second
		},
	})
	a := &administration{World: w, t: t, token: w.Number.Token}
	for _, part := range []struct {
		name string
		try  func(t *testing.T, a *administration)
	}{
		{"sync of 1200 templates", trySync},
		{"a category changes by webhook", tryCategory},
		{"a plan is spent by 100 parallel starts on two servers", tryBudget},
		{"the ledger is Meta's bill", tryLedger},
		{"the token is revoked", tryToken},
		{"nobody but an administrator comes in and no secret gets out", trySecrets},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.try(t, &administration{World: a.World, t: t, token: a.token}) }) {
			break // the later parts depend on this one
		}
	}
}

func (a *administration) ctx(limit time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(a.t.Context(), limit)
	a.t.Cleanup(cancel)
	return ctx
}

func (a *administration) within(limit time.Duration, what string, check func(ctx context.Context) error) {
	a.t.Helper()
	ctx := a.ctx(limit)
	require.NoError(a.t, testenv.WaitFor(ctx, what, func() (bool, error) {
		err := check(ctx)
		return err == nil, err
	}))
}

// ask sends a request as an administrator and requires the status 200 or 201.
func (a *administration) ask(method, path string, body any) map[string]any {
	a.t.Helper()
	status, answer, err := a.REST(a.ctx(time.Minute), a.Admin(), method, path, body)
	require.NoError(a.t, err)
	require.Contains(a.t, []int{http.StatusOK, http.StatusCreated}, status, "%s %s: %s", method, path, answer)
	var object map[string]any
	require.NoError(a.t, json.Unmarshal(answer, &object))
	return object
}

// list reads all items of a list, page by page.
func (a *administration) list(path string) []map[string]any {
	a.t.Helper()
	var items []map[string]any
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	for page := 0; ; page++ {
		answer := a.ask(http.MethodGet, fmt.Sprintf("%s%sper_page=200&page=%d", path, mark, page), nil)
		got, _ := answer["items"].([]any)
		for _, item := range got {
			object, _ := item.(map[string]any)
			items = append(items, object)
		}
		if len(got) < 200 {
			return items
		}
	}
}

// noticesFor returns the bot's direct messages to a user that contain a text, in the message or in its properties.
func (a *administration) noticesFor(ctx context.Context, userID, part string) ([]string, error) {
	bot, _, err := a.Admin().GetUserByUsername(ctx, "whatsapp", "")
	if err != nil {
		return nil, errors.Wrap(err, "cannot find the bot")
	}
	var found []string
	rows, err := a.Env.DB().QueryContext(ctx, `SELECT p.message FROM posts p JOIN channels c ON c.id = p.channelid
		WHERE c.type = 'D' AND c.name IN ($1, $2) AND p.userid = $3 AND p.deleteat = 0 AND position($4 in p.message || p.props::text) > 0`,
		bot.Id+"__"+userID, userID+"__"+bot.Id, bot.Id, part)
	if err != nil {
		return nil, errors.Wrap(err, "cannot read direct messages")
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var message string
		if err := rows.Scan(&message); err != nil {
			return nil, errors.Wrap(err, "cannot read a direct message")
		}
		found = append(found, message)
	}
	return found, errors.Wrap(rows.Err(), "cannot read direct messages")
}

// waitForNotice waits until the bot has sent a user a direct message that contains a text, and returns the first such message.
func (a *administration) waitForNotice(limit time.Duration, userID, part string) string {
	a.t.Helper()
	text := ""
	a.within(limit, "a direct message with "+part, func(ctx context.Context) error {
		found, err := a.noticesFor(ctx, userID, part)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errors.New("there is none")
		}
		text = found[0]
		return nil
	})
	return text
}

// start tries to start a conversation over REST on one server, and returns the status and the error code of the answer.
func (a *administration) start(ctx context.Context, client *model.Client4, template scenario.Template, customer scenario.Customer) (status int, code string, err error) {
	status, answer, err := a.REST(ctx, client, http.MethodPost, "/conversations", map[string]any{
		"queue_id": a.Queue.ID, "variables": scenario.Variables(), "customer": customer,
		"template": map[string]string{"name": template.Name, "language": template.Language},
	})
	var refused struct{ Error struct{ Code string } }
	if err == nil && status >= 400 {
		err = json.Unmarshal(answer, &refused)
	}
	return status, refused.Error.Code, err
}

func (a *administration) number(query string, args ...any) (n int) {
	a.t.Helper()
	require.NoError(a.t, a.Env.DB().QueryRowContext(a.ctx(30*time.Second), query, args...).Scan(&n))
	return n
}
