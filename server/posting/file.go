package posting

import (
	"bytes"
	"context"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Meta's limits for what is sent: characters of a text, and bytes of a file.
const (
	MaxText    = 4096
	MaxCaption = 1024

	maxImage          = 5 << 20
	maxVideo          = 16 << 20
	maxAudio          = 16 << 20
	maxDocument       = 100 << 20
	maxSticker        = 100 << 10
	maxMovingSticker  = 500 << 10
	maxFileName       = 240
	voiceNoteMIME     = "audio/ogg; codecs=opus"
	voiceNoteEnding   = ".ogg" // Meta tells a voice note by its name
	headOfStickerSize = 21     // bytes up to and including the flag for an animation
)

// SniffSize is how many of a file's first bytes tell its kind.
const SniffSize = 512

// File is a file of a post, or of a template's header, on its way to WhatsApp.
type File struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	MIME  string `json:"mime"`            // Mattermost's type; after CheckFile the type that Meta is told
	Size  int64  `json:"size"`            // bytes
	Voice bool   `json:"voice,omitempty"` // a voice note
	// MediaID is Meta's id of the file once it was uploaded, at UploadedAt, milliseconds since epoch.
	MediaID    string `json:"media_id,omitempty"`
	UploadedAt int64  `json:"uploaded_at,omitempty"`
}

// Part is one message of WhatsApp's that a post becomes.
type Part struct {
	Kind string // Meta's message type
	Text string // the text, or the caption of the file
	File *File
}

// Problem says why a file cannot be sent, as the key of a text and its data.
type Problem struct {
	Key  string
	Data map[string]any
}

