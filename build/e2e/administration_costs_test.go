//go:build unix

package e2e

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// parallel calls do n times, in as many goroutines at a time as hands says. The first error fails the test.
func parallel(t *testing.T, hands, n int, do func(i int) error) {
	t.Helper()
	var all sync.WaitGroup
	slots, failures := make(chan struct{}, hands), make(chan error, n)
	for i := range n {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if err := do(i); err != nil {
				failures <- err
			}
		})
	}
	all.Wait()
	close(failures)
	for err := range failures {
		require.NoError(t, err)
	}
}

// limit sets the plan's monthly limit and approves the plan again, which every change of the limit requires.
func (a *administration) limit(units float64) map[string]any {
	a.t.Helper()
	draft := a.ask(http.MethodPatch, "/plans/"+a.Plan.ID, map[string]any{"monthly_limit": units})
	require.Equal(a.t, "draft", draft["status"], "another limit has to be approved")
	return a.ask(http.MethodPost, "/plans/"+a.Plan.ID+"/approve", nil)
}

func tryBudget(t *testing.T, a *administration) {
	const starts, room = 100, 40
	price := scenario.Prices()["utility"]
	spent, _ := a.ask(http.MethodGet, "/plans/"+a.Plan.ID, nil)["spent"].(float64)
	limit := math.Round((spent+(room+0.5)*price)*1e6) / 1e6
	a.limit(limit)
	before := len(a.Sim.Sends())

	ctx := a.ctx(3 * time.Minute)
	var mu sync.Mutex
	outcomes := map[string]int{}
	parallel(t, starts, starts, func(i int) error {
		status, code, err := a.start(ctx, a.Env.Client(i%2, i/2%3), a.Positional, newCustomer())
		mu.Lock()
		outcomes[fmt.Sprint(status, code)]++
		mu.Unlock()
		return err
	})
	t.Logf("outcomes: %v", outcomes)
	require.Equal(t, map[string]int{"201": room, "409budget_spent": starts - room}, outcomes)
	require.Len(t, a.Sim.Sends(), before+room)
	plan := a.ask(http.MethodGet, "/plans/"+a.Plan.ID, nil)
	require.LessOrEqual(t, plan["spent"], plan["monthly_limit"])

	// However many starts were refused, and on however many servers, the supervisor gets the notice once.
	part := "**" + a.Queue.Name + "**"
	a.waitForNotice(time.Minute, a.User(0).ID, part)
	history := a.list("/plans/" + a.Plan.ID + "/approvals")
	require.Len(t, history, 2)
	require.Equal(t, []any{limit, a.Env.Admin.ID, nil}, []any{history[0]["monthly_limit"], history[0]["approved_by"], history[0]["ended_at"]})
	require.Equal(t, []any{scenario.MonthlyLimit, a.Env.Admin.ID}, []any{history[1]["monthly_limit"], history[1]["ended_by"]})

	a.checkBudgets()
	a.checkBudgets()
	found, err := a.noticesFor(ctx, a.User(0).ID, part)
	require.NoError(t, err)
	levels := map[bool]int{}
	for _, text := range found {
		levels[strings.Contains(text, "80 %")]++
	}
	require.Equal(t, 1, levels[false], "%q", found)
	require.LessOrEqual(t, levels[true], 1, "%q", found)
	a.limit(scenario.MonthlyLimit)
}

// checkBudgets makes the servers check the plans now. It returns when they have done so and every notice that follows from it was sent.
func (a *administration) checkBudgets() {
	a.t.Helper()
	now := time.Now().UnixMilli()
	_, err := a.Env.DB().ExecContext(a.ctx(time.Minute), "UPDATE waa_facts SET value = 0 WHERE name = 'budgets'") // the time of the last check
	require.NoError(a.t, err)
	a.within(time.Minute, "the servers to look at the plans", func(context.Context) error {
		checked := a.number("SELECT count(*) FROM waa_facts WHERE name = 'budgets_until' AND value >= $1", now)
		return errorUnless(checked == 1, "they have not yet")
	})
	a.within(time.Minute, "the notices of the plans to be told", func(context.Context) error {
		left := a.number("SELECT count(*) FROM waa_notices WHERE key LIKE 'plan:%' AND told_at = 0")
		return errorUnless(left == 0, "%d are not told", left)
	})
}

