//go:build unix

package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

const megabyte = 1 << 20

// TestLargeFilesIn sends files of the largest size that WhatsApp allows and kills the plugin during the transfer. Both files must end up on
// their posts, once, and the plugin's memory must stay so small that it cannot have held a whole file.
func TestLargeFilesIn(t *testing.T) {
	s := newStage(t)
	s.largeFiles(200 * megabyte)
	s.Sim.Configure(func(settings *cloudapi.Settings) { settings.DownloadRate = 25 * megabyte })
	t.Cleanup(func() { s.Sim.Configure(func(settings *cloudapi.Settings) { settings.DownloadRate = 0 }) })
	k := s.open(0)
	video, document := random(16*megabyte), random(90*megabyte)
	require.NoError(t, send(k, "video", cloudapi.Media{ID: "video" + k.ID, MIMEType: "video/mp4", Data: video}))
	require.NoError(t, send(k, "document", cloudapi.Media{ID: "document" + k.ID, MIMEType: "application/zip", Filename: "../../relatório\u202e final.zip", Data: document}))
	s.within(oneMinute, "half of the document", func(context.Context) error {
		n := s.Sim.Downloaded("document" + k.ID)
		return errorUnless(n > 45*megabyte, "%d bytes came", n)
	})
	s.resident("with half of the document")
	ctx := s.ctx(2 * oneMinute)
	require.NoError(t, s.Env.KillPlugin(ctx, 0))
	require.Less(t, s.Sim.Downloaded("document"+k.ID), int64(90*megabyte), "it was not all there")
	require.NoError(t, s.Env.ReactivatePlugin(ctx, 0))
	took := s.waitUntilIdle(2 * oneMinute)
	s.resident("with both files there")
	t.Logf("quiet %v after the restart", took)

	posts, err := s.Posts(ctx, k.ChannelID)
	require.NoError(t, err)
	files := map[string]*model.FileInfo{}
	for _, p := range posts {
		for _, f := range p.Metadata.Files {
			files[f.Name] = f
		}
	}
	require.Len(t, files, 2)
	require.Equal(t, 2, s.count("SELECT count(*) FROM fileinfo WHERE channelid = $1", k.ChannelID), "each is there once")
	for name, want := range map[string][]byte{"video": video, "_.._relatório final.zip": document} {
		var found *model.FileInfo
		for full, f := range files {
			if full == name || name == "video" && f.Extension == "mp4" {
				found = f
			}
		}
		require.NotNil(t, found, "%s: %v", name, files)
		got, _, err := s.Agent(0).GetFile(ctx, found.Id)
		require.NoError(t, err)
		require.Equal(t, sha256.Sum256(want), sha256.Sum256(got), "%s came as it was sent", found.Name)
	}
}

// TestMediaTrouble checks what a post says when its file could not be fetched, and that the button fetches it later.
func TestMediaTrouble(t *testing.T) {
	s := newStage(t)
	s.largeFiles(1 * megabyte)
	k := s.open(1)
	require.NoError(t, send(k, "document", cloudapi.Media{ID: "large" + k.ID, MIMEType: "application/pdf", Filename: "grande.pdf", Data: random(2 * megabyte)}))
	post := s.mediaPost(k, "failed")
	require.Contains(t, attachmentText(post), "2.0 MB")
	require.Contains(t, attachmentText(post), "1.0 MB")
	require.Empty(t, post.FileIds)

	s.largeFiles(8 * megabyte) // an administrator raises the limit, and the agent tries again
	ctx := s.ctx(oneMinute)
	_, err := s.Agent(k.agent).DoPostAction(ctx, post.Id, post.Attachments()[0].Actions[0].Id)
	require.NoError(t, err)
	s.waitUntilIdle(oneMinute)
	got, _, err := s.Agent(k.agent).GetPost(ctx, post.Id, "")
	require.NoError(t, err)
	require.Len(t, got.FileIds, 1)
	require.Equal(t, "grande.pdf", got.Metadata.Files[0].Name)
	require.Nil(t, got.GetProp("waa_media"))
	require.Empty(t, got.Attachments())
}

// largeFiles changes the server's own limit for the duration of the test.
func (s *stage) largeFiles(limit int64) {
	s.t.Helper()
	patch := func(ctx context.Context, limit int64) error {
		_, _, err := s.Admin().PatchConfig(ctx, &model.Config{FileSettings: model.FileSettings{MaxFileSize: &limit}})
		return errors.Wrap(err, "cannot change the server's file limit")
	}
	require.NoError(s.t, patch(s.ctx(oneMinute), limit))
	s.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), oneMinute)
		defer cancel()
		require.NoError(s.t, patch(ctx, 100*megabyte))
	})
}

