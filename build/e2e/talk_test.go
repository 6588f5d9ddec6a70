//go:build unix

package e2e

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// openConversation is an open conversation with what a test compares in the end: the channel, the phone and the database.
type openConversation struct {
	scenario.Conversation
	customer scenario.Customer
	phone    *cloudapi.Phone
	agent    int
	requests map[string]postRequest // for the agents' posts, by their texts, where a test keeps them
}

// postRequest is when a post was requested and when that was answered.
type postRequest struct{ begin, end time.Time }

// stalledAfter is how long the request for a post takes at most where nothing holds it up.
const stalledAfter = time.Second

// stalled reports whether something held the request up.
func (r postRequest) stalled() bool { return r.end.Sub(r.begin) > stalledAfter }

// open starts a conversation and lets the customer answer.
func (s *stage) open(agent int) *openConversation {
	s.t.Helper()
	k, err := s.begin(agent)
	require.NoError(s.t, err)
	return k
}

func (s *stage) begin(agent int) (*openConversation, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	customer := newCustomer()
	c, err := s.Opened(ctx, agent, customer)
	return &openConversation{Conversation: c, customer: customer, phone: s.Phone(customer.Phone), agent: agent}, err
}

// openMany opens n conversations, several at a time.
func (s *stage) openMany(n int) []*openConversation {
	s.t.Helper()
	talks := make([]*openConversation, n)
	problems := make([]error, n)
	var hands sync.WaitGroup
	for hand := range 4 {
		hands.Go(func() {
			for i := hand; i < n; i += 4 {
				talks[i], problems[i] = s.begin(i % 3)
			}
		})
	}
	hands.Wait()
	for _, err := range problems {
		require.NoError(s.t, err)
	}
	return talks
}

// post writes as the conversation's agent.
func (s *stage) post(k *openConversation, text string) *model.Post {
	s.t.Helper()
	post, err := s.PostAs(s.ctx(30*time.Second), k.agent, k.ChannelID, text)
	require.NoError(s.t, err)
	return post
}

// ticks waits until a post shows one of the statuses, and returns it.
func (s *stage) ticks(limit time.Duration, postID string, wanted ...string) string {
	s.t.Helper()
	shown := ""
	s.within(limit, "the post to show "+strings.Join(wanted, " or "), func(ctx context.Context) error {
		var err error
		if shown, err = s.Tick(ctx, postID); err != nil {
			return err
		}
		return errorUnless(slices.Contains(wanted, shown), "it shows %q", shown)
	})
	return shown
}

// notice returns the line that the plugin left in a post's thread, or "" if there is none.
func (s *stage) notice(ctx context.Context, postID string) (string, error) {
	thread, _, err := s.Admin().GetPostThread(ctx, postID, "", false)
	if err != nil {
		return "", errors.Wrap(err, "cannot read the thread")
	}
	for _, id := range thread.Order {
		if post := thread.Posts[id]; post.Type == scenario.TypeEvent && post.Id != postID {
			return post.Message, nil
		}
	}
	return "", nil
}

// noticed waits for the line in a post's thread.
func (s *stage) noticed(limit time.Duration, postID string) string {
	s.t.Helper()
	text := ""
	s.within(limit, "a line in the post's thread", func(ctx context.Context) error {
		var err error
		text, err = s.notice(ctx, postID)
		if err != nil {
			return err
		}
		return errorUnless(text != "", "there is none")
	})
	return text
}

// texts returns the bodies of messages.
func texts(messages []cloudapi.Message) []string {
	out := make([]string, len(messages))
	for i := range messages {
		out[i] = messages[i].Text
	}
	return out
}

// arrived returns how often the phone received a text.
func (k *openConversation) arrived(text string) int {
	n := 0
	for _, m := range k.phone.Messages() {
		if m.Text == text {
			n++
		}
	}
	return n
}
