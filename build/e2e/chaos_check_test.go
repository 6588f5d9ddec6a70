//go:build unix

package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/events"
)

// settle waits until everything is done. That may take caughtUp from the last fault, except in conversations with a message of unknown
// outcome: these hold back their next message for a minute after the lease has expired.
func (c *chaos) settle(since time.Time) (problems []string) {
	c.t.Helper()
	wait := func(limit time.Duration, what, condition string) {
		err := testenv.WaitFor(c.ctx(limit), what, func() (bool, error) {
			err := c.left(c.t.Context(), condition)
			return err == nil, err
		})
		if err != nil {
			problems = append(problems, err.Error())
		}
	}
	wait(caughtUp-time.Since(since), "everything that waits for no unknown outcome to be done",
		`AND NOT EXISTS (SELECT 1 FROM waa_outbox u WHERE u.lane = o.lane AND u.finished_at = 0 AND u.left_at > 0)`)
	first := time.Since(since).Round(time.Second)
	wait(quietLimit, "everything to be done", "")
	c.waitUntilIdle(quietLimit)
	c.t.Logf("caught up after %v, with what was unknown after %v", first, time.Since(since).Round(time.Second))
	return problems
}

// left describes the jobs that are not done, and the posts that were accepted while no plugin was there and are still to be found. condition is SQL over the jobs o of the outbox and excludes some of them.
func (c *chaos) left(ctx context.Context, condition string) error {
	var left string
	err := c.Env.DB().QueryRowContext(ctx, `SELECT coalesce(string_agg(what, '; '), '') FROM (
		SELECT 'inbox: ' || count(*) || ' of ' || count(DISTINCT lane) || ' people, ' ||
			string_agg(dedupe_key || ' tried ' || attempts || ' times, due in ' || due_at - floor(extract(epoch FROM clock_timestamp()) * 1000) || ' ms, of ' || lease_owner || ', ' || reason, ' | ')
				FILTER (WHERE attempts > 0 OR lease_owner <> '') AS what FROM waa_inbox WHERE finished_at = 0
		UNION ALL SELECT 'outbox: ' || count(*) || ' of ' || count(DISTINCT lane) || ' conversations, ' ||
			string_agg(dedupe_key || ' tried ' || attempts || ' times, of ' || lease_owner || ', ' || reason, ' | ') FROM waa_outbox o WHERE finished_at = 0 `+condition+`
		UNION ALL SELECT count(*) || ' posts that no hook reported' FROM posts p JOIN waa_conversations c ON c.channel_id = p.channelid
			WHERE p.type = '' AND p.deleteat = 0 AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.userid = p.userid)
			AND NOT EXISTS (SELECT 1 FROM waa_messages m WHERE m.post_id = p.id) HAVING count(*) > 0
	) remaining`).Scan(&left)
	if err != nil {
		return errors.Wrap(err, "cannot read the database")
	}
	return errorUnless(left == "", "left to do: %s", left)
}

// compare checks that everything that was written has arrived.
func (c *chaos) compare(w *writing, problems []string) {
	c.t.Helper()
	ctx := c.ctx(3 * time.Minute)
	require.Empty(c.t, c.Sim.Duplicates(), "Meta was asked to send something twice")
	require.Zero(c.t, c.deadLetters(), "nothing becomes a dead letter")
	add := func(who string, err error) {
		if err != nil {
			problems = append(problems, who+": "+err.Error())
		}
	}
	ways := deliveriesOf(c.Sim.Webhooks().List())
	var sum outcome
	var pairs, stalled int
	for _, k := range c.talks {
		for _, request := range k.requests {
			if request.stalled() {
				stalled++
			}
		}
		posts, err := c.stored(ctx, k.ChannelID)
		add(k.customer.Name, err)
		n, err := c.inbound(k, posts, ways)
		pairs += n
		add(k.customer.Name, err)
		one, err := c.outbound(ctx, k, posts)
		sum.arrived, sum.unknown = sum.arrived+one.arrived, sum.unknown+one.unknown
		add(k.customer.Name, err)
	}
	refused := 0
	for _, k := range c.locked {
		n, err := c.keptBack(ctx, k)
		refused += n
		add(k.customer.Name+", locked", err)
	}
	for _, s := range w.starts {
		add(s.customer.Name+", started", c.startedOnce(ctx, s))
	}
	add("posts", c.postedOnce(ctx))
	add("customers' messages", c.shownAll(ctx))
	add("ticks", c.rightTicks(ctx))
	c.t.Logf("agents' posts: %d arrived once and in order, %d requests stalled, %d unknown and said so; %d pairs of customers' messages in order; %d locked posts stayed",
		sum.arrived, stalled, sum.unknown, pairs, refused)
	require.Empty(c.t, problems)
}

