package service_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// writings are what customers write; true = it opts them out.
func writings() map[string]bool {
	return map[string]bool{
		"SAIR": true, "Sair.": true, " sair ": true, "sair!": true, "Sáir": true, "SA\u0301IR": true, "Parar!!": true, "parar": true, "PARAR…": true, "STOP": true, "stop.": true, "sToP?!": true,
		"Descadastrar": true, "\tSTOP?\n": true, "\u200eSAIR\u200f": true, "\u00a0Parar\u00a0": true, "sair ...": true, "STOP\r\n\r\n": true,
		"não quero sair": false, "pare de me ligar": false, "sair 👍": false, "👍": false, "ok": false, "quero sair": false, "sairr": false, "STOP IT": false, "parar? por quê?": false,
		"VOLTAR": false, "...": false, "!": false, "s a i r": false, "ＳＡＩＲ": false, "STOP！": false, "¡STOP!": false, "SAIR。": false, "«sair»": false, "sair\nobrigado": false, "*SAIR*": false,
		"sair, por favor": false, "СТОП": false, "arrêter": false, "SAIR PARAR": false, "🛑": false, "nao-parar": false,
	}
}

// optingOut is one of the customers of TestNothingGoesToWhoOptedOut.
type optingOut struct {
	number, text string
	conversation string
	again        bool // somebody else wrote the same
}

// TestNothingGoesToWhoOptedOut lets 200 customers write while for each of them a template waits in the outbox and another is scheduled. Those whose
// whole text was a word that opts out get nothing more: not what waits, not what is scheduled when it is due, not by a start, not by a template
// in their conversation. Of the others each text's first writer gets everything.
func TestNothingGoesToWhoOptedOut(t *testing.T) {
	s := newPipelineFixture(t)
	ctx := context.Background()
	s.settings.CooldownHours = 0
	s.settings.ConsentWords = domain.ConsentWords{OptOut: []string{"sair", "parar", "stop", "descadastrar"}, OptIn: []string{"voltar", "start"}}
	s.exec("UPDATE waa_plans SET monthly_limit = 1000000000000")
	got := map[string]int{}
	s.meta = func(context.Context) error { return nil }
	sends := 0
	s.out.Send = func(_ context.Context, _ *domain.Account, m whatsapp.Outgoing) (whatsapp.Sent, error) {
		got[m.To]++
		sends++
		return whatsapp.Sent{MessageID: fmt.Sprint("wamid.", sends)}, nil
	}
	customers := s.customers(200)
	for i, c := range customers {
		s.writes(c.number, fmt.Sprint("wamid.in.", i), c.text)
	}
	out, total, err := s.do.Consents(ctx, "root", domain.ConsentRevoked, "", 0, 200)
	require.NoError(t, err)
	require.Len(t, out, total)
	revoked := map[string]bool{}
	for _, contact := range out {
		revoked[contact.Phone] = true
	}
	for _, c := range customers {
		require.Equal(t, writings()[c.text], revoked[c.number], "%q", c.text)
	}
	// of those who did not opt out one of each text shows that the rest of it would leave
	customers = slices.DeleteFunc(customers, func(c optingOut) bool { return !revoked[c.number] && c.again })
	numbers := make([]string, len(customers))
	for i, c := range customers {
		numbers[i] = c.number
	}
	_, err = s.db.Exec("DELETE FROM waa_scheduled WHERE phone <> ALL($1)", pq.Array(numbers))
	require.NoError(t, err)
	_, err = s.db.Exec("DELETE FROM waa_outbox WHERE lane NOT IN (SELECT c.id FROM waa_conversations c JOIN waa_contacts p ON p.id = c.contact_id WHERE p.phone = ANY($1))", pq.Array(numbers))
	require.NoError(t, err)

	s.now += 2 * minute
	clear(got)
	s.drain()
	s.sendDue()
	for _, c := range customers {
		reason := s.reasonOfScheduled(c.number)
		s.tryMore(c)
		if revoked[c.number] {
			require.Equal(t, domain.CodeOptedOut, reason, "%q", c.text)
			require.Zero(t, got[c.number], "%q", c.text)
		} else {
			require.Empty(t, reason, "%q", c.text)
			require.Equal(t, 4, got[c.number], "%q: what waited, what was scheduled, and two more", c.text)
		}
	}
}

