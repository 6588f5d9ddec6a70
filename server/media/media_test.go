package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// shelf is Meta, the server's files and the store in one; what goes wrong is set by the test.
type fakeFiles struct {
	content []byte
	info    whatsapp.MediaInfo
	asking  error // Meta's answer to where the file is
	broken  []byte
	cutAt   int // Meta's answer breaks off after so many bytes; 0 = it does not

	limit    int64
	picky    bool // takes nothing for a picture
	sessions map[string]*bytes.Buffer
	names    map[string]string
	sizes    map[string]int64
	files    map[string][]byte
	lost     bool // the file does not hang on the post

	upload domain.Upload
	post   string // "" = it has none yet
	later  string // the post that is made while the file is being fetched
	ended  bool   // the job, by the store
	woken  int
	shown  []posting.MediaStatus
	gone   bool // the post
	ids    int
}

func newShelf(content string) *fakeFiles {
	sum := sha256.Sum256([]byte(content))
	return &fakeFiles{
		content: []byte(content), limit: 1 << 20, sessions: map[string]*bytes.Buffer{}, names: map[string]string{}, sizes: map[string]int64{}, files: map[string][]byte{},
		info:   whatsapp.MediaInfo{ID: "1", MimeType: "image/jpeg", FileSize: int64(len(content)), SHA256: hex.EncodeToString(sum[:])},
		upload: domain.Upload{FileID: "file"}, post: "post",
	}
}

func (s *fakeFiles) Account(context.Context, string) (*domain.Account, error) {
	return &domain.Account{AccessToken: "token"}, nil
}
func (s *fakeFiles) Upload(context.Context, int64) (domain.Upload, error) { return s.upload, nil }
func (s *fakeFiles) SaveUpload(_ context.Context, owner string, _ int64, u domain.Upload) error {
	if owner != "me" {
		return jobqueue.ErrLost
	}
	s.upload = u
	return nil
}
func (s *fakeFiles) MediaUploaded(_ context.Context, owner string, _ int64, wamid, postID string) (string, bool, error) {
	if owner != "me" || wamid != "wamid" || postID != "" {
		return "", false, jobqueue.ErrLost
	}
	s.ended = s.later == ""
	return s.later, true, nil
}
func (s *fakeFiles) Media(context.Context, *domain.Account, string) (whatsapp.MediaInfo, error) {
	return s.info, s.asking
}

func (s *fakeFiles) Download(_ context.Context, _ *domain.Account, _ whatsapp.MediaInfo, w io.Writer) error {
	content := s.content
	if s.broken != nil {
		content = s.broken
	}
	if s.cutAt > 0 {
		content = content[:s.cutAt]
	}
	for len(content) > 0 { // in pieces that fit nothing
		n := min(7, len(content))
		if _, err := w.Write(content[:n]); err != nil {
			return err
		}
		content = content[n:]
	}
	switch {
	case s.broken != nil:
		return whatsapp.ErrFileDiffers
	case s.cutAt > 0:
		return errors.New("connection reset")
	}
	return nil
}

// fakeServerFiles is the shelf as the server's files: both halves have a method Upload.
type fakeServerFiles struct{ *fakeFiles }

func (s fakeServerFiles) MaxFileSize(context.Context) (int64, error) { return s.limit, nil }
func (s fakeServerFiles) HasFile(_ context.Context, id string) (bool, error) {
	_, ok := s.files[id]
	return ok, nil
}
func (s fakeServerFiles) OpenUpload(_ context.Context, u posting.NewUpload) (string, error) {
	s.ids++
	id := "session" + string(rune('0'+s.ids))
	s.sessions[id], s.names[id], s.sizes[id] = &bytes.Buffer{}, u.Name, u.Size
	return id, nil
}
func (s fakeServerFiles) UploadOffset(_ context.Context, id string) (int64, error) {
	if s.sessions[id] == nil {
		return 0, domain.ErrNotFound
	}
	return int64(s.sessions[id].Len()), nil
}
func (s fakeServerFiles) Upload(_ context.Context, id string, r io.Reader) (bool, error) {
	into := s.sessions[id]
	_, _ = io.Copy(into, r) // the server takes an end for an end
	if int64(into.Len()) < s.sizes[id] {
		return false, nil
	}
	if s.picky && s.names[id][len(s.names[id])-4:] != ".bin" {
		return false, posting.ErrUnreadablePicture
	}
	s.files[s.upload.FileID] = into.Bytes()
	delete(s.sessions, id)
	return true, nil
}
func (s fakeServerFiles) ShowMedia(_ context.Context, postID string, shown posting.MediaStatus) error {
	if s.gone || postID == "" {
		return domain.ErrNotFound
	}
	s.shown = append(s.shown, shown)
	if s.lost && shown.FileID != "" {
		s.lost = false
		return posting.ErrNotAttached
	}
	return nil
}

