// Package grafana holds a board for Grafana that shows the plugin's metrics.
package grafana

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/metrics"
)

func TestTheBoardAsksForMetricsThatExist(t *testing.T) {
	m := metrics.New(func() []metrics.Queue { return []metrics.Queue{{Name: "inbox"}} }, func() []*domain.TemplateOutcomes {
		return []*domain.TemplateOutcomes{{}}
	}, func() []*domain.EventSubscription { return []*domain.EventSubscription{{}} })
	m.Job("inbox")("done", 0)
	scrape := httptest.NewRecorder()
	m.Handler().ServeHTTP(scrape, httptest.NewRequest("GET", "/metrics", nil))

	data, err := os.ReadFile("board.json")
	require.NoError(t, err)
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(data, &board))
	name := regexp.MustCompile(`waa_\w+`)
	for _, panel := range board.Panels {
		require.NotEmpty(t, panel.Targets, panel.Title)
		for _, target := range panel.Targets {
			names := name.FindAllString(target.Expr, -1)
			require.NotEmpty(t, names, target.Expr)
			for _, metric := range names {
				require.Regexp(t, `(?m)^`+metric+`[{ ]`, scrape.Body.String(), panel.Title)
			}
		}
	}
}