// customers makes people with a conversation, a template that waits in its outbox, and another that is scheduled: the first by what the service
// does, the others as copies of their rows.
func (s *pipelineFixture) customers(n int) []optingOut {
	s.t.Helper()
	const number = "+5511987000000"
	texts := slices.Sorted(maps.Keys(writings()))
	all := []optingOut{{number: number, text: texts[0], conversation: s.whoWillWrite(number)}}
	var ids []string
	for _, query := range []string{"SELECT contact_id FROM waa_conversations", "SELECT id FROM waa_conversations", "SELECT id FROM waa_messages", "SELECT wamid FROM waa_messages WHERE wamid <> ''", "SELECT post_id FROM waa_messages WHERE post_id <> ''", "SELECT id FROM waa_scheduled"} {
		var found pq.StringArray
		require.NoError(s.t, s.db.QueryRow("SELECT array_agg(q) FROM ("+query+") r (q)").Scan(&found))
		ids = append(ids, found...)
	}
	copied := "replace(to_jsonb(t)::text, '" + number[1:] + "', ('" + number[1:] + "'::bigint + n)::text)"
	for _, id := range ids {
		copied = fmt.Sprintf("replace(%s, '%s', left(md5('%s' || n), 26))", copied, id, id)
	}
	for _, table := range []string{"waa_contacts", "waa_identities", "waa_conversations", "waa_messages", "waa_charges", "waa_scheduled", "waa_outbox"} {
		row := copied + "::jsonb"
		if table == "waa_outbox" {
			row += " || jsonb_build_object('id', nextval('waa_outbox_id_seq'))"
		}
		s.exec(fmt.Sprintf("INSERT INTO %s SELECT (jsonb_populate_record(NULL::%s, %s)).* FROM %s t, generate_series(1, %d) n", table, table, row, table, n-1))
	}
	for i := 1; i < n; i++ {
		c := optingOut{number: fmt.Sprintf("+55119870%05d", i), text: texts[i%len(texts)], again: i >= len(texts)}
		require.NoError(s.t, s.db.QueryRow("SELECT c.id FROM waa_conversations c JOIN waa_contacts p ON p.id = c.contact_id WHERE p.phone = $1", c.number).Scan(&c.conversation))
		all = append(all, c)
	}
	return all
}

// whoWillWrite makes somebody with a conversation, whose id it returns, a template that waits in its outbox, and another that is scheduled.
func (s *pipelineFixture) whoWillWrite(number string) (conversationID string) {
	s.t.Helper()
	ctx := context.Background()
	started, err := s.do.Start(ctx, s.request(number))
	require.NoError(s.t, err)
	send := s.do.SendNow
	defer func() { s.do.SendNow = send }()
	s.do.SendNow = func(context.Context, string) (domain.Delivery, error) {
		return domain.Delivery{Status: domain.Pending}, nil
	}
	_, err = s.do.SendTemplate(ctx, s.again(started.Conversation.ID))
	require.NoError(s.t, err)
	later := s.request(number)
	later.Confirm, later.SendAt = true, s.now+minute // it goes into the conversation
	_, err = s.do.Schedule(ctx, later)
	require.NoError(s.t, err)
	return started.Conversation.ID
}

// drain lets the outbound worker handle everything that waits in the outbox.
func (s *pipelineFixture) drain() {
	s.t.Helper()
	ctx := context.Background()
	s.exec("UPDATE waa_outbox SET due_at = 0")
	jobs, err := s.store.Outbox().Claim(ctx, "me", time.Minute, 1000, jobqueue.ClaimLimit{})
	require.NoError(s.t, err)
	for _, job := range jobs {
		outcome, err := s.out.Handle(ctx, job)
		require.NoError(s.t, err)
		require.False(s.t, outcome.IsRetry(), "nothing is in its way")
		if finish := outcome.Finish(); finish != nil {
			_, err = finish(ctx, "me", time.Minute)
		} else {
			_, err = s.store.Outbox().Finish(ctx, "me", job.ID, time.Minute)
		}
		require.NoError(s.t, err)
	}
}

// sendDue carries out what is scheduled and due.
func (s *pipelineFixture) sendDue() {
	s.t.Helper()
	ctx := context.Background()
	due, err := s.store.ClaimScheduled(ctx, s.now-time.Now().UnixMilli(), service.ScheduledLease, 1000)
	require.NoError(s.t, err)
	for _, scheduled := range due {
		require.NoError(s.t, s.do.SendScheduled(ctx, scheduled))
	}
}

// reasonOfScheduled is why what was scheduled for a number failed; "" = it left.
func (s *pipelineFixture) reasonOfScheduled(number string) (reason string) {
	s.t.Helper()
	var status string
	require.NoError(s.t, s.db.QueryRow("SELECT status, reason_code FROM waa_scheduled WHERE phone = $1", number).Scan(&status, &reason))
	require.Equal(s.t, reason == "", status == string(domain.ScheduledSent), "%s %s", status, reason)
	return reason
}

// tryMore tries a start and a template in the conversation, which are refused for who is out.
func (s *pipelineFixture) tryMore(c optingOut) {
	t, ctx := s.t, context.Background()
	t.Helper()
	request := s.request(c.number)
	request.Confirm = true
	check, err := s.do.Check(ctx, request)
	require.NoError(t, err)
	_, startErr := s.do.Start(ctx, request)
	_, templateErr := s.do.SendTemplate(ctx, s.again(c.conversation))
	if !writings()[c.text] {
		require.Nil(t, check.Refusal, "%q", c.text)
		require.NoError(t, startErr, "%q", c.text)
		require.NoError(t, templateErr, "%q", c.text)
		return
	}
	require.Equal(t, domain.CodeOptedOut, check.Refusal.Code, "%q", c.text)
	require.Equal(t, domain.CodeOptedOut, refusal(t, startErr).Code, "%q", c.text)
	require.Equal(t, domain.CodeOptedOut, refusal(t, templateErr).Code, "%q", c.text)
}
