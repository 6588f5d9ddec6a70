package drafts

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postpolicy"
)

// A text that was scheduled is posted when it is due, or it is held on and its author is told.
func TestATextIsSentByItself(t *testing.T) {
	now := int64(fake.Clock(7))
	for name, c := range map[string]struct {
		sendAt int64
		refuse string // why the policy refuses
		posted bool
		notice string
	}{
		"due":                      {sendAt: now, posted: true},
		"not due":                  {sendAt: now + 1},
		"the window is over":       {sendAt: now, refuse: "post.expired", notice: "ines scheduled.text_window text:idoi:7"},
		"something else is in way": {sendAt: now, refuse: "post.mention", notice: "ines scheduled.text_kept text:idoi:7"},
	} {
		t.Run(name, func(t *testing.T) {
			d, sender := newFakeDrafts("oi")
			d.drafts[0].State, d.drafts[0].SendAt, d.drafts[0].RootID = domain.DraftHeld, c.sendAt, ""
			if c.refuse != "" {
				sender.CheckPost = func(context.Context, posting.IncomingPost) (posting.Decision, bool, error) {
					return postpolicy.Refused(domain.ReasonLocked, domain.T(c.refuse)), true, nil
				}
			}
			_, err := sender.Run(context.Background())
			require.NoError(t, err)
			require.Equal(t, c.posted, len(d.posts) == 1)
			if c.posted {
				require.Equal(t, domain.DraftSent, d.drafts[0].State)
				return
			}
			require.Equal(t, domain.DraftHeld, d.drafts[0].State)
			if c.notice == "" {
				require.Empty(t, d.notices)
			} else {
				require.Equal(t, []string{c.notice}, d.notices)
			}
		})
	}
	d, sender := newFakeDrafts("oi")
	sender.Clock = fake.Clock(domain.DraftPatience.Milliseconds() + 10)
	d.drafts[0].State, d.drafts[0].SendAt, d.drafts[0].RootID = domain.DraftHeld, 5, ""
	_, err := sender.Run(context.Background())
	require.NoError(t, err)
	require.Empty(t, d.posts, "more than an hour late")
	require.Len(t, d.notices, 1)
}