// tryLedger sends 3,000 messages in every way that could be charged wrongly, and compares the ledger with the simulator's bill.
func tryLedger(t *testing.T, a *administration) {
	const conversations, texts, again = 75, 39, 20
	ctx := a.ctx(4 * time.Minute)
	sends := len(a.Sim.Sends())
	begin := time.Now()
	open := make([]scenario.Conversation, conversations)
	parallel(t, 8, conversations, func(i int) (err error) {
		open[i], err = a.Opened(ctx, i%3, newCustomer())
		return err
	})
	t.Logf("%d conversations open after %v", conversations, time.Since(begin).Round(time.Second))
	anyMessage := cloudapi.Match{Edge: "messages", Type: "text"}
	say := func(from, to int) {
		parallel(t, 12, conversations*(to-from), func(i int) error {
			k := i % conversations
			_, err := a.PostAs(ctx, k%3, open[k].ChannelID, fmt.Sprintf("linha %d", from+i/conversations))
			return err
		})
	}
	say(0, 10)                                  // today's pricing objects, each status sent once
	a.Sim.Webhooks().Repeat(3)                  // every delivery is sent three times
	a.Sim.FailNext(anyMessage, 131026, 15)      // refused at once
	a.Sim.FailNextLater(anyMessage, 131026, 25) // accepted, and failed later
	a.Sim.FailNext(anyMessage, 131000, 5)       // refused for the moment, so the plugin sends it again
	say(10, 20)
	a.Sim.Webhooks().Repeat(1)
	a.Sim.Webhooks().Hold() // deliveries come late, out of order, several in one body, and twice
	say(20, 25)
	a.within(time.Minute, "the messages to reach Meta", func(context.Context) error {
		left := a.number("SELECT count(*) FROM waa_outbox WHERE finished_at = 0")
		return errorUnless(left == 0, "%d have not", left)
	})
	a.Sim.Webhooks().Release(cloudapi.Release{Order: cloudapi.Shuffled, Batch: 40, Times: 2})
	a.Sim.Configure(func(s *cloudapi.Settings) { s.Pricing = cloudapi.PricingCBP }) // the pricing objects that Meta used before
	say(25, 32)
	a.Sim.Configure(func(s *cloudapi.Settings) { s.PricingOnce, s.AutomaticRead = true, true })
	a.Sim.Faults().Next(3, cloudapi.Fault{Match: anyMessage, Kind: cloudapi.FaultCutAfter}) // the HTTP answer never arrives, the status does
	say(32, texts)
	parallel(t, 4, again, func(i int) error { // templates inside an open window
		return a.Ask(ctx, a.Agent(i%3), http.MethodPost, "/conversations/"+open[i].ID+"/template", map[string]any{
			"template": map[string]string{"id": a.Positional.ID}, "variables": scenario.Variables(), "confirm": true,
		}, http.StatusOK, nil)
	})
	a.within(2*time.Minute, "everything to be done", func(ctx context.Context) error {
		if err := a.Sim.Settle(ctx); err != nil {
			return err
		}
		left := a.number("SELECT (SELECT count(*) FROM waa_inbox WHERE finished_at = 0) + (SELECT count(*) FROM waa_outbox WHERE finished_at = 0)")
		return errorUnless(left == 0, "%d things are left", left)
	})
	t.Logf("%d sends after %v", len(a.Sim.Sends())-sends, time.Since(begin).Round(time.Second))
	require.GreaterOrEqual(t, len(a.Sim.Sends())-sends, 3000)

	// Statuses that arrive long after a message was charged must change nothing.
	for _, line := range a.Sim.Bill().Lines[:20] {
		require.NoError(t, a.Sim.SendStatus(line.ID, "delivered"))
	}
	require.NoError(t, a.Sim.Settle(ctx))

	var problems []string
	a.within(time.Minute, "the ledger to be settled", func(ctx context.Context) error {
		charges, err := a.Ledger(ctx)
		if err != nil {
			return err
		}
		problems = compare(charges, a.Sim.Bill())
		return errorUnless(len(problems) == 0, "%d differences, such as %v", len(problems), problems[:min(len(problems), 5)])
	})
	a.Sim.Configure(func(s *cloudapi.Settings) {
		s.Pricing, s.PricingOnce, s.AutomaticRead = cloudapi.PricingPMP, false, false
	})
	a.checkSummaries()
}

// compare checks the ledger against Meta's bill, message by message.
func compare(charges []scenario.Charge, bill cloudapi.Bill) (problems []string) {
	lines := map[string]cloudapi.BillLine{}
	for _, line := range bill.Lines {
		lines[line.ID] = line
	}
	total := 0.0
	for _, c := range charges {
		line, delivered := lines[c.WAMID]
		delete(lines, c.WAMID)
		total += c.Amount
		state := "free"
		if line.Billable {
			state = "billed"
		}
		switch {
		case !delivered && c.State == "released" && c.Amount == 0:
		case !delivered:
			problems = append(problems, fmt.Sprintf("not on the bill: %+v", c))
		case c.State != state || math.Abs(c.Amount-line.Amount) > 1e-9 || c.Category != line.Category || c.Currency != line.Currency:
			problems = append(problems, fmt.Sprintf("the bill has %+v, the ledger %+v", line, c))
		}
	}
	for _, line := range lines {
		problems = append(problems, fmt.Sprintf("not in the ledger: %+v", line))
	}
	if math.Abs(total-bill.Total) > 1e-6 {
		problems = append(problems, fmt.Sprintf("the bill is %v, the ledger %v", bill.Total, total))
	}
	return problems
}

// checkSummaries checks that the totals of the reports equal the bill.
func (a *administration) checkSummaries() {
	a.t.Helper()
	bill := a.Sim.Bill()
	a.t.Logf("Meta's bill: %v %s for %d delivered messages, by category %v, billable %v", bill.Total, bill.Currency, len(bill.Lines), bill.Amounts, bill.Billable)
	for _, by := range []string{"queue", "agent", "template", "month", "category", "account"} {
		total, messages := 0.0, 0.0
		for _, group := range a.list("/ledger/summary?from=0&group_by=" + by) {
			billed, _ := group["billed"].(float64)
			count, _ := group["messages"].(float64)
			total, messages = total+billed, messages+count
		}
		require.InDelta(a.t, bill.Total, total, 1e-6, by)
		require.InDelta(a.t, len(bill.Lines), messages, 0, by)
	}
	for _, group := range a.list("/ledger/summary?from=0&group_by=agent") {
		require.NotEqual(a.t, group["group"], group["name"], "agents have names")
	}
}
