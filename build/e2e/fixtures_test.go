//go:build unix

package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// fixtureFolder holds real deliveries of Meta, beside the repository.
const fixtureFolder = "../../../shared/fixtures/webhooks"

// What becomes of a thing that a delivery tells.
const (
	fateShown       = "shown"
	fateUnsupported = "shown as unsupported"
	fateHandled     = "handled"
	fateForeign     = "counted as none of ours"
	fateDead        = "dead letter"
)

// TestRealDeliveries sends recorded and documented deliveries through the signed webhook, first as they are, then as if they were for
// our number. Each is answered with 200, and nothing in any of them is lost.
func TestRealDeliveries(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixtureFolder, "*.json"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skipf("there are no deliveries in %s: they are kept outside of the repository", fixtureFolder)
	}
	s := newStage(t)
	before, err := s.Env.PluginPIDs(0)
	require.NoError(t, err)
	for _, pass := range []string{"as they are", "for our number"} {
		fates, reasons := map[string]int{}, map[string]int{}
		foreign := 0
		var all []whatsapp.Item
		begin := s.ignored()
		for _, path := range files {
			body, err := os.ReadFile(path)
			require.NoError(t, err)
			if pass == "for our number" {
				body = s.ours(body, "."+strings.SplitN(filepath.Base(path), "-", 2)[0])
			}
			status, answer := s.deliver(body, s.signed(body))
			require.Equal(t, http.StatusOK, status, "%s: %s", path, answer)
			items, err := whatsapp.Split(body)
			if err != nil { // one of them is no webhook at all: the body as a whole is the dead letter
				items = []whatsapp.Item{{Kind: whatsapp.KindInvalid, Data: body}}
			}
			all = append(all, items...)
		}
		s.quiet(3 * time.Minute) // a status of a message that nobody knows is given half a minute
		for i := range all {
			fate, reason := s.fate(&all[i])
			fates[fate]++
			if fate == fateForeign {
				foreign++
			}
			if reason != "" {
				reasons[reason]++
			}
		}
		counted := s.ignored() - begin
		t.Logf("%d deliveries %s, %d things in them:", len(files), pass, len(all))
		for _, fate := range slices.Sorted(maps.Keys(fates)) {
			t.Logf("%4d %s", fates[fate], fate)
		}
		for _, reason := range slices.Sorted(maps.Keys(reasons)) {
			t.Logf("     of them %d: %s", reasons[reason], reason)
		}
		require.Equal(t, foreign, counted, "what left no row was counted")
	}
	after, err := s.Env.PluginPIDs(0)
	require.NoError(t, err)
	require.Equal(t, before, after, "the plugin did not die")
}

// ours makes a delivery one for our number and our business account. The ids of its messages get an ending: many samples share one.
func (s *stage) ours(body []byte, ending string) []byte {
	s.t.Helper()
	var delivery map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	require.NoError(s.t, decoder.Decode(&delivery))
	entries, _ := delivery["entry"].([]any)
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		if _, ok := entry["id"]; ok {
			entry["id"] = s.Number.WABAID
		}
		changes, _ := entry["changes"].([]any)
		for _, c := range changes {
			change, _ := c.(map[string]any)
			value, _ := change["value"].(map[string]any)
			if metadata, ok := value["metadata"].(map[string]any); ok {
				metadata["phone_number_id"] = s.Number.ID
			}
			messages, _ := value["messages"].([]any)
			for _, m := range messages {
				message, _ := m.(map[string]any)
				if id, ok := message["id"].(string); ok {
					message["id"] = id + ending
				}
			}
		}
	}
	rewritten, err := json.Marshal(delivery)
	require.NoError(s.t, err)
	return rewritten
}

// fate looks up what became of an item, in the database and in the channel. A fate that is none fails the test.
func (s *stage) fate(item *whatsapp.Item) (fate, reason string) {
	s.t.Helper()
	ctx := s.ctx(time.Minute)
	row := s.Env.DB().QueryRowContext(ctx, `SELECT dead_at > 0, reason, finished_at > 0 FROM waa_inbox
		WHERE dedupe_key = $1 OR dedupe_key LIKE 'dead:%' AND right(dedupe_key, length($1)) = $1 AND $1 <> '' OR $1 = '' AND dedupe_key LIKE 'raw:%' AND payload = $2
		ORDER BY dead_at LIMIT 1`, item.Key, []byte(item.Data))
	var dead, finished bool
	switch err := row.Scan(&dead, &reason, &finished); {
	case errors.Is(err, sql.ErrNoRows):
		return fateForeign, ""
	case err != nil:
		require.NoError(s.t, err)
	}
	require.True(s.t, finished, "%s is not done", item.Key)
	if dead {
		require.NotEmpty(s.t, reason, "a dead letter says why")
		return fateDead, reason
	}
	if item.Kind != whatsapp.KindMessage {
		return fateHandled, ""
	}
	m, err := item.Message()
	require.NoError(s.t, err)
	if m.Type == whatsapp.TypeSystem {
		return fateHandled, ""
	}
	return s.shownAs(ctx, m), ""
}

// shownAs finds the message's post.
func (s *stage) shownAs(ctx context.Context, m *whatsapp.Message) string {
	s.t.Helper()
	var kind, text, prop string
	err := s.Env.DB().QueryRowContext(ctx, `SELECT m.kind, p.message, p.props ->> 'waa_wamid' FROM waa_messages m JOIN posts p ON p.id = m.post_id
		WHERE m.wamid = $1 AND p.deleteat = 0`, m.ID).Scan(&kind, &text, &prop)
	require.NoError(s.t, err, "a message of the type %s has no post", m.Type)
	require.NotEmpty(s.t, text)
	require.Equal(s.t, m.ID, prop)
	if kind == whatsapp.TypeUnsupported || kind == whatsapp.TypeUnknown {
		return fateUnsupported
	}
	return fateShown
}
