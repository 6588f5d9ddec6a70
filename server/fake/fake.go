package fake

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// Files are Mattermost's files by their ids.
type Files map[string]posting.FileInfo

// FileInfo returns a file, or domain.ErrNotFound.
func (f Files) FileInfo(_ context.Context, id string) (*posting.FileInfo, error) {
	if info, ok := f[id]; ok {
		return &info, nil
	}
	return nil, domain.ErrNotFound
}

// FileHead returns the beginning of a voice message for every file.
func (f Files) FileHead(context.Context, string, int64) ([]byte, error) {
	return []byte("OggS.....OpusHead"), nil
}

// Day is one in milliseconds.
const Day = 24 * 3600 * 1000

// A conversation in each of its states; open until a day after its first millisecond.
var (
	OpenConv    = &domain.Conversation{LastTemplateAt: 1, WindowFrom: 1, WindowUntil: 1 + Day}
	WaitingConv = &domain.Conversation{LastTemplateAt: 1}
	ExpiredConv = &domain.Conversation{LastTemplateAt: 1, WindowFrom: 1, WindowUntil: 5}
	ClosedConv  = &domain.Conversation{LastTemplateAt: 1, WindowFrom: 1, WindowUntil: 1 + Day, ClosedAt: 3}
)

// Clock stands still.
type Clock int64

// Now returns the time at which the clock stands still.
func (c Clock) Now() int64 { return int64(c) }

// Texts makes a text of its key and its words.
type Texts struct{}

// Markdown returns the key and the words.
func (Texts) Markdown(lang, key string, data map[string]any) string {
	words, ok := data["Words"].(domain.Explainer)
	if !ok {
		return key
	}
	text := words.Text()
	if what, ok := text.Data["What"].(domain.Text); ok { // of Meta's errors: what happened, without the next step
		text = what
	}
	return key + " " + text.Key
}

// Now is a moment, milliseconds since epoch.
const Now = int64(1_794_744_000_000)
