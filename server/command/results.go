package command

import (
	"context"
	"strings"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
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
		in.localize(domain.T("command.results_title", "From", results.From, "To", results.To-1).In(results.Zone.String())), "",
		in.text("command.results_now", "Us", now.WaitingForUs, "Customers", now.WaitingForCustomers, "Ending", now.WindowEnding, "Unanswered", now.Unanswered),
	}
	if now.LongestWaitSince > 0 {
		lines = append(lines, in.text("command.results_longest", "Wait", now.LongestWait))
	}
	return strings.Join(append(lines, "", posting.ResultsTable(in.localize, results, 0)), "\n"), nil
}

func firstOf(name, other string) string {
	if name == "" {
		return other
	}
	return name
}