// toldEverything checks what other software was told. An event comes twice only where a process was killed or frozen, or lost its database, between the
// receiver's answer and its record: those are few, whatever is written meanwhile.
func (c *chaos) toldEverything() {
	c.t.Helper()
	ctx := c.ctx(compareLimit)
	require.NoError(c.t, c.hears.compare(ctx, c.World))
	wrong, twice, late, err := c.hears.inOrder(ctx, c.World)
	require.NoError(c.t, err)
	require.Empty(c.t, wrong)
	require.LessOrEqual(c.t, twice, len(c.told)*events.PerSubscription)
	c.t.Logf("%d of the events came twice; half of them within %v, 99 of 100 within %v, the last after %v", twice, late[0], late[1], late[2])
}

// stored reads a channel's posts in order. It reads the database, because the servers do not tell each other when their caches are
// outdated.
func (c *chaos) stored(ctx context.Context, channelID string) ([]*model.Post, error) {
	rows, err := c.Env.DB().QueryContext(ctx, "SELECT id, createat, userid, rootid, message, type, props FROM posts WHERE channelid = $1 AND deleteat = 0 ORDER BY createat, id", channelID)
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the posts")
	}
	defer func() { _ = rows.Close() }()
	var posts []*model.Post
	for rows.Next() {
		p, props := &model.Post{ChannelId: channelID}, []byte(nil)
		if err := rows.Scan(&p.Id, &p.CreateAt, &p.UserId, &p.RootId, &p.Message, &p.Type, &props); err != nil {
			return nil, errors.Wrap(err, "cannot read a post")
		}
		var all model.StringInterface
		if err := json.Unmarshal(props, &all); err != nil {
			return nil, errors.Wrap(err, "cannot read a post's properties")
		}
		p.SetProps(all)
		posts = append(posts, p)
	}
	return posts, errors.Wrap(rows.Err(), "cannot read the posts")
}

// keptBack checks a conversation whose customer never answered: the phone must have the template and nothing else. A post that a server
// accepted while no plugin was running to refuse it must be marked as not sent, with one line that explains it.
func (c *chaos) keptBack(ctx context.Context, k *openConversation) (int, error) {
	if got := k.phone.Messages(); len(got) != 1 || got[0].Type != "template" {
		return 0, fmt.Errorf("the phone has %d messages", len(got))
	}
	posts, err := c.stored(ctx, k.ChannelID)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, p := range fromAgents(posts) {
		n++
		lines := scenario.Matching(posts, func(line *model.Post) bool { return line.RootId == p.Id && line.Type == scenario.TypeEvent })
		if status := p.GetProp(scenario.PropStatus); status != "not_sent" || len(lines) != 1 {
			return n, fmt.Errorf("%q shows %v and has %d lines", p.Message, status, len(lines))
		}
	}
	return n, nil
}

// startedOnce checks that a start sent one template at most and created one channel for it.
func (c *chaos) startedOnce(ctx context.Context, s *chaosStart) error {
	arrived := len(c.Phone(s.customer.Phone).Messages())
	var conversations, channels, templates int
	err := c.Env.DB().QueryRowContext(ctx, `SELECT count(DISTINCT c.id), count(DISTINCT ch.id), count(DISTINCT p.id)
		FROM waa_contacts ct JOIN waa_conversations c ON c.contact_id = ct.id AND c.aborted_at = 0
		LEFT JOIN channels ch ON ch.id = c.channel_id AND ch.deleteat = 0
		LEFT JOIN posts p ON p.channelid = ch.id AND p.type = $2 AND p.deleteat = 0
		WHERE ct.phone = $1`, s.customer.Phone, typeTemplate).Scan(&conversations, &channels, &templates)
	if err != nil {
		return errors.Wrap(err, "cannot read the conversations")
	}
	if arrived == 0 && conversations == 0 {
		return errorUnless(s.answered != 201, "it was answered 201 and nothing is there")
	}
	return errorUnless(arrived <= 1 && conversations == 1 && channels == 1 && templates == 1,
		"%d templates on the phone, %d conversations, %d channels, %d posts of the template (answered %d)", arrived, conversations, channels, templates, s.answered)
}

