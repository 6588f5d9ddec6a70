//go:build unix

package e2e

import (
	"bufio"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// exportedRows is how many conversations the test of memory exports, each with so many messages, every other one from the customer.
const exportedRows, exportedMessages = 100_000, 10

// TestConversationsAsCSV exports a list of many conversations through the real server: all of them come, and the plugin holds only a few at
// a time.
func TestConversationsAsCSV(t *testing.T) {
	w := startWorld(t, scenario.Options{})
	s := &stage{World: w, t: t}
	s.exec(`INSERT INTO waa_contacts (id, name, phone, created_at, updated_at) SELECT 'p' || lpad(n::text, 25, '0'), 'Cliente número ' || n, '+55119' || (80000000 + n), 1, 1 FROM generate_series(1, $1::int) n`, exportedRows)
	s.exec(`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, owner_id, attendant_id, closed_at, closing_label, created_at, updated_at)
		SELECT 'c' || lpad(n::text, 25, '0'), $2, 'p' || lpad(n::text, 25, '0'), $3, $4, $5, $5, 1790000000000 + n, 'Vendido', 1780000000000 + n * 1000::bigint, 1790000000000 + n
		FROM generate_series(1, $1::int) n`, exportedRows, s.Account.ID, s.Queue.ID, s.Env.Team.ID, s.User(0).ID)
	s.exec("ALTER TABLE waa_messages DISABLE TRIGGER USER") // what they keep is not exported
	for m := 1; m <= exportedMessages; m++ {
		direction, kind, status, author, template := "in", "text", "", "", ""
		if m%2 == 1 {
			direction, status, author = "out", "read", s.User(0).ID
		}
		if m == 1 {
			kind, template = "template", s.Positional.ID
		}
		s.exec(`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, author_id, status, shown_status, created_at, sent_at, status_at, template_id)
			SELECT 'm' || lpad($2::text, 2, '0') || lpad(n::text, 23, '0'), 'c' || lpad(n::text, 25, '0'), $3, 'p' || lpad(n::text, 25, '0'), $4, $5, $6, $7, $7, at, at, at, $8
			FROM (SELECT n, 1780000000000 + n * 1000::bigint + $2::int AS at FROM generate_series(1, $1::int) n) row`,
			exportedRows, m, s.Account.ID, direction, kind, author, status, template)
	}
	s.exec("ANALYZE")

	begin := time.Now()
	request, err := http.NewRequestWithContext(s.ctx(5*oneMinute), http.MethodGet, s.Admin().URL+"/plugins/"+s.Env.Plugin.ID+"/api/v1/conversations?format=csv&bom=1&sep=;&state=closed", nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+s.Admin().AuthToken)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(t, http.StatusOK, response.StatusCode)
	lines := 0
	for scanner := bufio.NewScanner(response.Body); scanner.Scan(); lines++ {
		line := strings.TrimPrefix(scanner.Text(), "\ufeff")
		if lines == 0 {
			require.True(t, strings.HasPrefix(line, "id;account;queue;"), line)
			continue
		}
		cells := strings.Split(line, ";")
		if len(cells) != 22 || !strings.HasPrefix(cells[3], "Cliente número ") || !assert.Equal(t, []string{"closed", "Vendido", strconv.Itoa(exportedMessages / 2), strconv.Itoa((exportedMessages + 1) / 2), "1"}, []string{cells[9], cells[16], cells[17], cells[18], cells[19]}) {
			require.Fail(t, "a row is not as it was stored", line)
		}
	}
	require.Equal(t, exportedRows+1, lines)
	t.Logf("%d conversations in %v", exportedRows, time.Since(begin))
	s.resident("while a list was exported")
	require.Less(t, s.memory(), 90, "MiB after an export")
}
