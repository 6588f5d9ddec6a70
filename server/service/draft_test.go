package service_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/service"
)

// fakeDraftSender plays Mattermost and drafts.Sender: what is chosen is posted, but what says "@".
type fakeDraftSender struct {
	b      *serviceFixture
	posted []string
	files  []string // that are the asker's own
}

func (p *fakeDraftSender) SendDrafts(ctx context.Context, conversationID, authorID string, ids []string) (map[string]domain.Text, error) {
	refused := map[string]domain.Text{}
	for {
		job, err := p.b.store.ClaimDraft(ctx, conversationID, authorID, time.Minute)
		if err != nil {
			return refused, nil //nolint:nilerr // nothing is left
		}
		if strings.Contains(job.Text, "@") && slices.Contains(ids, job.ID) {
			refused[job.ID] = domain.T("post.mention")
			err = p.b.store.DraftBack(ctx, job.ID, p.b.now)
		} else {
			p.posted = append(p.posted, job.Text)
			err = p.b.store.DraftSent(ctx, job.ID, "post", p.b.now)
		}
		if err != nil {
			return nil, err
		}
	}
}
func (p *fakeDraftSender) DraftsChanged() {}
func (p *fakeDraftSender) OwnFiles(_ context.Context, _ string, ids []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(p.files, id) }), nil
}

func TestWhoMayDoWhatWithDrafts(t *testing.T) {
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	post := &fakeDraftSender{b: b, files: []string{"f1"}}
	do := service.NewDrafts(service.DraftPorts{Service: b.do, Store: b.store, Sender: post})

	_, err := b.do.TransferToUser(ctx, "bruno", c.ID, "carla") // who sees it, and no queue
	require.NoError(t, err)
	one, err := do.Save(ctx, "bruno", c.ID, "um", nil)
	require.NoError(t, err)
	two, err := do.Save(ctx, "bruno", c.ID, "dois @ana", nil)
	require.NoError(t, err)
	_, err = do.Hold(ctx, &domain.Draft{ConversationID: c.ID, AuthorID: "bruno", Text: " um "})
	require.NoError(t, err)
	three, err := do.Save(ctx, "bruno", c.ID, "", []string{"f1"})
	require.NoError(t, err)
	for text, files := range map[string][]string{"": nil, " \n": nil, strings.Repeat("é", 16384): nil, "com arquivo": {"f1", "f2"}} {
		t.Run(text, func(t *testing.T) {
			_, err = do.Save(ctx, "bruno", c.ID, text, files)
			require.Equal(t, domain.CodeInvalidField, refusal(t, err).Code, "%.20s")
		})
	}
	list := func(actor string) int {
		_, total, err := do.List(ctx, actor, c.ID, 0, 60)
		require.NoError(t, err)
		return total
	}
	require.Equal(t, 3, list("bruno"))
	require.Equal(t, 3, list("ana"), "a supervisor sees everybody's")
	require.Zero(t, list("carla"), "a colleague sees their own")

	for name, try := range map[string]func(actor string) error{
		"send":    func(actor string) error { _, err := do.Send(ctx, actor, one.ID); return err },
		"edit":    func(actor string) error { _, err := do.Edit(ctx, actor, one.ID, "x"); return err },
		"drop":    func(actor string) error { _, err := do.Drop(ctx, actor, one.ID); return err },
		"to edit": func(actor string) error { _, err := do.ToEdit(ctx, actor, one.ID); return err },
		"all":     func(actor string) error { _, _, err := do.SendAll(ctx, actor, c.ID, "bruno"); return err },
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, domain.CodeForbidden, refusal(t, try("carla")).Code)
			require.Equal(t, domain.CodeNotFound, refusal(t, try("stranger")).Code)
		})
	}
	_, err = do.Send(ctx, "bruno", one.ID)
	require.Equal(t, domain.CodeWindowClosed, refusal(t, err).Code, "the customer has not answered")

	b.now += 1000
	b.answered(c)
	edited, err := do.Edit(ctx, "bruno", one.ID, "um!")
	require.NoError(t, err)
	require.Equal(t, "um!", edited.Text)
	_, err = do.Edit(ctx, "bruno", one.ID, "dois @ana ")
	require.Contains(t, refusal(t, err).Fields, "text", "there is the same already")

	sent, no, err := do.SendAll(ctx, "bruno", c.ID, "bruno")
	require.NoError(t, err)
	require.Equal(t, 2, sent)
	require.Equal(t, "post.mention", no.Fields["text"].Key)
	require.Equal(t, []string{"um!", ""}, post.posted)
	require.Equal(t, 1, list("bruno"), "what may not be sent stays")
	again, err := do.Send(ctx, "bruno", three.ID)
	require.NoError(t, err, "the second click")
	require.Equal(t, domain.DraftSent, again.State)
	_, err = do.Edit(ctx, "bruno", three.ID, "x")
	require.Equal(t, domain.CodeNotFound, refusal(t, err).Code)
	_, err = do.Send(ctx, "ana", two.ID)
	require.Equal(t, "post.mention", refusal(t, err).Fields["text"].Key)
	dropped, err := do.Drop(ctx, "bruno", two.ID)
	require.NoError(t, err)
	require.Empty(t, dropped.Text)
	_, err = do.Drop(ctx, "bruno", two.ID)
	require.NoError(t, err)
	_, err = do.Send(ctx, "bruno", two.ID)
	require.Equal(t, "draft.dropped", refusal(t, err).Text.Key)
	require.Len(t, post.posted, 2)
	sent, no, err = do.SendAll(ctx, "bruno", c.ID, "bruno")
	require.NoError(t, err)
	require.Zero(t, sent)
	require.Nil(t, no)

	b.now += 25 * time.Hour.Milliseconds()
	late, err := do.Save(ctx, "bruno", c.ID, "tarde", nil)
	require.NoError(t, err)
	_, err = do.Send(ctx, "bruno", late.ID)
	require.Equal(t, "draft.expired", refusal(t, err).Text.Key)
	_, err = b.do.Close(ctx, "bruno", c.ID, domain.Closing{})
	require.NoError(t, err)
	_, err = do.Send(ctx, "bruno", late.ID)
	require.Equal(t, domain.CodeConversationClosed, refusal(t, err).Code)
	_, err = do.Save(ctx, "bruno", c.ID, "mais tarde", nil)
	require.Equal(t, domain.CodeConversationClosed, refusal(t, err).Code)
}
