package outbound

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// library is Mattermost's files and Meta's media.
type fakeFiles struct {
	files   map[string]string
	errs    []error // of the next uploads
	uploads int
	got     string
	last    whatsapp.Outgoing
	close   func() // before the upload ends
}

func (l *fakeFiles) open(_ context.Context, id string) (io.ReadCloser, error) {
	data, ok := l.files[id]
	if !ok {
		return nil, domain.ErrNotFound
	}
	return io.NopCloser(strings.NewReader(data)), nil
}

func (l *fakeFiles) upload(_ context.Context, _ *domain.Account, _, _ string, size int64, r io.Reader) (string, error) {
	data, err := io.ReadAll(r)
	if err != nil || int64(len(data)) != size {
		return "", &whatsapp.TransportError{Left: true, Repeatable: true, Err: errors.New("broken")}
	}
	l.uploads++
	if len(l.errs) > 0 {
		err, l.errs = l.errs[0], l.errs[1:]
	}
	if l.close != nil {
		l.close()
	}
	l.got = string(data)
	return "media", err
}

func (l *fakeFiles) send(_ context.Context, _ *domain.Account, out whatsapp.Outgoing) (whatsapp.Sent, error) {
	l.last = out
	return whatsapp.Sent{MessageID: "wamid.1"}, nil
}

// fakePayloadStore is the outbox with what SavePayload keeps.
type fakePayloadStore struct {
	*fakeOutbox
	payload []byte
}

func (k *fakePayloadStore) SavePayload(_ context.Context, _ string, _ int64, payload []byte) error {
	k.payload = payload
	return nil
}

func fileEnvelope(t *testing.T, file posting.File) []byte {
	t.Helper()
	payload, err := posting.OutboundPayload{Kind: whatsapp.TypeDocument, Text: "veja", File: &file}.Bytes()
	require.NoError(t, err)
	return payload
}

func newUploading(t *testing.T, l *fakeFiles) (*Worker, *fakePayloadStore) {
	t.Helper()
	store := &fakePayloadStore{fakeOutbox: textTo(fake.OpenConv), payload: fileEnvelope(t, posting.File{ID: "f", Name: "a.pdf", MIME: "application/pdf", Size: 4})}
	out := newOutbound(store.fakeOutbox, &fakeMeta{}, 10)
	out.Store, out.Send, out.Uploader = store, l.send, NewUploader(l.open, l.upload)
	return out, store
}

func (k *fakePayloadStore) run(t *testing.T, out *Worker, attempts int) *attempt {
	t.Helper()
	a, err := out.send(context.Background(), jobqueue.Job{ID: 1, Key: "m", Payload: k.payload, Attempts: attempts, LeftAt: k.leftAt})
	require.NoError(t, err)
	finish(t, a)
	return a
}

func TestAFileIsUploadedOnceAndThenSent(t *testing.T) {
	l := &fakeFiles{files: map[string]string{"f": "dado"}, errs: []error{&whatsapp.APIError{HTTPStatus: 500}}}
	out, store := newUploading(t, l)
	require.True(t, store.run(t, out, 1).retry, "Meta had a bad moment")
	require.Zero(t, store.leftAt, "an upload sends nothing")
	require.Equal(t, domain.Sent, store.run(t, out, 2).status)
	require.Equal(t, 2, l.uploads)
	require.Equal(t, &whatsapp.MediaRef{ID: "media", Caption: "veja", Filename: "a.pdf"}, l.last.Media)

	// killed after the upload: the next owner finds Meta's id in the job
	store.send.Message.Status, store.leftAt = domain.Pending, 0
	require.Equal(t, domain.Sent, store.run(t, out, 3).status)
	require.Equal(t, 2, l.uploads)

	// what Meta may have thrown away by now is uploaded again
	var e posting.OutboundPayload
	require.NoError(t, json.Unmarshal(store.payload, &e))
	e.File.UploadedAt -= 30 * fake.Day
	payload, err := e.Bytes()
	require.NoError(t, err)
	store.payload, store.send.Message.Status, store.leftAt = payload, domain.Pending, 0
	require.Equal(t, domain.Sent, store.run(t, out, 4).status)
	require.Equal(t, 3, l.uploads)
}

