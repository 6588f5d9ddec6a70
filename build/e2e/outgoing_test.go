//go:build unix

package e2e

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// TestOutgoingFiles posts every kind of file in a real channel. Meta must receive exactly what its documentation asks for, each file once
// and in the order of the posts.
func TestOutgoingFiles(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	long := strings.Repeat("Um texto longo demais para uma legenda. ", 30)
	for _, c := range []struct {
		name, text string
		files      []sendFile
		count      int
	}{
		{"image", "Veja a **foto**", []sendFile{plain("foto.jpg")}, 1},
		{"image without text", "", []sendFile{plain("tela.png")}, 1},
		{"video", "O vídeo", []sendFile{plain("filme.mp4")}, 1},
		{"audio", "", []sendFile{plain("música.mp3")}, 1},
		{"voice", "", []sendFile{{"recado.opus", voiceBytes}}, 1},
		{"voice with text", "Ouça", []sendFile{{"recado.ogg", voiceBytes}}, 2},
		{"document", "O contrato", []sendFile{plain("Contrato nº 7.pdf")}, 1},
		{"spreadsheet as text", "", []sendFile{plain("tabela.csv")}, 1},
		{"sticker", "", []sendFile{{"figurinha.webp", stickerBytes}}, 1},
		{"moving sticker", "", []sendFile{{"figurinha.webp", movingBytes}}, 1},
		{"several", "A legenda", []sendFile{{"recado.ogg", voiceBytes}, plain("a.png"), plain("b.pdf"), plain("c.mp4")}, 4},
		{"long text", long, []sendFile{plain("a.png")}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &stage{World: s.World, t: t}
			before := len(k.phone.Messages())
			post, err := s.postFiles(k, c.text, c.files...)
			require.NoError(t, err)
			messages := s.got(k, before, c.count)
			s.ticks(30*time.Second, post.Id, "delivered")
			s.golden(c.name, messages)
			for i, m := range messages[len(messages)-len(c.files):] {
				stored, ok := s.Sim.Media(m.Media.ID)
				require.True(t, ok)
				require.True(t, bytes.Equal(c.files[i].data, stored.Data), "file %d is another", i)
			}
		})
	}
	t.Run("a reply quotes once", func(t *testing.T) {
		s := &stage{World: s.World, t: t}
		asked, err := k.phone.Reply("tem foto?")
		require.NoError(t, err)
		var root string
		posts, err := s.WaitPosts(s.ctx(30*time.Second), k.ChannelID, 1, "the question", func(p *model.Post) bool { return p.GetProp("waa_wamid") == asked })
		require.NoError(t, err)
		root = posts[0].Id
		before := len(k.phone.Messages())
		ids := []string{s.upload(k.agent, k.ChannelID, plain("um.jpg")), s.upload(k.agent, k.ChannelID, plain("dois.jpg"))}
		_, _, err = s.Agent(k.agent).CreatePost(s.ctx(30*time.Second), &model.Post{ChannelId: k.ChannelID, RootId: root, Message: "sim", FileIds: ids})
		require.NoError(t, err)
		messages := s.got(k, before, 2)
		require.Equal(t, asked, messages[0].Context)
		require.Empty(t, messages[1].Context)
		s.golden("reply", messages)
	})
}

// TestOutgoingFilesRefused posts files that Meta would refuse. The post must be refused with a reason that says what is allowed.
func TestOutgoingFilesRefused(t *testing.T) {
	s := newStage(t)
	k := s.open(0)
	before := len(k.phone.Messages())
	for _, c := range []struct {
		name string
		file sendFile
		says string
	}{
		{"a large image", sendFile{"foto.png", bytes.Repeat([]byte{1}, 5<<20+1)}, "5 MB"},
		{"a large video", sendFile{"filme.mp4", bytes.Repeat([]byte{1}, 16<<20+1)}, "16 MB"},
		{"a large audio", sendFile{"som.mp3", bytes.Repeat([]byte{1}, 16<<20+1)}, "16 MB"},
		{"a large sticker", sendFile{"f.webp", append(bytes.Clone(stickerBytes), bytes.Repeat([]byte{1}, 100<<10)...)}, "100 KB"},
		{"a large moving sticker", sendFile{"f.webp", append(bytes.Clone(movingBytes), bytes.Repeat([]byte{1}, 300<<10)...)}, "500 KB"},
		{"an archive", plain("tudo.zip"), "PDF"},
		{"another codec", sendFile{"som.ogg", vorbisBytes}, "Opus"},
	} {
		post, err := s.postFiles(k, "", c.file)
		require.Nil(t, post, c.name)
		var refusal *model.AppError
		require.ErrorAs(t, err, &refusal, c.name)
		require.Equal(t, http.StatusBadRequest, refusal.StatusCode, c.name)
		require.Contains(t, refusal.Message, c.says, c.name)
	}
	require.Len(t, k.phone.Messages(), before)
}

// TestOutgoingFileTrouble has Meta refuse an upload temporarily, report a file as failed after its 200, and lose the response to an upload.
// After a temporary failure the file must arrive once and in order; after a permanent one the post must say so.
func TestOutgoingFileTrouble(t *testing.T) {
	s := newStage(t)
	k := s.open(1)
	before := len(k.phone.Messages())
	s.Sim.Faults().Next(1, cloudapi.Fault{Match: cloudapi.Match{Edge: "media"}, Kind: cloudapi.FaultHTTP})
	s.Sim.Faults().Next(1, cloudapi.Fault{Match: cloudapi.Match{Edge: "media"}, Kind: cloudapi.FaultCutAfter})
	post, err := s.postFiles(k, "um", plain("um.pdf"), plain("dois.pdf"))
	require.NoError(t, err)
	after := s.post(k, "depois")
	messages := s.got(k, before, 3)
	require.Equal(t, "um", messages[0].Text)
	require.Equal(t, "depois", messages[2].Text)
	s.ticks(30*time.Second, post.Id, "delivered")
	s.ticks(30*time.Second, after.Id, "delivered")

	s.Sim.FailNextLater(cloudapi.Match{Edge: "messages", Type: "document"}, 131053, 1)
	post, err = s.postFiles(k, "", plain("um.pdf"), plain("dois.pdf"))
	require.NoError(t, err)
	s.ticks(30*time.Second, post.Id, "failed")
	require.Contains(t, s.noticed(30*time.Second, post.Id), "Parte 1 de 2")
}