func send(k *openConversation, kind string, file cloudapi.Media) error {
	_, err := k.phone.SendMedia(kind, file, "")
	return err
}

// mediaPost waits for the post whose file is in a state.
func (s *stage) mediaPost(k *openConversation, state string) *model.Post {
	s.t.Helper()
	var found *model.Post
	s.within(oneMinute, "a post that says "+state, func(ctx context.Context) error {
		posts, err := s.Posts(ctx, k.ChannelID)
		for _, p := range posts {
			if p.GetProp("waa_media") == state {
				found = p
			}
		}
		if err != nil {
			return err
		}
		return errorUnless(found != nil, "there is none")
	})
	return found
}

func attachmentText(p *model.Post) string {
	if all := p.Attachments(); len(all) > 0 {
		return all[0].Text
	}
	return ""
}

// random returns data that cannot be compressed.
func random(size int) []byte {
	data := make([]byte, size)
	var seed [32]byte
	copy(seed[:], strconv.Itoa(size))
	source := rand.NewChaCha8(seed)
	_, _ = source.Read(data)
	return bytes.Clone(data)
}

// TestAHeapOfPictures sends a hundred small pictures at once, and words behind them: nearly all posts have their picture from the
// beginning, so that none of them says that it was edited, and they are in order.
func TestAHeapOfPictures(t *testing.T) {
	const heap = 100
	s := newStage(t)
	k, other := s.open(0), s.open(1)
	s.waitUntilIdle(oneMinute)
	begin := time.Now()
	for i := range heap {
		_, err := k.phone.SendMedia("image", cloudapi.Media{MIMEType: "image/png", Data: noise(t, i)}, fmt.Sprintf("foto %03d", i))
		require.NoError(t, err)
	}
	last, err := k.phone.Reply("são essas")
	require.NoError(t, err)
	sent := time.Now()
	elsewhere, err := other.phone.Reply("e aqui?")
	require.NoError(t, err)
	s.waitForPost(other, elsewhere)
	t.Logf("another conversation's words came %v after they were sent", time.Since(sent).Round(time.Millisecond))
	s.waitForPost(k, last)
	t.Logf("the words behind the heap came %v after they were sent, %v after the first picture", time.Since(sent).Round(time.Millisecond), time.Since(begin).Round(time.Millisecond))
	s.waitUntilIdle(oneMinute)

	posts, err := s.Posts(s.ctx(oneMinute), k.ChannelID)
	require.NoError(t, err)
	var captions []string
	whole, held := 0, int64(0)
	var before *model.Post
	for _, p := range scenario.Matching(posts, scenario.FromCustomer)[1:] {
		captions = append(captions, p.Message)
		if len(p.FileIds) == 1 && p.EditAt == 0 {
			whole++
		}
		if before != nil {
			held = max(held, p.CreateAt-before.CreateAt)
		}
		before = p
	}
	t.Logf("%d of %d pictures were in their posts from the beginning; the longest pause between two posts was %d ms", whole, heap, held)
	require.Len(t, captions, heap+1)
	require.True(t, slices.IsSortedFunc(captions[:heap], strings.Compare), "%v", captions)
	require.Equal(t, "são essas", captions[heap])
	require.GreaterOrEqual(t, whole, 95)
	require.Equal(t, heap, s.count("SELECT count(*) FROM fileinfo WHERE channelid = $1 AND postid <> ''", k.ChannelID), "each is there once")
	require.Zero(t, s.count("SELECT count(*) FROM fileinfo WHERE channelid = $1 AND coalesce(postid, '') = ''", k.ChannelID), "none hangs nowhere")
}

// waitForPost waits until a customer's message has its post.
func (s *stage) waitForPost(k *openConversation, wamid string) {
	s.t.Helper()
	s.within(oneMinute, "a post of "+wamid, func(ctx context.Context) error {
		n, err := s.number(ctx, "SELECT count(*) FROM posts WHERE channelid = $1 AND props ->> 'waa_wamid' = $2", k.ChannelID, wamid)
		if err != nil {
			return err
		}
		return errorUnless(n == 1, "there are %d", n)
	})
}

// noise returns a small picture that differs from others.
func noise(t *testing.T, seed int) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 64, 64))
	copy(picture.Pix, random(len(picture.Pix)-seed))
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, picture))
	return file.Bytes()
}