func TestEveryCardsFileIsUploadedBeforeItIsSent(t *testing.T) {
	l := &fakeFiles{files: map[string]string{"a": "dado", "b": "dado"}, errs: []error{nil, &whatsapp.APIError{HTTPStatus: 500}}}
	out, store := newUploading(t, l)
	image := func(id string) whatsapp.MessageComponent {
		return whatsapp.MessageComponent{Type: "header", Parameters: []whatsapp.MessageParameter{{Type: "image", Image: &whatsapp.MediaRef{ID: id}}}}
	}
	payload, err := posting.OutboundPayload{
		Template: &whatsapp.TemplateMessage{Name: "x", Components: []whatsapp.MessageComponent{{Type: "carousel", Cards: []whatsapp.MessageCard{
			{Components: []whatsapp.MessageComponent{image("a")}}, {Index: 1, Components: []whatsapp.MessageComponent{image("b")}}, {Index: 2, Components: []whatsapp.MessageComponent{image("a")}},
		}}}},
		CardFiles: []*posting.File{{ID: "a", Name: "a.png", MIME: "image/png", Size: 4}, {ID: "b", Name: "b.png", MIME: "image/png", Size: 4}},
	}.Bytes()
	require.NoError(t, err)
	store.payload = payload
	require.True(t, store.run(t, out, 1).retry, "the second upload failed")
	require.Equal(t, domain.Sent, store.run(t, out, 2).status)
	require.Equal(t, 3, l.uploads, "the first is not repeated")
	sent, err := json.Marshal(l.last.Template.Components)
	require.NoError(t, err)
	require.Equal(t, 3, strings.Count(string(sent), `"image":{"id":"media"}`), "%s", sent)
	require.NotContains(t, string(sent), `"id":"a"`)
}

func TestTheLockIsReadAfterAnUpload(t *testing.T) {
	l := &fakeFiles{files: map[string]string{"f": "dado"}}
	out, store := newUploading(t, l)
	l.close = func() { store.send.Conversation.ClosedAt = 5 }
	require.Equal(t, domain.NotSent, store.run(t, out, 1).status)
	require.Nil(t, l.last.Media)
}

func TestAFileThatCannotBeSentSaysSo(t *testing.T) {
	gone := &fakeFiles{}
	out, store := newUploading(t, gone)
	require.Equal(t, domain.NotSent, store.run(t, out, 1).status)
	require.Equal(t, domain.ReasonFile, store.send.Message.ReasonCode)

	short := &fakeFiles{files: map[string]string{"f": "da"}}
	out, store = newUploading(t, short)
	require.True(t, store.run(t, out, 1).retry, "the server may be busy")
	require.Equal(t, domain.NotSent, store.run(t, out, maxReadTries).status)
	require.Equal(t, domain.ReasonFile, store.send.Message.ReasonCode)

	refused := &fakeFiles{files: map[string]string{"f": "dado"}, errs: []error{&whatsapp.APIError{HTTPStatus: 400, Code: 131053}}}
	out, store = newUploading(t, refused)
	require.Equal(t, domain.Failed, store.run(t, out, 1).status)
	require.Equal(t, 131053, store.send.Message.ReasonCode)
}

func TestUploadsLeaveOthersTheirTurn(t *testing.T) {
	limiter, now := newUploadLimiter(), time.Now()
	var ends []func()
	for range maxUploadsPerAccount {
		end, free := limiter.Acquire("a", now)
		require.True(t, free)
		ends = append(ends, end)
	}
	_, free := limiter.Acquire("a", now)
	require.False(t, free, "one number does not take all")
	end, free := limiter.Acquire("b", now)
	require.True(t, free)
	end()
	ends[0]()
	_, free = limiter.Acquire("a", now)
	require.True(t, free)
}

func TestADeletedPostDoesNotLeave(t *testing.T) {
	o, m := textTo(fake.OpenConv), &fakeMeta{}
	o.send.PostDeleted = true
	run(t, newOutbound(o, m, 10), o, 1)
	require.Equal(t, domain.NotSent, o.send.Message.Status)
	require.Equal(t, domain.ReasonDeleted, o.send.Message.ReasonCode)
	require.Zero(t, m.got)
}

func TestWhoHasNoNumberIsAddressedByTheirID(t *testing.T) {
	out := posting.OutboundPayload{Text: "oi"}.ToMessage(domain.Address{UserID: "BR.123"}, "m")
	require.Empty(t, out.To)
	require.Equal(t, "BR.123", out.Recipient)
}
