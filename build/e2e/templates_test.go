//go:build unix

package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestTemplatesMadeSafe shows on the real server that what Meta made by itself is never used, and that what Meta holds back says so.
func TestTemplatesMadeSafe(t *testing.T) {
	t.Parallel()
	s := &stage{World: startWorld(t, scenario.Options{}), t: t}
	tryGenerated(s)
	tryHeld(s)
	tryWriting(s)
	tryMetasDoctor(s)
}

// tryWriting submits a template, corrects it after each of five rejections, uses it, and edits it until Meta's limit.
func tryWriting(s *stage) {
	components := func(text string) []any {
		return []any{map[string]any{"type": "BODY", "text": text, "example": map[string]any{"body_text": []any{[]any{"Ana"}}}}}
	}
	type template struct {
		ID, Status, Category string
		Approved             bool
		RejectedReason       string `json:"rejected_reason"`
	}
	draft := map[string]any{"account_id": s.Account.ID, "name": "entrega_feita", "language": "pt_BR", "category": "UTILITY", "components": components("{{1}} recebeu o pedido de hoje.")}
	refused, err := s.AskRefused(s.ctx(oneMinute), s.Admin(), http.MethodPost, "/templates", draft, http.StatusBadGateway, "meta_refused")
	require.NoError(s.t, err)
	require.Contains(s.t, refused.Message, "start or end", "Meta's own words")
	draft["components"] = components("O pedido de {{1}} foi entregue hoje.")
	var made template
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodPost, "/templates", draft, http.StatusCreated, &made))
	require.Equal(s.t, "PENDING", made.Status)
	at := func(what string, condition func(template) bool) {
		s.within(oneMinute, what, func(ctx context.Context) error {
			var now template
			if err := s.Ask(ctx, s.Admin(), http.MethodGet, "/templates/"+made.ID, nil, http.StatusOK, &now); err != nil {
				return err
			}
			return errorUnless(condition(now), "it is %+v", now)
		})
	}
	decide := func(status, reason string) {
		require.NoError(s.t, s.Sim.SetTemplateStatus(s.Number.WABAID, "entrega_feita", "pt_BR", status, reason))
		at("the template to be "+status+" "+reason, func(now template) bool { return now.Status == status && now.RejectedReason == reason })
	}
	edit := map[string]any{"components": components("O pedido de {{1}} foi entregue hoje cedo.")}
	for _, reason := range []string{"ABUSIVE_CONTENT", "INCORRECT_CATEGORY", "INVALID_FORMAT", "PROMOTIONAL", "SCAM"} {
		decide("REJECTED", reason)
		require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodPost, "/templates/"+made.ID+"/edit", edit, http.StatusOK, nil))
		at("the template to be in review", func(now template) bool { return now.Status == "PENDING" && now.RejectedReason == "" })
	}
	decide("APPROVED", "")
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodPatch, "/templates/"+made.ID, map[string]any{"approved": true, "queue_ids": []string{s.Queue.ID}}, http.StatusOK, nil))
	require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodPost, "/templates/"+made.ID+"/edit", edit, http.StatusOK, nil))
	require.NoError(s.t, s.Advance(s.ctx(oneMinute), time.Hour)) // Meta's two approvals in one second would be one delivery
	decide("APPROVED", "")
	_, err = s.AskRefused(s.ctx(oneMinute), s.Admin(), http.MethodPost, "/templates/"+made.ID+"/edit", edit, http.StatusConflict, "template_not_allowed")
	require.NoError(s.t, err, "once a day")
	require.NoError(s.t, s.Sim.SetTemplateCategory(s.Number.WABAID, "entrega_feita", "pt_BR", "MARKETING"))
	at("the category to be Meta's", func(now template) bool { return now.Category == "MARKETING" && !now.Approved })
	decide("PAUSED", "")
}

