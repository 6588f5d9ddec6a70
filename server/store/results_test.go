package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// monthEnd is the beginning of December 2026 in São Paulo: in Tokyo it is half a day old.
var monthEnd = time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC).UnixMilli()

// planned is how many conversations are played; WAA_PLANNED plays others.
func planned() int {
	if n, err := strconv.Atoi(os.Getenv("WAA_PLANNED")); err == nil {
		return n
	}
	return 250
}

// TestResultsAreWhatHappened plays conversations by a plan: delays, refusals, failures told a day late, statuses twice and in the
// wrong order, answers that are stored late, transfers, merges, closes, three queues in two zones, around the end of a month.
func TestResultsAreWhatHappened(t *testing.T) {
	f := direct(t)
	p := planResults(planned(), 7)
	queues := f.playPlan(t, p)
	compare := func(t *testing.T) {
		t.Helper()
		f.compareResults(t, p, queues)
	}
	f.rowsAreEqual(t)
	compare(t)
	f.rowsAreEqual(t)

	for i := 0; i < len(p.conversations); i += 10 {
		require.NoError(t, f.EraseContact(ctx(), f.contactOf(t, p.conversations[i].id), "admin", nil, now))
		if c := p.conversations[i]; c.closed == 0 { // erasing closes
			c.closed, c.closedBy = now, "admin"
		}
	}
	compare(t)
	f.rowsAreEqual(t)

	_, totals, err := f.Results(ctx(), &domain.ResultsFilter{To: monthEnd * 2, By: domain.ResultsByQueue, All: true})
	require.NoError(t, err)
	outcomes, err := f.TemplateOutcomes(ctx())
	require.NoError(t, err)
	sum := domain.TemplateOutcomes{}
	for _, o := range outcomes {
		sum.Sent, sum.Read, sum.Refused, sum.Answered = sum.Sent+o.Sent, sum.Read+o.Read, sum.Refused+o.Refused, sum.Answered+o.Answered
		require.Len(t, o.AnswerCounts, len(domain.WaitBuckets()))
		require.IsNonDecreasing(t, o.AnswerCounts)
		require.LessOrEqual(t, o.AnswerCounts[len(o.AnswerCounts)-1], o.Answered)
		require.LessOrEqual(t, o.Replied, o.Answered)
	}
	require.Equal(t, []int{totals.Sent, totals.Read, totals.Refused, totals.Answered}, []int{int(sum.Sent), int(sum.Read), int(sum.Refused), int(sum.Answered)})
}

// TestAFailureAloneIsNoRefusal: the answer to the send was lost in a crash, and the webhook of its failure is the first that is heard of it.
func TestAFailureAloneIsNoRefusal(t *testing.T) {
	f := direct(t)
	c := f.conversation(t, f.contact(t, "+5511987650001", "Maria").ID, nil)
	lost, refused := f.template(t, c, "utility"), f.template(t, c, "utility")
	_, advanced, err := f.ApplyStatus(ctx(), c.AccountID, domain.StatusChange{WAMID: "wamid.lost", MessageID: lost.ID, Status: domain.Failed, Reason: 131026, At: now})
	require.NoError(t, err)
	require.True(t, advanced)
	require.NoError(t, f.RecordEnd(ctx(), refused.ID, domain.Failed, 132001, now))
	_, totals, err := f.Results(ctx(), &domain.ResultsFilter{To: now + 1, By: domain.ResultsByTemplate, All: true})
	require.NoError(t, err)
	require.Equal(t, []int{1, 1, 1}, []int{totals.Sent, totals.Failed, totals.Refused})
	f.rowsAreEqual(t)
}

func (f *fixture) contactOf(t *testing.T, conversation string) (id string) {
	t.Helper()
	require.NoError(t, f.db.QueryRow("SELECT contact_id FROM waa_conversations WHERE id = $1", conversation).Scan(&id))
	return id
}

