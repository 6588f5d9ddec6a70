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
	word := firstOf(in.rest, "month")
	if _, _, ok := domain.Period(word, time.UnixMilli(c.Clock.Now())); !ok {
		return "", domain.Refuse(domain.CodeInvalidField, domain.T("command.results_period"))
	}
	now, err := c.Service.ResultsNow(ctx, in.UserID, "")
	if err != nil {
		return "", err
	}
	results, err := c.Service.Results(ctx, in.UserID, "", domain.ResultsFilter{Period: word, By: domain.ResultsByTemplate})
	if err != nil {
		return "", err
	}
	lines := []string{
		in.text("command.results_title", "From", in.day(results.From, results.Zone), "To", in.day(results.To-1, results.Zone)), "",
		in.text("command.results_now", "Us", now.WaitingForUs, "Customers", now.WaitingForCustomers, "Ending", now.WindowEnding, "Unanswered", now.Unanswered),
	}
	if now.LongestWaitSince > 0 {
		lines = append(lines, in.text("command.results_longest", "Wait", now.LongestWait))
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