// tryMetasDoctor looks at what the doctor says of Meta and of the server.
func tryMetasDoctor(s *stage) {
	checks := func() map[string]bool {
		var report struct {
			Items []struct {
				Check string
				OK    bool
			}
		}
		require.NoError(s.t, s.Ask(s.ctx(oneMinute), s.Admin(), http.MethodGet, "/doctor", nil, http.StatusOK, &report))
		found := map[string]bool{}
		for _, item := range report.Items {
			found[item.Check] = item.OK
		}
		return found
	}
	found := checks()
	for _, check := range []string{"payment", "graph_version", "edition"} {
		require.Equal(s.t, []bool{true, true}, []bool{found[check], hasKey(found, check)}, check)
	}
	require.True(s.t, hasKey(found, "free_messages"))
	s.Sim.ConfigureNumber(s.Number.ID, func(n *cloudapi.Number) { n.NoPayment = true })
	require.False(s.t, checks()["payment"])
}

func hasKey(found map[string]bool, key string) bool {
	_, there := found[key]
	return there
}

func tryGenerated(s *stage) {
	ctx := s.ctx(oneMinute)
	_, err := s.Sim.AddTemplate(s.Number.WABAID, `{"name": "generic_1", "language": "pt_BR", "category": "UTILITY", "source": "AUTO_GENERATED", "components": [{"type": "BODY", "text": "{{1}}"}]}`)
	require.NoError(s.t, err)
	require.NoError(s.t, s.Ask(ctx, s.Admin(), http.MethodPost, "/templates/sync", map[string]any{"account_id": s.Account.ID}, http.StatusOK, nil))
	var list struct {
		Items []struct {
			ID, Source string
			Risks      []struct{ Code, Text string }
		}
	}
	require.NoError(s.t, s.Ask(ctx, s.Admin(), http.MethodGet, "/templates?q=generic_1", nil, http.StatusOK, &list))
	require.Len(s.t, list.Items, 1)
	require.Equal(s.t, "AUTO_GENERATED", list.Items[0].Source)
	require.Equal(s.t, "variable_at_edge", list.Items[0].Risks[0].Code)
	_, err = s.AskRefused(ctx, s.Admin(), http.MethodPatch, "/templates/"+list.Items[0].ID, map[string]any{"approved": true, "queue_ids": []string{s.Queue.ID}}, http.StatusConflict, "template_not_allowed")
	require.NoError(s.t, err)
}

func tryHeld(s *stage) {
	s.Sim.Configure(func(settings *cloudapi.Settings) { settings.HoldTemplates = "held_for_quality_assessment" })
	conversation, err := s.Start(s.ctx(oneMinute), 0, newCustomer())
	require.NoError(s.t, err)
	s.Sim.Configure(func(settings *cloudapi.Settings) { settings.HoldTemplates = "" })
	var wamid string
	s.within(oneMinute, "the post to say that Meta holds it", func(ctx context.Context) error {
		var list struct {
			Items []struct {
				WAMID, Status string
				PostID        string `json:"post_id"`
				Held          bool
			}
		}
		if err := s.Ask(ctx, s.Agent(0), http.MethodGet, "/conversations/"+conversation.ID+"/messages", nil, http.StatusOK, &list); err != nil {
			return err
		}
		m := list.Items[0]
		if wamid = m.WAMID; m.Status != "pending" || !m.Held || m.PostID == "" {
			return errorUnless(false, "the message is %+v", m)
		}
		thread, _, err := s.Agent(0).GetPostThread(ctx, m.PostID, "", false)
		if err != nil {
			return err
		}
		root, told := thread.Posts[m.PostID], false
		for _, post := range thread.Posts {
			told = told || post.RootId == m.PostID && strings.Contains(post.Message, "Meta")
		}
		return errorUnless(told && root.GetProp("waa_status") == "pending" && root.GetProp("waa_held") == true, "the post has %v, the line is there: %v", root.GetProps(), told)
	})
	require.NoError(s.t, s.Sim.SendStatus(wamid, "delivered"))
	s.within(oneMinute, "the post to say that it was delivered", func(ctx context.Context) error {
		posts, err := s.Posts(ctx, conversation.ChannelID)
		if err != nil {
			return err
		}
		for _, post := range posts {
			if post.GetProp("waa_status") == "delivered" && post.GetProp("waa_held") == nil {
				return nil
			}
		}
		return errorUnless(false, "none does")
	})
}
