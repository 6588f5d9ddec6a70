package service_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// TestWhyNoTemplateMayFollowYet: each reason says who, what, when and until when.
func TestWhyNoTemplateMayFollowYet(t *testing.T) {
	bundle, err := i18n.New()
	require.NoError(t, err)
	texts := bundle.In(time.UTC)
	b := newServiceFixture(t)
	ctx := context.Background()
	c := b.start(phone)
	began := b.now
	clock := func(lang string, ms int64) string { return i18n.ClockAt(lang, ms, time.Now().UnixMilli(), time.UTC) }
	why := func(reason string) (*domain.Refusal, []string) {
		_, err := b.do.SendTemplate(ctx, domain.TemplateRequest{
			ActorID: "ana", ConversationID: c.ID, Template: domain.TemplateRef{Name: "visita", Language: "pt_BR"},
			Variables: map[string]string{"body_1": "oi"}, Confirm: reason != "", Reason: reason,
		})
		r := refusal(t, err)
		require.Equal(t, domain.CodeCooldown, r.Code)
		return r, []string{texts.Text("pt-BR", r.Text.Key, r.Text.Data), texts.Text("en", r.Text.Key, r.Text.Data)}
	}
	b.now += 2 * time.Hour.Milliseconds()
	r, said := why("")
	require.True(t, r.Agree && r.NeedsReason, "a supervisor may, with a reason")
	for i, lang := range []string{"pt-BR", "en"} {
		for _, part := range []string{"@bruno", "visita", clock(lang, began), clock(lang, began+6*time.Hour.Milliseconds())} {
			require.Contains(t, said[i], part, lang)
		}
	}

	// 131049: Meta asks to wait, a day; nobody overrides that
	until := b.now + 24*time.Hour.Milliseconds()
	require.NoError(t, b.store.BlockContact(ctx, c.ContactID, until, false, b.now))
	b.now += 20 * time.Hour.Milliseconds() // our own cooldown is over
	r, said = why("o cliente pediu")
	require.False(t, r.Agree)
	for i, lang := range []string{"pt-BR", "en"} {
		require.Contains(t, said[i], "Meta", lang)
		require.Contains(t, said[i], clock(lang, until), lang)
	}

	// 131050, or the customer's own preference: no marketing, ever
	b.now = until + 1000*24*time.Hour.Milliseconds()
	require.NoError(t, b.store.BlockContact(ctx, c.ContactID, 0, true, b.now))
	_, err = b.db.Exec("UPDATE waa_templates SET category = 'MARKETING'")
	require.NoError(t, err)
	r, said = why("o cliente pediu")
	require.False(t, r.Agree)
	require.Contains(t, said[0], "marketing")
	require.Contains(t, said[1], "marketing")
}
