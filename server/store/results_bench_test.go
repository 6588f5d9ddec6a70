package store_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// BenchmarkResults is how long a month with a million messages in 100,000 conversations, and their 120,000 templates, takes
// to be added up; and first, as a figure of its own, how long it takes to fill the results of all of them.
func BenchmarkResults(b *testing.B) {
	f := direct(b)
	f.db.SetMaxOpenConns(1) // one session for what is set
	const conversations = 100_000
	from := now - 30*day
	for _, load := range []string{
		"SET auto_explain.log_min_duration = -1", // what it costs, not how: an empty table has plans of its own
		"SET session_replication_role = replica", // without triggers, as if they had been there before
		`INSERT INTO waa_queues (id, name, team_id, channel_id, account_id, created_at, updated_at) SELECT 'queue' || n, 'Fila ' || n, 't', 'c' || n, 'a', 1, 1 FROM generate_series(0, 19) n`,
		`INSERT INTO waa_templates (id, account_id, name, language, definition, created_at, updated_at) SELECT 'template' || n, 'a', 'modelo_' || n, 'pt_BR', '{}', 1, 1 FROM generate_series(0, 39) n`,
		`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, owner_id, closed_at, closed_by, created_at, updated_at)
			SELECT lpad('c' || n, 26, '0'), 'a', lpad('p' || n, 26, '0'), 'queue' || n % 20, 't', 'agent' || n % 60, CASE WHEN n % 3 > 0 THEN $1::bigint + (n::bigint * 25900 + 3600000) ELSE 0 END, 'agent' || n % 50, $1::bigint + n::bigint * 25900, 1
			FROM generate_series(0, $2::int - 1) n`,
		`INSERT INTO waa_messages (id, conversation_id, account_id, contact_id, direction, kind, author_id, status, template_id, created_at, sent_at, status_at)
			SELECT lpad('m' || n || '-' || i, 26, '0'), lpad('c' || n, 26, '0'), 'a', lpad('p' || n, 26, '0'), CASE WHEN i > 1 AND i % 2 = 1 THEN 'in' ELSE 'out' END, CASE WHEN i = 1 OR i = 10 AND n % 5 = 0 THEN 'template' ELSE 'text' END,
				CASE WHEN i > 1 AND i % 2 = 1 THEN '' ELSE 'agent' || n % 60 END, CASE WHEN i = 1 AND n % 20 = 7 THEN 'failed' ELSE 'read' END, CASE WHEN i = 1 OR i = 10 AND n % 5 = 0 THEN 'template' || n % 40 ELSE '' END,
				$1::bigint + n::bigint * 25900 + i * 60000 + n % 977 * 1000, CASE WHEN i > 1 AND i % 2 = 1 THEN 0 ELSE $1::bigint + n::bigint * 25900 + i * 60000 + n % 977 * 1000 END, 1
			FROM generate_series(0, $2::int - 1) n, generate_series(1, 10) i`,
		`INSERT INTO waa_charges (message_id, conversation_id, account_id, queue_id, agent_id, template_id, category, amount, currency, state, at)
			SELECT m.id, m.conversation_id, m.account_id, c.queue_id, m.author_id, m.template_id, 'utility', 312500, 'BRL', 'billed', m.sent_at FROM waa_messages m JOIN waa_conversations c ON c.id = m.conversation_id WHERE m.kind = 'template' AND $1::bigint + $2::bigint > 0`,
		"SET session_replication_role = origin", "ANALYZE",
	} {
		args := []any{}
		if len(load) > 60 && load[:6] == "INSERT" && load[12:22] != "waa_queues" && load[12:25] != "waa_templates" {
			args = append(args, from, int64(conversations))
		}
		_, err := f.db.Exec(load, args...)
		require.NoError(b, err, load)
	}
	b.Run("fill", func(b *testing.B) {
		for range b.N {
			_, err := f.RebuildResults(ctx())
			require.NoError(b, err)
		}
	})
	_, err := f.db.Exec("VACUUM ANALYZE waa_results, waa_conversations") // as the server does by itself
	require.NoError(b, err)
	_, err = f.db.Exec("SET enable_seqscan = on") // as a server has it
	require.NoError(b, err)
	for _, by := range []string{domain.ResultsByTemplate, domain.ResultsByAgent, domain.ResultsByQueue, domain.ResultsByDay} {
		b.Run(by, func(b *testing.B) {
			before := f.backendTime(b)
			for range b.N {
				groups, totals, err := f.Results(ctx(), &domain.ResultsFilter{From: from, To: now + day, By: by, All: true, Zone: "America/Sao_Paulo"})
				require.NoError(b, err)
				require.NotEmpty(b, groups)
				require.Equal(b, conversations+conversations/5, totals.Sent)
			}
			b.ReportMetric(float64((f.backendTime(b)-before).Milliseconds())/float64(b.N), "db-ms")
		})
	}
}

// backendTime is the CPU time that the fixture's one connection has used in the database: it holds on a busy machine, where times do not.
func (f *fixture) backendTime(b *testing.B) time.Duration {
	b.Helper()
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", f.number(b, "SELECT pg_backend_pid()")))
	if err != nil {
		b.Skip("this system does not tell the CPU time of processes in /proc")
	}
	nanoseconds, err := strconv.ParseInt(strings.Fields(string(content))[0], 10, 64)
	require.NoError(b, err)
	return time.Duration(nanoseconds)
}
