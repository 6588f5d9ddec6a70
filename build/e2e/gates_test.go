//go:build unix

package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// These are the gates. A gate stops the plugin at one statement for one customer, for as long as a test wants: a trigger on a table waits
// for a lock that the test holds. So a test can be certain, instead of hoping for the right timing, that the plugin is between two of its
// steps. The triggers exist only in the database of the test; the plugin knows nothing of them.
const (
	gateInboundPosted = "inbound_posted" // a customer's message from the inbox is about to be posted
	gatePostRecorded  = "post_recorded"  // a post exists and is about to be recorded
	gateClaimed       = "claimed"        // an outbound message is stored and a worker is about to take it
	gateLeft          = "left"           // an outbound message is about to be sent
	gateStatus        = "status"         // a status is about to be stored
	gateAnswer        = "answer"         // Meta's answer to a template is about to be stored
	gateChannel       = "channel"        // a channel exists and is about to be recorded
	gateInTransaction = "in_transaction" // a start is half written and not committed
	gateDraftClaimed  = "draft_claimed"  // a chosen draft is about to be taken
	gateDraftSent     = "draft_sent"     // a draft has its post, which is about to be recorded
)

// gateTriggers defines the gates: the table, the moment, and the column that identifies the conversation.
var gateTriggers = []struct{ name, table, when, condition, column string }{
	{gateInboundPosted, "posts", "INSERT", "NEW.props ->> 'waa_wamid' <> ''", "channelid"},
	{gatePostRecorded, "waa_messages", "INSERT", "NEW.direction = 'in' AND NEW.post_id <> ''", "conversation_id"},
	{gatePostRecorded, "waa_messages", "UPDATE", "OLD.post_id = '' AND NEW.post_id <> ''", "conversation_id"},
	{gateClaimed, "waa_outbox", "UPDATE", "NEW.attempts > OLD.attempts", "lane"},
	{gateLeft, "waa_outbox", "UPDATE", "OLD.left_at = 0 AND NEW.left_at <> 0", "lane"},
	{gateStatus, "waa_messages", "UPDATE", "NEW.direction = 'out' AND NEW.status <> OLD.status AND NEW.status IN ('sent', 'delivered', 'read')", "conversation_id"},
	{gateAnswer, "waa_messages", "UPDATE", "NEW.kind = 'template' AND OLD.wamid = '' AND NEW.wamid <> ''", "conversation_id"},
	{gateChannel, "waa_conversations", "UPDATE", "OLD.channel_id = '' AND NEW.channel_id <> ''", "id"},
	{gateDraftClaimed, "waa_drafts", "UPDATE", "NEW.attempts > OLD.attempts", "conversation_id"},
	{gateDraftSent, "waa_drafts", "UPDATE", "OLD.state = 'chosen' AND NEW.state = 'sent'", "conversation_id"},
	{gateInTransaction, "waa_charges", "INSERT", "NEW.state = 'reserved'", "conversation_id"},
}

const gateSQL = `
	CREATE TABLE e2e_gates (name text, phone text, lock bigint);
	CREATE FUNCTION e2e_gate() RETURNS trigger LANGUAGE plpgsql AS $$
	DECLARE found_lock bigint;
	BEGIN
		SELECT g.lock INTO found_lock FROM e2e_gates g
			JOIN waa_contacts ct ON ct.phone = g.phone JOIN waa_conversations c ON c.contact_id = ct.id
			WHERE g.name = TG_ARGV[0] AND to_jsonb(NEW) ->> TG_ARGV[1] IN (c.id, c.channel_id) LIMIT 1;
		IF found_lock IS NOT NULL THEN
			PERFORM pg_advisory_xact_lock_shared(found_lock);
		END IF;
		RETURN NEW;
	END $$;`

// gates creates gates for one test and removes them after it.
type gates struct {
	db   *sql.DB
	last int64 // lock of the newest gate
}

func newGates(t *testing.T, w *scenario.World) *gates {
	t.Helper()
	g := &gates{db: w.Env.DB(), last: 730_500_000}
	install, remove := gateSQL, ""
	for i, trigger := range gateTriggers {
		name := fmt.Sprintf("e2e_%s_%d", trigger.name, i)
		install += "CREATE TRIGGER " + name + " BEFORE " + trigger.when + " ON " + trigger.table + " FOR EACH ROW WHEN (" + trigger.condition +
			") EXECUTE FUNCTION e2e_gate('" + trigger.name + "', '" + trigger.column + "');"
		remove += "DROP TRIGGER IF EXISTS " + name + " ON " + trigger.table + ";"
	}
	_, err := g.db.ExecContext(t.Context(), install)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := g.db.ExecContext(context.Background(), remove+"DROP FUNCTION e2e_gate(); DROP TABLE e2e_gates;")
		require.NoError(t, err)
	})
	return g
}

// gate is a gate that is closed.
type gate struct {
	g    *gates
	conn *sql.Conn
	lock int64
	gone bool
}

// shut closes the gate with a name for one customer.
func (g *gates) shut(ctx context.Context, name, phone string) (*gate, error) {
	g.last++
	conn, err := g.db.Conn(ctx)
	if err != nil {
		return nil, errors.Wrap(err, "cannot get a connection")
	}
	k := &gate{g: g, conn: conn, lock: g.last}
	if _, err = conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", k.lock); err == nil {
		_, err = g.db.ExecContext(ctx, "INSERT INTO e2e_gates VALUES ($1, $2, $3)", name, phone, k.lock)
	}
	return k, errors.Wrap(err, "cannot shut the gate "+name)
}

// waiting returns how many statements wait at the gate.
func (k *gate) waiting(ctx context.Context) (int, error) {
	var n int
	err := k.g.db.QueryRowContext(ctx, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1::bigint::oid", k.lock).Scan(&n)
	return n, errors.Wrap(err, "cannot look at the gate")
}

// reached returns nil once a statement waits at the gate.
func (k *gate) reached(ctx context.Context) error {
	n, err := k.waiting(ctx)
	if err != nil {
		return err
	}
	return errorUnless(n > 0, "nobody stands at the gate")
}

// turnBack cancels the statements that wait at the gate, so that they have no effect.
func (k *gate) turnBack(ctx context.Context) error {
	return testenv.WaitFor(ctx, "nobody to stand at the gate", func() (bool, error) {
		if _, err := k.g.db.ExecContext(ctx, "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1::bigint::oid", k.lock); err != nil {
			return false, errors.Wrap(err, "cannot turn back who waits at the gate")
		}
		n, err := k.waiting(ctx)
		return n == 0, err
	})
}

// open lets the waiting statements and all later ones pass.
func (k *gate) open(ctx context.Context) error {
	if k.gone {
		return nil
	}
	k.gone = true
	var problems []string
	if _, err := k.g.db.ExecContext(ctx, "DELETE FROM e2e_gates WHERE lock = $1", k.lock); err != nil {
		problems = append(problems, err.Error())
	}
	if _, err := k.conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", k.lock); err != nil {
		problems = append(problems, err.Error())
	}
	if err := k.conn.Close(); err != nil {
		problems = append(problems, err.Error())
	}
	return errorUnless(len(problems) == 0, "cannot open a gate: %s", strings.Join(problems, ", "))
}
