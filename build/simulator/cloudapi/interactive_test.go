package cloudapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func interactiveTo(node string) string {
	return `{"messaging_product":"whatsapp","recipient_type":"individual","to":"` + dialled + `","type":"interactive","interactive":` + node + `}`
}

// TestRequestsAreAnsweredByATap asks for a place and a number, and taps.
func TestRequestsAreAnsweredByATap(t *testing.T) {
	w := newWorld(t, nil)
	ph := w.sim.Phone(dialled)
	_, err := ph.Reply("oi")
	require.NoError(t, err)
	for asked, kind := range map[string]string{
		`{"type":"location_request_message","body":{"text":"Onde?"},"action":{"name":"send_location"}}`:      "location",
		`{"type":"request_contact_info","body":{"text":"Número?"},"action":{"name":"request_contact_info"}}`: "contacts",
	} {
		sent := w.send(interactiveTo(asked))
		require.Equal(t, http.StatusOK, sent.status)
		w.settle()
		_, err := ph.Tap(0)
		require.NoError(t, err)
		w.settle()
		all := w.inbound()
		answer := all[len(all)-1]
		require.Equal(t, kind, answer["type"])
		require.Equal(t, sent.wamid(), answer["context"].(map[string]any)["id"])
		require.Equal(t, kind == "contacts", answer["origin"] == "contact_request")
	}
}

func TestInteractiveThatMetaRefuses(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.sim.Phone(dialled).Reply("oi")
	require.NoError(t, err)
	for name, node := range map[string]string{
		"location with a header":   `{"type":"location_request_message","header":{"type":"text","text":"x"},"body":{"text":"Onde?"},"action":{"name":"send_location"}}`,
		"location by another name": `{"type":"location_request_message","body":{"text":"Onde?"},"action":{"name":"location"}}`,
		"number with a button":     `{"type":"request_contact_info","body":{"text":"Número?"},"action":{"name":"request_contact_info","buttons":[]}}`,
		"number without a name":    `{"type":"request_contact_info","body":{"text":"Número?"},"action":{}}`,
		"link without a scheme":    `{"type":"cta_url","body":{"text":"x"},"action":{"name":"cta_url","parameters":{"display_text":"x","url":"example.com"}}}`,
		"section without rows":     `{"type":"list","body":{"text":"x"},"action":{"button":"x","sections":[{"title":"a","rows":[{"id":"1","title":"1"}]},{"title":"b","rows":[]}]}}`,
		"long body":                `{"type":"button","body":{"text":"` + strings.Repeat("a", 1025) + `"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"1"}}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, http.StatusBadRequest, w.send(interactiveTo(node)).status)
		})
	}
}
