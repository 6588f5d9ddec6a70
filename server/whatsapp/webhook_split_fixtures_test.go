package whatsapp

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// count walks a delivery without knowing its types, and counts what has to come out of Split.
func count(t *testing.T, body []byte) map[Kind]int {
	t.Helper()
	var delivery struct {
		Entry json.RawMessage
	}
	require.NoError(t, json.Unmarshal(body, &delivery))
	var entries []struct {
		Changes []struct {
			Field string
			Value map[string]any
		}
	}
	if json.Unmarshal(delivery.Entry, &entries) != nil {
		return nil
	}
	found := map[Kind]int{}
	for _, entry := range entries {
		for _, change := range entry.Changes {
			for list, kind := range map[string]Kind{
				"messages": KindMessage, "statuses": KindStatus, "message_echoes": KindEcho,
				"user_preferences": KindPreference, "calls": KindCall,
			} {
				elements, _ := change.Value[list].([]any)
				if change.Field == "calls" {
					kind = KindCall
				}
				if len(elements) > 0 {
					found[kind] += len(elements)
				}
			}
		}
	}
	return found
}

func TestSplitLosesNothing(t *testing.T) {
	total := map[Kind]int{}
	files := fixtures(t, "webhooks")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		t.Run(name, func(t *testing.T) {
			body := files[name]
			items, err := Split(body)
			if name == "268-empty-chatwoot.json" {
				require.Error(t, err, "entry is no list")
				return
			}
			require.NoError(t, err)
			got := map[Kind]int{}
			keys := map[string]bool{}
			for _, item := range items {
				got[item.Kind]++
				total[item.Kind]++
				require.NotEmpty(t, item.Key)
				require.False(t, keys[item.Key], "key twice: %s", item.Key)
				keys[item.Key] = true
				if item.Kind == KindInvalid { // two samples of a test suite leave the id out
					require.Equal(t, "message without id", item.Reason)
					require.Contains(t, []string{"044-image-chatwoot.json", "064-document-chatwoot.json"}, name)
					got[KindMessage]++
				}
				requireRoundTrip(t, item)
				requireView(t, item)
			}
			for kind, n := range count(t, body) {
				if kind == KindCall {
					require.GreaterOrEqual(t, got[kind], n)
					continue
				}
				require.Equal(t, n, got[kind], kind)
			}
			again, err := Split([]byte(strings.ReplaceAll(string(body), "\n", " \r\n")))
			require.NoError(t, err)
			require.Equal(t, keysOf(items), keysOf(again), "delivered again")
		})
	}
	for _, kind := range slices.Sorted(maps.Keys(total)) {
		t.Logf("%-10s %d", kind, total[kind])
	}
}

func requireRoundTrip(t *testing.T, item Item) {
	t.Helper()
	stored, err := json.Marshal(item)
	require.NoError(t, err)
	var back Item
	require.NoError(t, json.Unmarshal(stored, &back))
	require.JSONEq(t, string(item.Data), string(back.Data))
	back.Data = item.Data
	require.Equal(t, item, back)
}

func requireView(t *testing.T, item Item) {
	t.Helper()
	switch item.Kind {
	case KindMessage:
		message, err := item.Message()
		require.NoError(t, err)
		require.NotEmpty(t, message.Type)
		require.NotEmpty(t, item.Peer)
		require.NotEmpty(t, message.From+message.FromUserID)
	case KindStatus:
		status, err := item.Status()
		require.NoError(t, err)
		require.NotEmpty(t, status.ID)
		if status.Status != "failed" {
			return
		}
		require.NotEmpty(t, status.Errors)
		for _, problem := range status.Errors {
			require.NotEqual(t, reasonUnknown, reasonOf(problem.Code), "code %d", problem.Code)
			require.NotEmpty(t, ClassifyCode(problem.Code).Class)
		}
	case KindTemplate:
		update, err := item.TemplateUpdate()
		require.NoError(t, err)
		require.NotContains(t, update.Language, "-")
	case KindAccount:
		_, err := item.AccountUpdate()
		require.NoError(t, err)
	case KindPreference:
		preference, err := item.Preference()
		require.NoError(t, err)
		require.Contains(t, []string{"stop", "resume", "signup"}, preference.Value)
		require.Equal(t, preference.Value == "stop", preference.StopsMarketing())
		require.NotEmpty(t, preference.WaID+preference.UserID)
	case KindCall:
		_, err := item.Call()
		require.NoError(t, err)
	case KindEcho:
		echo, err := item.Echo()
		require.NoError(t, err)
		require.NotEmpty(t, echo.To+echo.ToUserID)
	case KindError:
		detail, err := item.ErrorDetail()
		require.NoError(t, err)
		require.NotZero(t, detail.Code)
	}
}

func keysOf(items []Item) []string {
	keys := make([]string, len(items))
	for i, item := range items {
		keys[i] = item.Key
	}
	return keys
}
