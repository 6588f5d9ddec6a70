package jobs

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// followUpLines is how many conversations of a group the daily message names.
const followUpLines = 10

// FollowUpList writes the list of the daily follow-up at the moment at which it is sent.
type FollowUpList struct {
	// List returns a page of the conversations that a user sees, and how many there are.
	List      func(ctx context.Context, userID string, f domain.Filter) ([]*domain.View, int, error)
	Link      func(ctx context.Context, c *domain.Conversation) string
	Localizer posting.Localizer
}

// Write lists the conversations for which a user is responsible and whose
// customers have not replied, by how long that is, and returns which ones it
// names. The text is "" if there are none. It is a Detail of Notices.
func (f *FollowUpList) Write(ctx context.Context, userID string) (text string, conversationIDs []string, err error) {
	var lines []string
	for _, step := range domain.UnansweredSteps() {
		views, total, err := f.List(ctx, userID, domain.Filter{
			State: domain.Waiting, Mine: true, Unanswered: step, OwnerID: userID, PerPage: followUpLines,
		})
		if err != nil {
			return "", nil, err
		}
		if len(views) == 0 {
			continue
		}
		lines = append(lines, f.Localizer.ForUser(ctx, userID, domain.T("followup.since_"+step.Name)))
		for _, view := range views {
			link := domain.Link(f.Link(ctx, view.Conversation))
			if link == "" { // when the person is erased, a line is found by its link
				continue
			}
			conversationIDs = append(conversationIDs, view.ID)
			line := domain.T("followup.line", "Customer", domain.DisplayName(view.Conversation), "Link", link, "Template", view.TemplateName, "At", view.LastTemplateAt)
			lines = append(lines, "- "+f.Localizer.ForUser(ctx, userID, line))
		}
		if more := total - len(views); more > 0 {
			lines = append(lines, "- "+f.Localizer.ForUser(ctx, userID, domain.T("command.mine_more", "More", more)))
		}
	}
	return strings.Join(lines, "\n"), conversationIDs, nil
}