// postedOnce finds posts that exist twice: customers' messages, the bot's lines, cards and templates.
func (c *chaos) postedOnce(ctx context.Context) error {
	var twice string
	err := c.Env.DB().QueryRowContext(ctx, `SELECT coalesce(string_agg(mark || ' ' || n || ' times', '; '), '') FROM (
		SELECT m.mark, count(*) AS n FROM posts p, (VALUES ('waa_wamid'), ('waa_event'), ('waa_message'), ('waa_draft')) names (name),
			LATERAL (SELECT p.channelid || ' ' || name || ' ' || (p.props ->> name) AS mark) m
		WHERE p.deleteat = 0 AND p.originalid = '' AND p.props ->> name <> '' GROUP BY 1 HAVING count(*) > 1
	) marks`).Scan(&twice)
	if err != nil {
		return errors.Wrap(err, "cannot read the posts")
	}
	return errorUnless(twice == "", "%s", twice)
}

// shownAll finds customers' messages that are stored but have no post, and describes the state that they are in.
func (c *chaos) shownAll(ctx context.Context) error {
	var lost string
	err := c.Env.DB().QueryRowContext(ctx, `SELECT coalesce(string_agg(m.wamid || ' recorded as ' || m.post_id || ', posts: ' ||
			coalesce((SELECT string_agg(a.id || ' of ' || a.createat || ' deleted ' || a.deleteat, ', ') FROM posts a WHERE a.channelid = c.channel_id AND a.props ->> 'waa_wamid' = m.wamid), 'none'), '; '), '')
		FROM waa_messages m JOIN waa_conversations c ON c.id = m.conversation_id
		WHERE m.direction = 'in' AND m.kind = 'text' AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = m.post_id AND p.deleteat = 0)`).Scan(&lost)
	if err != nil {
		return errors.Wrap(err, "cannot read the messages")
	}
	return errorUnless(lost == "", "%s", lost)
}

// rightTicks compares the ticks that posts show with the last status that Meta reported.
func (c *chaos) rightTicks(ctx context.Context) error {
	rows, err := c.Env.DB().QueryContext(ctx, `SELECT m.wamid, m.status, coalesce(p.props ->> 'waa_status', '') FROM waa_messages m JOIN posts p ON p.id = m.post_id
		WHERE m.direction = 'out' AND m.wamid <> '' AND p.deleteat = 0`)
	if err != nil {
		return errors.Wrap(err, "cannot read the messages")
	}
	defer func() { _ = rows.Close() }()
	var wrong []string
	for rows.Next() {
		var wamid, stored, shown string
		if err := rows.Scan(&wamid, &stored, &shown); err != nil {
			return errors.Wrap(err, "cannot read a message")
		}
		sent, known := c.Sim.Message(wamid)
		if told := highest(&sent); !known || stored != told || shown != told {
			wrong = append(wrong, fmt.Sprintf("%s: Meta told %s, stored %s, shown %s", wamid, told, stored, shown))
		}
	}
	return cmp.Or(errors.Wrap(rows.Err(), "cannot read the messages"), errorUnless(len(wrong) == 0, "%d ticks are wrong: %v", len(wrong), wrong[:min(len(wrong), 5)]))
}

// highest returns the highest status that Meta reported for a message.
func highest(m *cloudapi.Message) string {
	order := []string{cloudapi.StatusSent, cloudapi.StatusDelivered, cloudapi.StatusRead, cloudapi.StatusFailed}
	best := cloudapi.StatusSent // a message that was accepted counts as sent
	for _, step := range m.Statuses {
		if slices.Index(order, step.Status) > slices.Index(order, best) {
			best = step.Status
		}
	}
	return best
}
