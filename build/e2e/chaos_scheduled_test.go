//go:build unix

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

const (
	// chaosScheduled starts come due one after the other while everything goes wrong.
	chaosScheduled = 30
	// chaosOvertaken of them find, when they are due, that somebody else has started with the same customer.
	chaosOvertaken = 3
	// scheduleAhead is a little more than what a start must be put off at least.
	scheduleAhead = 65 * time.Second
)

// chaosLater is a start that was put off.
type chaosLater struct {
	id        string
	customer  scenario.Customer
	overtaken bool
}

// schedule puts starts off, through both servers, to moments that are spread over a time.
func (c *chaos) schedule(over time.Duration) {
	c.t.Helper()
	ctx := c.ctx(2 * time.Minute)
	for i := range chaosScheduled {
		later := &chaosLater{customer: newCustomer(), overtaken: i < chaosOvertaken}
		request := c.StartRequest(later.customer)
		request["send_at"] = time.Now().Add(scheduleAhead + over*time.Duration(i)/chaosScheduled).UnixMilli()
		var scheduled struct{ ID string }
		require.NoError(c.t, c.Ask(ctx, c.Env.Client(i%len(c.Env.Nodes), i%3), http.MethodPost, "/conversations", request, http.StatusAccepted, &scheduled))
		later.id = scheduled.ID
		c.later = append(c.later, later)
	}
	for i, later := range c.later[:chaosOvertaken] {
		_, err := c.Start(ctx, i%3, later.customer)
		require.NoError(c.t, err)
	}
}

// leftOnce checks that each of them left once, or failed with its reason and one message to its owner.
func (c *chaos) leftOnce() (problems []string) {
	c.t.Helper()
	ctx := c.ctx(quietLimit)
	ends, latest := map[string]int{}, time.Duration(0)
	for _, later := range c.later {
		var status, reason string
		var told int
		err := testenv.WaitFor(ctx, "the end of what was scheduled", func() (bool, error) {
			var late int64
			err := c.Env.DB().QueryRowContext(ctx, `SELECT status, reason_code, ended_at - send_at,
				(SELECT count(*) FROM posts p WHERE p.props ->> 'waa_event' = 'scheduled:' || s.id AND p.deleteat = 0) FROM waa_scheduled s WHERE id = $1`, later.id).Scan(&status, &reason, &late, &told)
			latest = max(latest, time.Duration(late)*time.Millisecond)
			return status == "sent" || status == "failed" && told > 0, errors.Wrap(err, "cannot read the database")
		})
		if err == nil {
			err = c.endedOnce(ctx, later, status, reason, told)
		}
		if err != nil {
			problems = append(problems, later.customer.Name+", scheduled: "+err.Error())
		}
		ends[status+" "+reason]++
	}
	c.t.Logf("of %d scheduled starts: %v; the last to end ended %v after it was due", len(c.later), ends, latest.Round(time.Second))
	return problems
}

func (c *chaos) endedOnce(ctx context.Context, later *chaosLater, status, reason string, told int) error {
	if later.overtaken {
		return errorUnless(status == "failed" && reason == "conversation_exists" && told == 1, "%s %s, told %d times", status, reason, told)
	}
	arrived := len(c.Phone(later.customer.Phone).Messages())
	if status == "failed" {
		return errorUnless(arrived == 0 && reason != "" && told == 1, "it failed with %q, %d arrived, told %d times", reason, arrived, told)
	}
	if err := c.startedOnce(ctx, &chaosStart{customer: later.customer, answered: http.StatusCreated}); err != nil {
		return err
	}
	var message string
	err := c.Env.DB().QueryRowContext(ctx, "SELECT m.status FROM waa_scheduled s JOIN waa_messages m ON m.id = s.message_id WHERE s.id = $1", later.id).Scan(&message)
	if err != nil {
		return errors.Wrap(err, "cannot read the database")
	}
	if arrived == 0 && message != "unknown" { // a process died while the request was on its way: the conversation says so
		return fmt.Errorf("nothing arrived and its message is %s", message)
	}
	return errorUnless(told == 0, "it left and its owner was told that it failed")
}
