package posting

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// fakeChannel is a channel to which two processes post, and the table in which they agree.
type fakeChannel struct {
	posts   []string // values of the property, by the post's id; "" = taken back
	stands  map[string]string
	refuses int // how often the table does not answer
}

// fakeProcess is one of them; before and after are when the other one may come.
type fakeProcess struct {
	*fakeChannel
	before, after func()
}

func (p *fakeProcess) CreatePost(ctx context.Context, post Post) (string, error) {
	if err := jobqueue.CheckLease(ctx); err != nil {
		return "", err
	}
	if p.before != nil {
		p.before()
	}
	p.posts = append(p.posts, post.Props[PropEvent].(string))
	if p.after != nil {
		p.after()
	}
	return strconv.Itoa(len(p.posts) - 1), nil
}

func (p *fakeProcess) FindPost(_ context.Context, _ string, _ int64, _, value string) (string, error) {
	for id, posted := range p.posts {
		if posted == value {
			return strconv.Itoa(id), nil
		}
	}
	return "", domain.ErrNotFound
}

func (p *fakeProcess) RootOf(_ context.Context, id string) (root, channel string, err error) {
	return id, "", nil
}

func (p *fakeProcess) AgreeOnPost(ctx context.Context, key, id string) (string, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if p.refuses > 0 {
		p.refuses--
		return "", errors.New("no connection")
	}
	if p.stands[key] == "" {
		p.stands[key] = id
	}
	if n, _ := strconv.Atoi(id); p.stands[key] != id {
		p.posts[n] = ""
	}
	return p.stands[key], nil
}

func (b *fakeChannel) standing() int {
	n := 0
	for _, posted := range b.posts {
		if posted != "" {
			n++
		}
	}
	return n
}

// A process is frozen for longer than its lease while it posts; another takes
// over. Whenever the first wakes, one post stands, and both know which.
func TestAPostStandsOnceWheneverAFrozenProcessWakes(t *testing.T) {
	post := Post{ChannelID: "c", Props: map[string]any{PropEvent: "line:1"}}
	for name, play := range map[string]func(first, second *fakeProcess, lost, takeOver, post func()){
		"after the other posted": func(first, _ *fakeProcess, lost, takeOver, post func()) {
			first.before = func() { lost(); takeOver() }
			post()
		},
		"its post came before the other looked": func(first, _ *fakeProcess, lost, takeOver, post func()) {
			first.after = func() { lost(); takeOver() }
			post()
		},
		"its post came after the other's look": func(first, second *fakeProcess, lost, takeOver, post func()) {
			first.before, second.before = lost, post
			takeOver()
		},
		"the table does not answer it at first": func(first, _ *fakeProcess, lost, takeOver, post func()) {
			first.before = func() { lost(); takeOver(); first.refuses = 1 }
			post()
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := &fakeChannel{stands: map[string]string{}}
			first, second := &fakeProcess{fakeChannel: b}, &fakeProcess{fakeChannel: b}
			ctx, lease := jobqueue.WithLease(t.Context(), time.Now().Add(time.Hour))
			var ids []string
			by := func(ctx context.Context, p *fakeProcess, again bool) {
				id, err := EnsurePost(ctx, p, post, PropEvent, again, 0)
				require.NoError(t, err)
				ids = append(ids, id)
			}
			play(first, second, lease.Lose, func() { by(t.Context(), second, true) }, func() { by(ctx, first, false) })
			require.Len(t, ids, 2)
			require.Equal(t, ids[0], ids[1])
			require.Equal(t, 1, b.standing())
			n, err := strconv.Atoi(ids[0])
			require.NoError(t, err)
			require.NotEmpty(t, b.posts[n])
		})
	}
}

func TestWhoHasLostTheLeasePostsNothing(t *testing.T) {
	b := &fakeChannel{stands: map[string]string{}}
	ctx, lease := jobqueue.WithLease(t.Context(), time.Now().Add(time.Hour))
	lease.Lose()
	_, err := EnsurePost(ctx, &fakeProcess{fakeChannel: b}, Post{ChannelID: "c", Props: map[string]any{PropEvent: "e"}}, PropEvent, false, 0)
	require.ErrorIs(t, err, jobqueue.ErrLost)
	require.Empty(t, b.posts)
}

// fakeThread refuses whatever is posted in a thread, whose root may be gone.
type fakeThread struct {
	fakeProcess
	rootIn string // the channel of the thread's root; "" = it was deleted
}

func (p *fakeThread) CreatePost(ctx context.Context, post Post) (string, error) {
	if post.RootID != "" {
		return "", ErrRefused
	}
	return p.fakeProcess.CreatePost(ctx, post)
}

func (p *fakeThread) RootOf(_ context.Context, id string) (root, channel string, err error) {
	if p.rootIn == "" {
		return "", "", domain.ErrNotFound
	}
	return id, p.rootIn, nil
}

// Words that another plugin refuses in a thread are not posted outside of it, where nobody sees what they are about.
func TestOnlyAPostWhoseRootIsGoneLeavesItsThread(t *testing.T) {
	for channel, gone := range map[string]bool{"c": false, "another": true, "": true} {
		p := &fakeThread{fakeProcess: fakeProcess{fakeChannel: &fakeChannel{stands: map[string]string{}}}, rootIn: channel}
		_, err := EnsurePost(t.Context(), p, Post{ChannelID: "c", RootID: "root", Props: map[string]any{PropEvent: "e"}}, PropEvent, false, 0)
		require.Equal(t, gone, err == nil)
		require.Equal(t, gone, p.standing() == 1)
		require.Equal(t, !gone, errors.Is(err, ErrRefused))
	}
}

func TestAKeySaysNothingOfAPerson(t *testing.T) {
	require.Len(t, PostKey("channel", "", PropWAMID, "wamid.HBgNNTUxMTk4NzY1NDMyMQ"), 64)
	require.NotEqual(t, PostKey("c", "", "a", "b"), PostKey("d", "", "a", "b"))
}