func (f *fixture) compareResults(t *testing.T, p *resultsPlan, queues []string) {
	t.Helper()
	const zone = "America/Manaus"
	for _, period := range []struct {
		name     string
		from, to int64
	}{{"all", 0, monthEnd * 2}, {"november", monthEnd - 30*day, monthEnd}, {"december", monthEnd, monthEnd + 31*day}} {
		for _, by := range []string{domain.ResultsByTemplate, domain.ResultsByAgent, domain.ResultsByQueue, domain.ResultsByDay, domain.ResultsByHour} {
			for only := -1; only < len(queues); only++ {
				filter := &domain.ResultsFilter{From: period.from, To: period.to, By: by, All: only < 0, Zone: zone}
				if only >= 0 {
					filter.QueueIDs = []string{queues[only]}
				}
				groups, totals, err := f.Results(ctx(), filter)
				require.NoError(t, err)
				want, found := p.count(by, period.from, period.to, queues, only, zone), map[string]*domain.ResultsGroup{}
				sum := domain.ResultsGroup{}
				for _, g := range groups {
					found[g.Group] = g
					sum.Sent, sum.Answered, sum.Started, sum.Closed, sum.Cost = sum.Sent+g.Sent, sum.Answered+g.Answered, sum.Started+g.Started, sum.Closed+g.Closed, sum.Cost+g.Cost
				}
				require.Len(t, found, len(want), "%s by %s", period.name, by)
				for key, w := range want {
					require.Contains(t, found, key)
					w.Group, w.Name, w.Currency = key, found[key].Name, found[key].Currency
					require.Equal(t, w, found[key], "%s by %s, queue %d, %s", period.name, by, only, key)
				}
				require.Equal(t, []int{sum.Sent, sum.Answered, sum.Started, sum.Closed, int(sum.Cost)}, []int{totals.Sent, totals.Answered, totals.Started, totals.Closed, int(totals.Cost)})
			}
		}
	}
}

// rowsAreEqual compares what is kept with messages and charges.
func (f *fixture) rowsAreEqual(t *testing.T) {
	t.Helper()
	check, err := f.RebuildResults(ctx())
	require.NoError(t, err)
	require.Zero(t, check.Differed)
	require.Positive(t, check.Templates)
}

// playPlan stores everything that a plan wants, several conversations at the same time, and returns the queues' ids.
func (f *fixture) playPlan(t *testing.T, p *resultsPlan) (queues []string) {
	t.Helper()
	for i, zone := range p.zones {
		queue := f.newQueue(t, fmt.Sprintf("Fila %d", i))
		queue.TimeZone = zone
		require.NoError(t, f.UpdateQueue(ctx(), queue, now, "time_zone"))
		queues = append(queues, queue.ID)
	}
	todo := make(chan *plannedConversation)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(worker), 2))
			for c := range todo {
				f.playOne(t, p, c, queues, r)
			}
		})
	}
	for i, c := range p.conversations {
		if i%300 == 299 { // as a server does by itself, where there is so much
			_, err := f.db.Exec("ANALYZE")
			require.NoError(t, err)
		}
		todo <- c
	}
	close(todo)
	all.Wait()
	return queues
}

// plannedStep is something that happens in a conversation. What comes with a webhook may come late.
type plannedStep struct {
	at int64
	do func() error
}

func (f *fixture) playOne(t *testing.T, p *resultsPlan, c *plannedConversation, queues []string, r *rand.Rand) {
	t.Helper()
	phone := "+55119" + newDigits()
	contact := f.contact(t, phone, "Ana")
	conv := f.conversation(t, contact.ID, func(conv *domain.Conversation) {
		conv.ID, conv.QueueID, conv.OwnerID, conv.CreatedAt, conv.LastTemplateAt = c.id, queues[c.queue], c.owner, c.created, 0
		if !c.byCustomer && c.templates[0].refused > 0 {
			conv.ChannelID = "" // its start is refused before it has one
		}
	})
	var steps []plannedStep
	add := func(at int64, do func() error) { steps = append(steps, plannedStep{at, do}) }
	late := func(at int64, do func() error) { // sometimes it comes days later, or twice
		if r.IntN(6) == 0 {
			at += r.Int64N(3 * day)
		}
		add(at, do)
		if r.IntN(8) == 0 {
			add(at+r.Int64N(hour), do)
		}
	}
	for i, answer := range c.answers {
		if c.byCustomer && i == 0 {
			add(answer, f.writing(conv, answer))
		} else {
			late(answer+1000, f.writing(conv, answer)) // Meta's timestamp is the second that had begun
		}
	}
	for _, text := range c.texts {
		m := &domain.Message{ID: newID(), ConversationID: c.id, AccountID: f.account.ID, ContactID: contact.ID, Direction: domain.Outbound, Kind: "text", AuthorID: "somebody", PostID: newID(), Status: domain.Pending, CreatedAt: text}
		add(text, func() error {
			if err := f.InTx(ctx(), func(tx domain.Tx) error { return tx.InsertMessage(m) }); err != nil {
				return err
			}
			return f.accepted(m.ID, "wamid."+m.ID, domain.WhatsAppIdentity{}, text)
		})
	}
	for _, template := range c.templates {
		f.addTemplate(template, c, contact.ID, queues, add, late)
	}
	inOrder(t, steps)
	if c.closedIn != c.queue || c.closed > 0 {
		require.NoError(t, f.InTx(ctx(), func(tx domain.Tx) error {
			locked, err := tx.LockConversation(c.id)
			if err != nil {
				return err
			}
			locked.QueueID, locked.ClosedAt, locked.ClosedBy = queues[c.closedIn], c.closed, c.closedBy
			return tx.UpdateConversation(locked)
		}))
	}
	if r.IntN(10) == 0 { // it was the same person all along
		other := f.contact(t, "+55119"+newDigits(), "Ana")
		_, err := f.MergeContacts(ctx(), other.ID, contact.ID, "admin", now)
		require.NoError(t, err)
	}
}

