//go:build unix

package e2e

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// happened is what all tests of the shared world did, as its rows show it and not its events: each line is an event that had to be told,
// once for each time it is there. The state of a message is the last one; those before it may have been told or not.
const happened = `
	SELECT 'message.received ' || id FROM waa_messages WHERE direction = 'in' AND kind <> 'system'
	UNION ALL SELECT 'message.sent ' || id FROM waa_messages WHERE direction = 'out' AND sent_at > 0
	UNION ALL SELECT 'message.status ' || id || ' ' || status FROM waa_messages WHERE direction = 'out' AND status IN ('delivered', 'read', 'failed', 'not_sent', 'unknown')
	UNION ALL SELECT 'template.failed ' || id FROM waa_messages WHERE direction = 'out' AND kind = 'template' AND status IN ('failed', 'not_sent')
	UNION ALL SELECT 'conversation.started ' || id FROM waa_conversations WHERE channel_id <> '' AND aborted_at = 0
	UNION ALL SELECT 'conversation.transferred ' || object_id FROM waa_audit WHERE action IN ('transfer_user', 'transfer_queue')`

// listed are the events of which the rows tell how often they happened.
var listed = []string{"message.received", "message.sent", "template.failed", "conversation.started", "conversation.transferred"}

// listen has everything told to the recorder that happens from now on.
func (r *recorder) listen(ctx context.Context, w *scenario.World) error {
	return w.Ask(ctx, w.Admin(), http.MethodPost, "/event-subscriptions", map[string]any{"url": r.URL, "secret": hookSecret}, http.StatusCreated, nil)
}

// compare waits until nothing is on its way to the recorder any more, and returns what it was not told of, or what
// it was told of that did not happen, or more than once.
func (r *recorder) compare(ctx context.Context, w *scenario.World) error {
	err := testenv.WaitFor(ctx, "the recorder to be told everything", func() (bool, error) {
		var n int
		err := w.Env.DB().QueryRowContext(ctx, "SELECT count(*) FROM waa_event_deliveries d JOIN waa_event_subscriptions s ON s.id = d.account_id WHERE s.url = $1 AND d.finished_at = 0", r.URL).Scan(&n)
		return n == 0, err
	})
	if err != nil {
		return err
	}
	rows, err := w.Env.DB().QueryContext(ctx, happened)
	if err != nil {
		return errors.Wrap(err, "cannot read what happened")
	}
	defer func() { _ = rows.Close() }()
	expected := map[string]int{}
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return errors.Wrap(err, "cannot read what happened")
		}
		expected[line]++
	}
	if err := rows.Err(); err != nil {
		return errors.Wrap(err, "cannot read what happened")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	wrong := slices.Clone(r.wrong)
	ids, got := map[string]int{}, map[string]int{}
	for _, e := range r.events {
		line := e.Type + " " + cmp.Or(e.Data.Message.ID, e.Data.Conversation.ID)
		if e.Type == "message.status" {
			line += " " + e.Data.Message.Status
		}
		if ids[e.ID]++; ids[e.ID] == 1 {
			got[line]++
		}
	}
	for line, n := range expected {
		if got[line] != n {
			wrong = append(wrong, fmt.Sprintf("%s happened %d times and was told %d times", line, n, got[line]))
		}
	}
	for line, n := range got {
		if kind, _, _ := strings.Cut(line, " "); expected[line] == 0 && slices.Contains(listed, kind) || kind == "message.status" && n > 1 {
			wrong = append(wrong, fmt.Sprintf("%s was told %d times", line, n))
		}
	}
	fmt.Fprintf(os.Stderr, "%d events were told of what all tests did\n", len(r.events))
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return errors.Errorf("events and what happened are not the same:\n%s", strings.Join(wrong, "\n"))
	}
	return nil
}

// inOrder returns which events of a conversation came first in another order than they happened in, how many events came more than once, and how long
// after they happened the first half came, 99 of 100, and the last. What two people do at the same moment has no order: it compares what one thing after
// the other can be.
func (r *recorder) inOrder(ctx context.Context, w *scenario.World) (wrong []string, twice int, late [3]time.Duration, err error) {
	rows, err := w.Env.DB().QueryContext(ctx, "SELECT d.event_id FROM waa_event_deliveries d JOIN waa_event_subscriptions s ON s.id = d.account_id WHERE s.url = $1 ORDER BY d.id", r.URL)
	if err != nil {
		return nil, 0, late, errors.Wrap(err, "cannot read the deliveries")
	}
	defer func() { _ = rows.Close() }()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, 0, late, errors.Wrap(err, "cannot read a delivery")
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, late, errors.Wrap(err, "cannot read the deliveries")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	first, came, all := map[string]told{}, map[string][]string{}, []time.Duration{}
	for _, e := range r.events {
		if _, known := first[e.ID]; known {
			twice++
			continue
		}
		first[e.ID] = e
		came[e.sequence()] = append(came[e.sequence()], e.ID)
		all = append(all, e.came.Sub(time.UnixMilli(e.At)).Round(time.Millisecond))
	}
	happened := map[string][]string{}
	for _, id := range ids {
		e := first[id]
		happened[e.sequence()] = append(happened[e.sequence()], id)
	}
	for sequence, ids := range happened {
		if !slices.Equal(ids, came[sequence]) {
			wrong = append(wrong, fmt.Sprintf("%s: %v happened, %v came", sequence, ids, came[sequence]))
		}
	}
	slices.Sort(all)
	return wrong, twice, [3]time.Duration{all[len(all)/2], all[len(all)*99/100], all[len(all)-1]}, nil
}

// sequence names what can only happen one after the other: what a customer writes, what is sent to them, what becomes of a message, and the rest of a
// conversation.
func (e *told) sequence() string {
	name := e.Data.Conversation.ID + " "
	switch e.Type {
	case "message.received", "message.sent":
		return name + e.Type
	case "message.status", "template.failed":
		return name + e.Data.Message.ID
	}
	return name + "itself"
}

// compareLimit is how long the last events may be on their way.
const compareLimit = 2 * time.Minute
