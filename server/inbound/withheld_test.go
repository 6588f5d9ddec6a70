package inbound

import (
	"context"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

func (d *fakeInbound) SetPost(_ context.Context, messageID, postID string) error {
	d.did = append(d.did, "set "+messageID+" "+postID)
	return nil
}

// fakeStrictServer is a desk whose server refuses some posts for good.
type fakeStrictServer struct {
	*fakeInbound
	refuses func(posting.Post) bool
	edits   error
}

func (s *fakeStrictServer) CreatePost(ctx context.Context, p posting.Post) (string, error) {
	if s.refuses(p) {
		s.did = append(s.did, "refused")
		return "", errors.Wrap(posting.ErrRefused, "could not create a post")
	}
	return s.fakeInbound.CreatePost(ctx, p)
}

func (s *fakeStrictServer) EditPost(ctx context.Context, postID, message string, props map[string]any) error {
	if s.edits != nil {
		return s.edits
	}
	return s.fakeInbound.EditPost(ctx, postID, message, props)
}

func takes(t *testing.T, s *fakeStrictServer, kind whatsapp.Kind, data string) (outcome jobqueue.Outcome, notices []*domain.Notice) {
	t.Helper()
	return handleWith(t, s.fakeInbound, s, kind, data)
}

const text = `{"id":"wamid.1","from":"5511987654321","type":"text","text":{"body":"proibida"}}`

func TestALineStandsForWhatTheServerRefuses(t *testing.T) {
	bad := func(p posting.Post) bool { return p.Message == "proibida" }
	s := &fakeStrictServer{fakeInbound: openDesk(), refuses: bad}
	outcome, notices := takes(t, s, whatsapp.KindMessage, text)
	require.Equal(t, jobqueue.Dead(withheld), outcome, "at once, and the message itself stays as a dead letter")
	require.Equal(t, []string{"refused", "save", "find", "post", "set id post"}, s.did)
	require.Equal(t, "withheld.message", s.posts[0].Message)
	require.Equal(t, "wamid.1", s.posts[0].Props[posting.PropWAMID])
	require.Len(t, notices, 1)

	// killed after it was stored, before or after the line: the line is no message that was shown
	for found, did := range map[string][]string{"": {"save", "find", "post", "set id post"}, "line": {"save", "find", "set id line"}} {
		s = &fakeStrictServer{fakeInbound: openDesk(), refuses: bad}
		s.arrival.MessageID, s.arrival.Kind, s.found = "m", KindWithheld, found
		outcome, _ = takes(t, s, whatsapp.KindMessage, text)
		require.Equal(t, jobqueue.Dead(withheld), outcome)
		require.Equal(t, did, s.did)
	}

	// an administrator tries the dead letter again: in vain, then after the filter was changed
	s = &fakeStrictServer{fakeInbound: openDesk(), refuses: bad, edits: errors.Wrap(posting.ErrRefused, "no")}
	s.arrival.MessageID, s.arrival.Kind, s.arrival.PostID = "m", KindWithheld, "line"
	outcome, _ = takes(t, s, whatsapp.KindMessage, text)
	require.Equal(t, jobqueue.Dead(withheld), outcome)
	s.edits, s.did = nil, nil
	outcome, _ = takes(t, s, whatsapp.KindMessage, text)
	require.Equal(t, jobqueue.Done(), outcome)
	require.Equal(t, []string{"save", "edit line", "kind text"}, s.did)

	// not even a line
	s = &fakeStrictServer{fakeInbound: openDesk(), refuses: func(posting.Post) bool { return true }}
	outcome, _ = takes(t, s, whatsapp.KindMessage, text)
	require.Equal(t, jobqueue.Dead(withheld), outcome)
}

func TestWhatAnswersADeletedPostStandsByItself(t *testing.T) {
	desk := openDesk()
	s := &fakeStrictServer{fakeInbound: desk, refuses: func(p posting.Post) bool {
		desk.rootGone = p.RootID != "" // it was deleted a moment ago
		return desk.rootGone
	}}
	takes(t, s, whatsapp.KindMessage, `{"id":"wamid.1","from":"5511987654321","type":"text","text":{"body":"oi"},"context":{"id":"wamid.agent"}}`)
	require.Equal(t, []string{"refused", "post", "posted post"}, s.did)
	require.Empty(t, s.posts[0].RootID)
}

func TestAFileOfARefusedMessageStillComes(t *testing.T) {
	s := &fakeStrictServer{fakeInbound: openDesk(), refuses: func(p posting.Post) bool { return p.Message != "withheld.message" }}
	s.progress = &domain.MediaProgress{FileID: "file"}
	takes(t, s, whatsapp.KindMessage, `{"id":"wamid.1","from":"5511987654321","type":"image","image":{"id":"9","caption":"proibida"}}`)
	require.Equal(t, []string{"refused", "save", "find", "post", "set id post", "fetch post", "wake"}, s.did)
}

func TestARefusedEchoIsToldToo(t *testing.T) {
	s := &fakeStrictServer{fakeInbound: openDesk(), refuses: func(p posting.Post) bool { return p.Message == "echo.sent" }}
	outcome, _ := takes(t, s, whatsapp.KindEcho, `{"id":"wamid.9","to":"5511987654321","type":"text","text":{"body":"proibida"}}`)
	require.Equal(t, jobqueue.Dead(withheld), outcome)
	require.Equal(t, []string{"refused", "find", "post", "echo post sent"}, s.did)
	require.Equal(t, "withheld.echo", s.posts[0].Message)
}