// addTemplate adds the steps of a template: it is stored and accepted or refused, and its statuses come.
func (f *fixture) addTemplate(p *plannedTemplate, c *plannedConversation, contact string, queues []string, add, late func(int64, func() error)) {
	wamid := "wamid." + p.id
	add(p.at, func() error {
		m := &domain.Message{
			ID: p.id, ConversationID: c.id, AccountID: f.account.ID, ContactID: contact, Direction: domain.Outbound, Kind: domain.KindTemplate, AuthorID: p.agent,
			Status: domain.Pending, TemplateID: p.template, Category: "utility", CreatedAt: p.at,
		}
		return f.InTx(ctx(), func(tx domain.Tx) error {
			if err := tx.InsertMessage(m); err != nil {
				return err
			}
			return tx.InsertCharge(&domain.Charge{
				MessageID: p.id, ConversationID: c.id, AccountID: f.account.ID, QueueID: queues[p.queue], AgentID: p.agent, TemplateID: p.template,
				Category: "utility", Amount: p.amount, Currency: "BRL", State: domain.ChargeReserved, At: p.at,
			})
		})
	})
	if p.refused > 0 {
		add(p.refused, func() error {
			if err := f.RecordEnd(ctx(), p.id, domain.Failed, 132001, p.refused); err != nil {
				return err
			}
			if p == c.templates[0] && !c.byCustomer {
				_, err := f.Abort(ctx(), c.id, p.refused)
				return err
			}
			return nil
		})
		return
	}
	status := func(status domain.Status, at int64) func() error {
		change := domain.StatusChange{MessageID: p.id, WAMID: wamid, Status: status, At: at, Reason: 131026}
		if status != domain.Failed && status != domain.Sent {
			change.Reason, change.Priced, change.Billable, change.Category = 0, true, !p.free, "utility"
		}
		return func() error { _, _, err := f.ApplyStatus(ctx(), f.account.ID, change); return err }
	}
	if p.told {
		add(p.accepted, status(domain.Sent, p.accepted))
	} else {
		add(p.accepted, func() error { return f.accepted(p.id, wamid, domain.WhatsAppIdentity{}, p.accepted) })
		late(p.accepted, status(domain.Sent, second(p.accepted)))
	}
	for _, told := range []struct {
		status domain.Status
		at     int64
	}{{domain.Delivered, p.delivered}, {domain.Read, p.read}, {domain.Failed, p.failed}} {
		if told.at > 0 {
			late(told.at, status(told.status, told.at))
		}
	}
}

// writing stores a message of the customer's; a second time it is known already.
func (f *fixture) writing(c *domain.Conversation, at int64) func() error {
	wamid := "wamid." + newID()
	return func() error {
		_, _, _, err := f.SaveInbound(ctx(), &domain.Message{ConversationID: c.ID, AccountID: c.AccountID, Kind: "text", WAMID: wamid, PostID: newID(), CreatedAt: at}, domain.WhatsAppIdentity{}, true, at)
		return err
	}
}

func inOrder(t *testing.T, steps []plannedStep) {
	t.Helper()
	for len(steps) > 0 {
		first := 0
		for i := range steps {
			if steps[i].at < steps[first].at {
				first = i
			}
		}
		require.NoError(t, steps[first].do())
		steps = append(steps[:first], steps[first+1:]...)
	}
}
