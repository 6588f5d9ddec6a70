package command

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// results shows who waits now, and what came of the templates of a period.
func (c *Command) results(ctx context.Context, in *call) (string, error) {
	_, zone := c.Reader(ctx, in.UserID)
	from, to, ok := period(in.rest, time.UnixMilli(c.Clock.Now()).In(zone))
	if !ok {
		return "", domain.Refuse(domain.CodeInvalidField, domain.T("command.results_period"))
	}
	now, err := c.Service.ResultsNow(ctx, in.UserID, "")
	if err != nil {
		return "", err
	}
	results, err := c.Service.Results(ctx, in.UserID, "", domain.ResultsFilter{From: from, To: to, By: domain.ResultsByTemplate})
	if err != nil {
		return "", err
	}
	lines := []string{
		in.text("command.results_title", "From", in.day(from, zone), "To", in.day(to-1, zone)), "",
		in.text("command.results_now", "Us", now.WaitingForUs, "Customers", now.WaitingForCustomers, "Ending", now.WindowEnding, "Unanswered", now.Unanswered),
	}
	if now.LongestWaitSince > 0 {
		lines = append(lines, in.text("command.results_longest", "Since", now.LongestWaitSince))
	}
	lines = append(lines, "", in.text("command.results_head"), "|---|---|---|---|---|---|---|---|---|")
	for _, group := range results.Groups {
		lines = append(lines, in.resultsRow(group, firstOf(group.Name, in.text("command.results_none"))))
	}
	lines = append(lines, in.resultsRow(results.Totals, in.text("command.results_total")))
	return strings.Join(lines, "\n"), nil
}

// day writes the day of a moment in milliseconds since epoch.
func (c *call) day(at int64, zone *time.Location) string {
	layout := "02/01/2006"
	if c.lang == i18n.English {
		layout = time.DateOnly
	}
	return time.UnixMilli(at).In(zone).Format(layout)
}

func (c *call) resultsRow(g *domain.ResultsGroup, name string) string {
	rate, median := "–", "–"
	if share := g.AnswerRate(); share != nil {
		rate = strconv.Itoa(int(*share*100+0.5)) + " %"
	}
	if g.MedianAnswer != nil {
		median = time.Duration(*g.MedianAnswer * float64(time.Millisecond)).Round(time.Minute).String()
		median = strings.TrimSuffix(median, "0s")
	}
	key := "command.results_row"
	if g.Currency == "" {
		key = "command.results_row_free"
	}
	return c.text(key, "Name", name, "Sent", g.Sent, "Delivered", g.Delivered, "Read", g.Read, "Failed", g.Failed+g.Refused, "Answered", g.Answered,
		"Rate", rate, "Median", median, "Cost", g.Cost, "Currency", g.Currency)
}

func firstOf(name, other string) string {
	if name == "" {
		return other
	}
	return name
}

// period reads today, yesterday, week (the last seven days), month, or a month as 2026-11. Nothing is the current month. It
// returns the first moment, and the first one after it, in milliseconds since epoch.
func period(word string, now time.Time) (from, to int64, ok bool) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	tomorrow := day.AddDate(0, 0, 1)
	between := func(a, b time.Time) (int64, int64, bool) { return a.UnixMilli(), b.UnixMilli(), true }
	switch domain.Fold(strings.TrimSpace(word)) {
	case "", "mes", "month":
		return between(month, tomorrow)
	case "hoje", "today":
		return between(day, tomorrow)
	case "ontem", "yesterday":
		return between(day.AddDate(0, 0, -1), day)
	case "semana", "week":
		return between(day.AddDate(0, 0, -6), tomorrow)
	}
	named, err := time.ParseInLocation("2006-01", strings.TrimSpace(word), now.Location())
	if err != nil {
		return 0, 0, false
	}
	return between(named, named.AddDate(0, 1, 0))
}
