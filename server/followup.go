package main

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// followUpLines is how many conversations of a group the daily message names.
const followUpLines = 10

// followUpList lists the conversations for which somebody is responsible and
// whose customers have not answered, by how long; "" where there are none.
func (a *app) followUpList(ctx context.Context, userID string) (text string, told []string, err error) {
	lang := a.port.Locale(ctx, userID)
	var lines []string
	for _, step := range domain.UnansweredSteps() {
		views, total, err := a.service.List(ctx, userID, domain.Filter{
			State: domain.Waiting, Mine: true, Unanswered: step, OwnerID: userID, PerPage: followUpLines,
		})
		if err != nil {
			return "", nil, err
		}
		if len(views) == 0 {
			continue
		}
		lines = append(lines, a.texts.Markdown(lang, "followup.since_"+step.Name, nil))
		for _, view := range views {
			link := domain.Link(a.port.Link(ctx, view.Conversation))
			if link == "" { // by its address a line is found when the person is erased
				continue
			}
			told = append(told, view.ID)
			line := domain.T("followup.line", "Customer", domain.DisplayName(view.Conversation), "Link", link, "Template", view.TemplateName, "At", view.LastTemplateAt)
			lines = append(lines, "- "+a.texts.Markdown(lang, line.Key, line.Data))
		}
		if more := total - len(views); more > 0 {
			lines = append(lines, "- "+a.texts.Markdown(lang, "command.mine_more", map[string]any{"More": more}))
		}
	}
	return strings.Join(lines, "\n"), told, nil
}