func (s *fakeFiles) run(t *testing.T, attempts int) jobqueue.Outcome {
	t.Helper()
	m := &Fetcher{
		Store: s, Owner: "me", Locate: s.Media, Download: s.Download, Files: fakeServerFiles{s}, Clock: fake.Clock(fake.Now), NewID: func() string { return "another" },
		WakeInbox: func() { s.woken++ },
		Localizer: posting.Localizer{Render: fake.Texts{}.Markdown, ServerLocale: func() string { return "en" }},
	}
	payload, err := json.Marshal(domain.MediaFile{PostID: s.post, ChannelID: "channel", WAMID: "wamid", Kind: "image", MediaID: "1", At: fake.Now})
	require.NoError(t, err)
	outcome, err := m.Handle(t.Context(), jobqueue.Job{ID: 1, Attempts: attempts, Payload: payload})
	require.NoError(t, err)
	return outcome
}

func (s *fakeFiles) last() posting.MediaStatus { return s.shown[len(s.shown)-1] }

func TestMediaComesOntoItsPost(t *testing.T) {
	s := newShelf("the picture, all of it")
	require.False(t, s.run(t, 1).IsRetry())
	require.Equal(t, "the picture, all of it", string(s.files["file"]))
	require.Equal(t, posting.MediaStatus{FileID: "file"}, s.last())
	require.Equal(t, []string{posting.MediaFetching, ""}, []string{s.shown[0].State, s.shown[1].State})

	// killed before the job ended: the file is there, and is not fetched again
	s.upload.ID = "session1"
	s.asking = errors.New("must not be asked")
	require.False(t, s.run(t, 2).IsRetry())
	require.Len(t, s.files, 1)
}

// TestMediaBeforeItsPost: a file that comes quickly is there before its message is posted.
func TestMediaBeforeItsPost(t *testing.T) {
	s := newShelf("the picture, all of it")
	s.post = ""
	s.asking = errors.New("no connection")
	require.True(t, s.run(t, 1).IsRetry())
	require.Empty(t, s.shown, "there is no post that could say it")
	s.asking = nil
	require.False(t, s.run(t, 2).IsRetry())
	require.True(t, s.ended)
	require.Equal(t, 1, s.woken, "the message waits for it")
	require.Empty(t, s.shown, "its post will be made with it")

	s = newShelf("the picture, all of it")
	s.post, s.later = "", "post"
	require.False(t, s.run(t, 1).IsRetry())
	require.False(t, s.ended)
	require.Equal(t, []posting.MediaStatus{{FileID: "file"}}, s.shown, "the message was posted meanwhile")

	s = newShelf("the picture, all of it")
	s.post, s.upload.PostID = "", "post"
	require.False(t, s.run(t, 1).IsRetry())
	require.Equal(t, []string{posting.MediaFetching, ""}, []string{s.shown[0].State, s.shown[1].State}, "the store knows its post")

	s = newShelf("the picture, all of it")
	s.post, s.limit = "", 5
	require.True(t, s.run(t, 1).IsRetry(), "what cannot come is told on the post, once there is one")
	require.Empty(t, s.shown)
}

func TestMediaGoesOnWhereItWasCut(t *testing.T) {
	s := newShelf("the picture, all of it")
	s.cutAt = 10
	require.True(t, s.run(t, 1).IsRetry())
	require.Equal(t, "the pictur", s.sessions["session1"].String())
	s.cutAt = 0
	require.False(t, s.run(t, 2).IsRetry())
	require.Equal(t, "the picture, all of it", string(s.files["file"]))
	require.Equal(t, 1, s.ids, "one session for both")
	require.Equal(t, int64(10), s.upload.From)
}

func TestMediaDoesNotTrustASessionThatTheServerDiedIn(t *testing.T) {
	s := newShelf("the picture, all of it")
	s.sessions["old"], s.sizes["old"] = bytes.NewBufferString("the pictur"), s.info.FileSize
	s.upload = domain.Upload{FileID: "file", ID: "old", From: 10} // a try began here and the server knows of none of it
	require.False(t, s.run(t, 2).IsRetry())
	require.Equal(t, "the picture, all of it", string(s.files["file"]))
	require.Equal(t, 1, s.ids)
}

func TestMediaThatIsNotWhatMetaSaid(t *testing.T) {
	s := newShelf("the picture, all of it")
	s.broken = []byte("the picture, ALL of it")
	require.True(t, s.run(t, 1).IsRetry())
	require.Empty(t, s.files, "what is damaged never becomes a file")
	s.broken = nil
	require.False(t, s.run(t, 2).IsRetry())
	require.Equal(t, "the picture, all of it", string(s.files["file"]))
	s = newShelf("the picture, all of it")
	s.broken = []byte("the picture, ALL of it")
	outcome := s.run(t, triesToBelieve)
	require.False(t, outcome.IsRetry())
	require.Equal(t, []string{posting.MediaFailed, "media.failed_different"}, []string{s.last().State, s.last().Text})
}

