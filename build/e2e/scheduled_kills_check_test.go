//go:build unix

package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// latest is how late one may leave while everything runs. It is a rule of the product and no measure of a machine.
const latest = time.Minute

// dueStart is a start that was put off, and when it ended: when Meta accepted it, or its owner was told that it failed.
type dueStart struct {
	chaosLater
	sendAt int64
	ended  time.Time // zero = nobody knows, because a process died while its request was on its way
}

// dueText is a text that was put off in an open conversation.
type dueText struct {
	*openConversation
	text string
}

// watchDepartures shadows the database's clock and notes, for everything that was put off, what it said when that was taken up.
func (o *overKills) watchDepartures() {
	o.t.Helper()
	require.NoError(o.t, o.Env.ShadowDatabaseClock(o.ctx(time.Minute)))
	const schema = testenv.ClockSchema
	_, err := o.Env.DB().ExecContext(o.ctx(time.Minute), `
		CREATE TABLE `+schema+`.departures (id text NOT NULL, send_at bigint NOT NULL, said timestamptz NOT NULL, at timestamptz NOT NULL);
		CREATE FUNCTION `+schema+`.note_departure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			INSERT INTO `+schema+`.departures VALUES (NEW.id, NEW.send_at, `+schema+`.clock_timestamp(), pg_catalog.clock_timestamp());
			RETURN NULL;
		END $$;
		CREATE TRIGGER note_departure AFTER UPDATE ON waa_scheduled FOR EACH ROW WHEN (OLD.status = 'scheduled' AND NEW.status = 'sending')
			EXECUTE FUNCTION `+schema+`.note_departure();
		CREATE TRIGGER note_departure AFTER UPDATE ON waa_drafts FOR EACH ROW WHEN (OLD.state = 'held' AND NEW.state = 'chosen' AND NEW.send_at > 0)
			EXECUTE FUNCTION `+schema+`.note_departure()`)
	require.NoError(o.t, err)
}

// check compares what was scheduled with what became of it.
func (o *overKills) check() {
	o.t.Helper()
	require.Empty(o.t, o.Sim.Duplicates(), "Meta was asked to send something twice")
	require.Zero(o.t, o.deadLetters())
	ctx, ends, problems := o.ctx(5*time.Minute), map[string]int{}, []string(nil)
	early, err := o.early(ctx)
	require.NoError(o.t, err)
	for _, later := range o.started {
		status, err := o.endOf(ctx, later)
		if ends[status]++; err != nil {
			problems = append(problems, later.customer.Name+": "+err.Error())
		}
	}
	for _, text := range o.texts {
		if err := o.textLeft(ctx, text); err != nil {
			problems = append(problems, text.customer.Name+", text: "+err.Error())
		}
	}
	problems = append(problems, o.lateness()...)
	for _, f := range o.trouble {
		o.t.Logf("%s: %s for %v", f.from.Format(time.TimeOnly), f.what, f.to.Sub(f.from).Round(time.Second))
	}
	for _, j := range o.jumps {
		o.t.Logf("%s: the clock is %v ahead", j.at.Format(time.TimeOnly), j.ahead)
	}
	o.t.Logf("%d starts: %v; %d texts; %d departed early", len(o.started), ends, len(o.texts), early)
	require.Zero(o.t, early, "by the database's clock")
	require.Empty(o.t, problems)
	o.requireResultsHold()
}

// early counts what was taken up before the database's clock said that it was due. A jump between the statement's look at the clock and
// ours would mislead, so what was taken up around one does not count.
func (o *overKills) early(ctx context.Context) (n int, err error) {
	rows, err := o.Env.DB().QueryContext(ctx, "SELECT at FROM "+testenv.ClockSchema+".departures WHERE extract(epoch FROM said) * 1000 < send_at")
	if err != nil {
		return 0, errors.Wrap(err, "cannot read what departed")
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var at time.Time
		if err := rows.Scan(&at); err != nil {
			return 0, errors.Wrap(err, "cannot read what departed")
		}
		if !slices.ContainsFunc(o.jumps, func(j jumped) bool { return at.Sub(j.at).Abs() < time.Second }) {
			n++
		}
	}
	return n, errors.Wrap(rows.Err(), "cannot read what departed")
}

