package posting

import (
	"strconv"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ResultsTable writes what came of templates as a Markdown table, one row each and the totals last. render
// writes a text in the reader's language. The groups that were sent most come first; most is how many rows
// there are at the most, 0 = all.
func ResultsTable(render func(domain.Text) string, r *domain.Results, most int) string {
	groups := r.Ranked()
	if most > 0 && len(groups) > most {
		groups = groups[:most]
	}
	lines := []string{render(domain.T("results.table_head")), "|---|---|---|---|---|---|---|---|---|"}
	for _, group := range groups {
		name := group.Name
		if name == "" {
			name = render(domain.T("results.none"))
		}
		lines = append(lines, render(resultsRow(group, name)))
	}
	if left := len(r.Groups) - len(groups); left > 0 {
		lines = append(lines, render(domain.T("results.table_left", "N", left)))
	}
	return strings.Join(append(lines, render(resultsRow(r.Totals, render(domain.T("results.total"))))), "\n")
}

func resultsRow(g *domain.ResultsGroup, name string) domain.Text {
	data := []any{"Name", name, "Sent", g.Sent, "Delivered", g.Delivered, "Read", g.Read, "Failed", g.Failed + g.Refused, "Answered", g.Answered, "Rate", ResultsRate(g)}
	if g.MedianAnswer != nil {
		data = append(data, "Median", int64(*g.MedianAnswer))
	}
	if g.Currency != "" {
		data = append(data, "Cost", g.Cost, "Currency", g.Currency)
	}
	return domain.T("results.table_row", data...)
}

// ResultsRate writes the share of templates that were answered, "–" where none was delivered.
func ResultsRate(g *domain.ResultsGroup) string {
	share := g.AnswerRate()
	if share == nil {
		return "–"
	}
	return strconv.Itoa(int(*share*100+0.5)) + " %"
}