// accepted are the types that Meta takes, by the ending of the file's name.
var accepted = map[string]struct{ kind, mime string }{
	".jpg": {whatsapp.TypeImage, "image/jpeg"}, ".jpeg": {whatsapp.TypeImage, "image/jpeg"}, ".png": {whatsapp.TypeImage, "image/png"},
	".webp": {whatsapp.TypeSticker, "image/webp"},
	".mp4":  {whatsapp.TypeVideo, "video/mp4"}, ".3gp": {whatsapp.TypeVideo, "video/3gpp"}, ".3gpp": {whatsapp.TypeVideo, "video/3gpp"},
	".aac": {whatsapp.TypeAudio, "audio/aac"}, ".amr": {whatsapp.TypeAudio, "audio/amr"}, ".mp3": {whatsapp.TypeAudio, "audio/mpeg"},
	".m4a": {whatsapp.TypeAudio, "audio/mp4"}, ".ogg": {whatsapp.TypeAudio, voiceNoteMIME}, ".oga": {whatsapp.TypeAudio, voiceNoteMIME},
	".opus": {whatsapp.TypeAudio, voiceNoteMIME},
	".pdf":  {whatsapp.TypeDocument, "application/pdf"}, ".txt": {whatsapp.TypeDocument, "text/plain"},
	".doc": {whatsapp.TypeDocument, "application/msword"}, ".xls": {whatsapp.TypeDocument, "application/vnd.ms-excel"},
	".ppt":  {whatsapp.TypeDocument, "application/vnd.ms-powerpoint"},
	".docx": {whatsapp.TypeDocument, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	".xlsx": {whatsapp.TypeDocument, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	".pptx": {whatsapp.TypeDocument, "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	// text under other names: Meta takes it as text, the phone opens it by its name
	".csv": {whatsapp.TypeDocument, "text/plain"}, ".log": {whatsapp.TypeDocument, "text/plain"}, ".md": {whatsapp.TypeDocument, "text/plain"},
	".json": {whatsapp.TypeDocument, "text/plain"}, ".xml": {whatsapp.TypeDocument, "text/plain"}, ".html": {whatsapp.TypeDocument, "text/plain"},
	".ics": {whatsapp.TypeDocument, "text/plain"}, ".vcf": {whatsapp.TypeDocument, "text/plain"},
}

// typeOf returns the kind of message and the MIME type for Meta: by the name's
// ending and, if that says nothing, by Mattermost's type.
func typeOf(f File) (kind, mime string) {
	if t, ok := accepted[strings.ToLower(path.Ext(f.Name))]; ok {
		return t.kind, t.mime
	}
	base, _, _ := strings.Cut(strings.ToLower(f.MIME), ";")
	for _, t := range accepted {
		if known, _, _ := strings.Cut(t.mime, ";"); known == strings.TrimSpace(base) {
			return t.kind, t.mime
		}
	}
	if strings.HasPrefix(base, "text/") {
		return whatsapp.TypeDocument, "text/plain"
	}
	return "", ""
}

// NeedsSniffing reports whether a file's first bytes decide how it is sent.
func NeedsSniffing(f File) bool {
	kind, mime := typeOf(f)
	return mime == voiceNoteMIME || kind == whatsapp.TypeSticker && f.Size > maxSticker && f.Size <= maxMovingSticker
}

// CheckFile decides how a file is sent: the kind of message, and the file with the type
// and name that Meta is told. head are its first bytes where NeedsSniffing says so.
// Meta's rules are checked here, before anything is promised.
func CheckFile(f File, head []byte) (kind string, fitted File, problem *Problem) {
	kind, mime := typeOf(f)
	limit := map[string]int64{
		whatsapp.TypeImage: maxImage, whatsapp.TypeVideo: maxVideo, whatsapp.TypeAudio: maxAudio,
		whatsapp.TypeSticker: maxSticker, whatsapp.TypeDocument: maxDocument,
	}[kind]
	key := "post.file_large_" + kind
	if kind == whatsapp.TypeSticker && isAnimated(head) {
		limit, key = maxMovingSticker, "post.file_large_moving"
	}
	tell := func(key string) (string, File, *Problem) {
		return "", File{}, &Problem{Key: key, Data: map[string]any{"Name": markdown.Verbatim(displayName(f.Name)), "Size": sizeText(f.Size), "Limit": sizeText(limit)}}
	}
	switch {
	case kind == "":
		return tell("post.file_type")
	case f.Size <= 0:
		return tell("post.file_empty")
	case f.Size > limit:
		return tell(key)
	case mime == voiceNoteMIME && !isOpus(head):
		return tell("post.file_ogg")
	}
	f.MIME, f.Voice, f.Name = mime, mime == voiceNoteMIME, displayName(f.Name)
	if f.Voice {
		f.Name = strings.TrimSuffix(f.Name, path.Ext(f.Name)) + voiceNoteEnding
	}
	return kind, f, nil
}

// Parts returns the messages that a post becomes, in their order: one for each file, with the
// text as the caption of the first that can have one. Where none can, or the
// text is longer than a caption, it goes first as a message of its own.
func Parts(text string, kinds []string, files []File) []Part {
	parts := make([]Part, 0, len(files)+1)
	captioned := strings.TrimSpace(text) == ""
	for i := range files {
		part := Part{Kind: kinds[i], File: &files[i]}
		if !captioned && utf8.RuneCountInString(text) <= MaxCaption && part.Kind != whatsapp.TypeAudio && part.Kind != whatsapp.TypeSticker {
			part.Text, captioned = text, true
		}
		parts = append(parts, part)
	}
	if !captioned {
		parts = append([]Part{{Kind: whatsapp.TypeText, Text: text}}, parts...)
	}
	return parts
}

// isOpus reports whether an Ogg file holds Opus, by its first page.
func isOpus(head []byte) bool {
	return bytes.HasPrefix(head, []byte("OggS")) && bytes.Contains(head, []byte("OpusHead"))
}

// isAnimated reports whether a WebP file is an animation.
func isAnimated(head []byte) bool {
	const animation = 0x02
	return len(head) >= headOfStickerSize && string(head[:4]) == "RIFF" && string(head[8:16]) == "WEBPVP8X" && head[20]&animation != 0
}

// displayName returns the name of the file that the customer sees.
func displayName(name string) string {
	name = strings.TrimSpace(strings.ReplaceAll(markdown.Clean(name), "\n", " "))
	if runes := []rune(name); len(runes) > maxFileName {
		end := []rune(path.Ext(name))
		end = end[max(0, len(end)-maxFileName/2):]
		name = string(runes[:maxFileName-len(end)]) + string(end)
	}
	return name
}

// sizeText writes a file's size in whole units, rounded up, so that a file which is a little too large does not look as if it fitted.
func sizeText(bytes int64) string {
	const kb, mb = 1 << 10, 1 << 20
	if bytes < mb {
		return strconv.FormatInt((bytes+kb-1)/kb, 10) + " KB"
	}
	return strconv.FormatInt((bytes+mb-1)/mb, 10) + " MB"
}

// FileInfo is a file as Mattermost knows it.
type FileInfo struct {
	File
	CreatorID string
	PostID    string // "" while no post has it
	ChannelID string
	CreatedAt int64 // when it was uploaded, milliseconds since epoch
}

// FileReader reads Mattermost's files; the Mattermost port implements it.
type FileReader interface {
	// FileInfo returns domain.ErrNotFound for a file that is not there (any more).
	FileInfo(ctx context.Context, fileID string) (*FileInfo, error)
	// FileHead reads the first bytes of a file, so many at most.
	FileHead(ctx context.Context, fileID string, size int64) ([]byte, error)
}

// CheckMattermostFile is CheckFile for a file of Mattermost's, whose first bytes it reads if they are needed.
func CheckMattermostFile(ctx context.Context, from FileReader, info *FileInfo) (kind string, file File, problem *Problem, err error) {
	var head []byte
	if NeedsSniffing(info.File) {
		if head, err = from.FileHead(ctx, info.ID, SniffSize); err != nil {
			return "", File{}, nil, err
		}
	}
	kind, file, problem = CheckFile(info.File, head)
	return kind, file, problem, nil
}