func TestMediaThatCannotBeFetched(t *testing.T) {
	for name, test := range map[string]struct {
		change   func(*fakeFiles)
		attempts int
		state    string
		text     string
		again    bool
	}{
		"too large":             {func(s *fakeFiles) { s.limit = 5 }, 1, posting.MediaFailed, "media.failed_large", false},
		"no files here":         {func(s *fakeFiles) { s.limit = 0 }, 1, posting.MediaFailed, "media.failed_off", false},
		"another host":          {func(s *fakeFiles) { s.asking = &whatsapp.RequestError{Err: errors.New("address")} }, 1, posting.MediaFailed, "media.failed_refused", false},
		"Meta is away":          {func(s *fakeFiles) { s.asking = errors.New("no connection") }, 1, posting.MediaFetching, "media.fetching", true},
		"Meta stays away":       {func(s *fakeFiles) { s.asking = errors.New("no connection") }, quietTries, posting.MediaDelayed, "media.delayed", true},
		"unknown at first":      {func(s *fakeFiles) { s.asking = &whatsapp.APIError{Code: 100, Subcode: 33} }, 1, posting.MediaFetching, "media.fetching", true},
		"unknown for good":      {func(s *fakeFiles) { s.asking = &whatsapp.APIError{Code: 100, Subcode: 33} }, triesToBelieve, posting.MediaFailed, "media.failed_gone", false},
		"a token without right": {func(s *fakeFiles) { s.asking = &whatsapp.APIError{Code: 190} }, 9, posting.MediaDelayed, "media.delayed", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf("the picture, all of it")
			test.change(s)
			require.Equal(t, test.again, s.run(t, test.attempts).IsRetry())
			require.Equal(t, []string{test.state, test.text}, []string{s.last().State, s.last().Text})
			require.Equal(t, test.state != posting.MediaFetching, s.last().Button != "", "whoever waits may ask for another try")
			require.Empty(t, s.files)
		})
	}
}

func TestMediaThatTheServerTakesForNoPicture(t *testing.T) {
	s := newShelf("no picture at all")
	s.picky = true
	require.False(t, s.run(t, 1).IsRetry())
	require.Equal(t, "no picture at all", string(s.files["file"]), "it is the customer's file all the same")
}

// TestMediaOfAnyTypeHangsOnItsPost: Meta's own type for moving stickers, a page that was announced as a picture, a type of the future.
func TestMediaOfAnyTypeHangsOnItsPost(t *testing.T) {
	for mimeType, ending := range map[string]string{"application/was": ".was", "text/html": ".bin", "hologram/x; y=1": ".bin", "": ".bin"} {
		t.Run(mimeType, func(t *testing.T) {
			s := newShelf("whatever it is")
			s.info.MimeType = mimeType
			require.False(t, s.run(t, 1).IsRetry())
			require.Equal(t, "whatever it is", string(s.files["file"]))
			for _, name := range s.names {
				require.True(t, strings.HasSuffix(name, ending), "%s: %s", mimeType, name)
			}
		})
	}
}

func TestMediaOfAPostThatIsGone(t *testing.T) {
	s := newShelf("the picture")
	s.gone = true
	require.False(t, s.run(t, 1).IsRetry())
	require.Empty(t, s.files)
}

func TestMediaThatDoesNotHangIsUploadedAnew(t *testing.T) {
	s := newShelf("the picture")
	s.lost = true
	require.True(t, s.run(t, 1).IsRetry())
	require.Equal(t, domain.Upload{FileID: "another"}, s.upload)
	require.False(t, s.run(t, 2).IsRetry())
	require.Equal(t, posting.MediaStatus{FileID: "another"}, s.last())
}

func TestTailWriterHoldsTheLastByteBack(t *testing.T) {
	const content = "0123456789"
	for skip := int64(0); skip < 10; skip++ {
		for piece := 1; piece <= 11; piece++ {
			var out bytes.Buffer
			begun := 0
			w := &tailWriter{to: &out, skip: skip, size: 10, begin: func() error { begun++; return nil }}
			for at := 0; at < len(content); at += piece {
				n, err := w.Write([]byte(content[at:min(at+piece, len(content))]))
				require.NoError(t, err)
				require.Equal(t, min(piece, len(content)-at), n)
			}
			require.Equal(t, content[skip:9], out.String(), "skip %d, piece %d", skip, piece)
			require.NoError(t, w.release())
			require.Equal(t, content[skip:], out.String())
			require.Equal(t, 1, begun)
		}
	}
}
