//go:build unix

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

var updateGolden = flag.Bool("update-outgoing", false, "write the golden files of what goes out anew")

// The first bytes of each content are those by which its file type is recognised, followed by some more.
var (
	voiceBytes   = append([]byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00OpusHead\x01\x01"), bytes.Repeat([]byte{7}, 2000)...)
	vorbisBytes  = append([]byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x01vorbis"), bytes.Repeat([]byte{7}, 2000)...)
	stickerBytes = append([]byte("RIFF\x00\x00\x00\x00WEBPVP8 "), bytes.Repeat([]byte{7}, 2000)...)
	movingBytes  = append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02"), bytes.Repeat([]byte{7}, 300<<10)...)
)

// sendFile is a file to post.
type sendFile struct {
	name string
	data []byte
}

func plain(name string) sendFile { return sendFile{name, []byte("conteúdo de " + name)} }

// upload uploads a file to a channel as an agent.
func (s *stage) upload(agent int, channelID string, f sendFile) string {
	s.t.Helper()
	uploaded, _, err := s.Agent(agent).UploadFile(s.ctx(2*time.Minute), f.data, channelID, f.name)
	require.NoError(s.t, err)
	return uploaded.FileInfos[0].Id
}

// postFiles posts files with a text as the conversation's agent.
func (s *stage) postFiles(k *openConversation, text string, files ...sendFile) (*model.Post, error) {
	s.t.Helper()
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = s.upload(k.agent, k.ChannelID, f)
	}
	post, _, err := s.Agent(k.agent).CreatePost(s.ctx(30*time.Second), &model.Post{ChannelId: k.ChannelID, Message: text, FileIds: ids})
	return post, err
}

// got waits until the phone has count messages more than before, and returns those.
func (s *stage) got(k *openConversation, before, count int) []cloudapi.Message {
	s.t.Helper()
	var messages []cloudapi.Message
	s.within(time.Minute, "the phone to get the messages", func(context.Context) error {
		messages = k.phone.Messages()[before:]
		return errorUnless(len(messages) >= count, "it has %d of %d", len(messages), count)
	})
	require.Len(s.t, messages, count)
	return messages
}

// golden compares what Meta received with a golden file, after replacing ids.
func (s *stage) golden(name string, messages []cloudapi.Message) {
	s.t.Helper()
	list := make([]any, len(messages))
	for i := range messages {
		var body any
		require.NoError(s.t, json.Unmarshal(messages[i].Raw, &body))
		list[i] = alike("", body)
	}
	got, err := json.MarshalIndent(list, "", "  ")
	require.NoError(s.t, err)
	path := filepath.Join("testdata", "outgoing", strings.ReplaceAll(name, " ", "_")+".json")
	if *updateGolden {
		require.NoError(s.t, os.WriteFile(path, append(got, '\n'), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(s.t, err)
	require.JSONEq(s.t, string(want), string(got))
}

// alike replaces values that differ from run to run, such as ids, with fixed words.
func alike(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = alike(k, inner)
		}
	case []any:
		for i := range v {
			v[i] = alike(key, v[i])
		}
	case string:
		switch key {
		case "to", "biz_opaque_callback_data", "message_id", "id":
			return strings.ToUpper(key)
		}
	}
	return value
}