// endOf checks how one ended, and notes when.
func (o *overKills) endOf(ctx context.Context, later *dueStart) (string, error) {
	var status, reason string
	var told int
	var toldAt, taken int64
	err := o.Env.DB().QueryRowContext(ctx, `SELECT s.status, s.reason_code, coalesce(p.told, 0), coalesce(p.at, 0),
			coalesce((SELECT min(extract(epoch FROM d.at) * 1000)::bigint FROM `+testenv.ClockSchema+`.departures d WHERE d.id = s.id), 0)
		FROM waa_scheduled s, LATERAL (SELECT count(*) AS told, min(createat) AS at FROM posts p WHERE p.props ->> 'waa_event' = 'scheduled:' || s.id AND p.deleteat = 0) p
		WHERE s.id = $1`, later.id).Scan(&status, &reason, &told, &toldAt, &taken)
	if err != nil {
		return "", errors.Wrap(err, "cannot read the database")
	}
	if status == "failed" {
		later.ended = time.UnixMilli(toldAt)
	}
	messages := o.Phone(later.customer.Phone).Messages()
	if len(messages) > 0 {
		later.ended = messages[0].AcceptedAt
		if later.ended.UnixMilli() < taken {
			return status, fmt.Errorf("Meta had it %d ms before it was taken up", taken-later.ended.UnixMilli())
		}
	}
	end := strings.TrimSpace(status + " " + reason)
	if status == "sent" && len(messages) == 0 {
		end += ", outcome unknown"
	}
	return end, o.endedOnce(ctx, &later.chaosLater, status, reason, told)
}

// textLeft checks that a text arrived once, or that nobody can know.
func (o *overKills) textLeft(ctx context.Context, text *dueText) error {
	if n := text.arrived(text.text); n != 0 {
		return errorUnless(n == 1, "it arrived %d times", n)
	}
	var status string
	err := o.Env.DB().QueryRowContext(ctx, "SELECT coalesce(max(m.status), 'none') FROM waa_drafts d LEFT JOIN waa_messages m ON m.post_id = d.post_id AND d.post_id <> '' WHERE d.conversation_id = $1", text.ID).Scan(&status)
	return firstError(errors.Wrap(err, "cannot read the database"), errorUnless(status == "unknown", "it did not arrive, and its message is %s", status))
}

// lateness finds what was late: what had been due for a minute in which everything ran, and had not ended by then. It reports the latest.
func (o *overKills) lateness() (problems []string) {
	var calm, all struct {
		late time.Duration
		n    int
	}
	for _, later := range o.started {
		from := o.firstWholeMinute(later.sendAt)
		if later.ended.IsZero() {
			continue
		}
		late := later.ended.Sub(from)
		if late > latest {
			problems = append(problems, fmt.Sprintf("%s ended %v after it was due and everything ran, from %s", later.customer.Name, late.Round(time.Second), from.Format(time.TimeOnly)))
		}
		all.late, all.n = max(all.late, late), all.n+1
		if from.Equal(o.dueFrom(later.sendAt)) {
			calm.late, calm.n = max(calm.late, late), calm.n+1
		}
	}
	o.t.Logf("%d came due while everything ran: the latest ended after %v; of all %d the latest ended %v after it was due and everything ran", calm.n, calm.late, all.n, max(0, all.late))
	return problems
}

// firstWholeMinute returns when the first minute begins in which something is due and everything runs.
func (o *overKills) firstWholeMinute(sendAt int64) time.Time {
	out := slices.Clone(o.trouble)
	for i, j := range o.jumps { // what is not due by the clock need not leave
		until := time.Now().Add(jump)
		if i+1 < len(o.jumps) {
			until = o.jumps[i+1].at
		}
		if due := time.UnixMilli(sendAt).Add(-j.ahead); due.After(j.at) {
			if due.Before(until) {
				until = due
			}
			out = append(out, span{from: j.at, to: until})
		}
	}
	slices.SortFunc(out, func(a, b span) int { return a.from.Compare(b.from) })
	from := o.jumps[0].at
	for _, s := range out {
		if s.from.Sub(from) >= latest {
			return from
		}
		if s.to.After(from) {
			from = s.to
		}
	}
	return from
}

// dueFrom returns when something is due for the first time by the database's clock.
func (o *overKills) dueFrom(sendAt int64) time.Time {
	for i, j := range o.jumps {
		due := time.UnixMilli(sendAt).Add(-j.ahead)
		if due.Before(j.at) {
			due = j.at
		}
		if i+1 == len(o.jumps) || due.Before(o.jumps[i+1].at) {
			return due
		}
	}
	return time.Time{}
}
