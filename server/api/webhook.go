package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

const (
	maxDelivery = 4 << 20 // bytes
	// keptBuffer is up to which size a buffer is used again: most deliveries are
	// small, and one large one must not hold its memory for ever.
	keptBuffer = 256 << 10
	// storePatience is how long a delivery may take to be stored; then Meta sends it again.
	storePatience = 20 * time.Second
)

// Inbox stores what Meta delivered.
type Inbox interface {
	// AddInbox stores all rows or none, in their order: a row whose Key is there
	// already changes nothing. It returns when the context ends; what is stored all
	// the same is stored once: Meta sends it again.
	AddInbox(ctx context.Context, rows []InboxRow) error
}

// InboxRow is one thing of a delivery, to be handled after the answer to Meta.
type InboxRow struct {
	Lane      string // rows of a lane are handled one at a time, by Ord and then in the order of insertion
	Ord       int64  // Meta's timestamp, else when it was received, milliseconds since epoch
	Key       string // unique for ever; at most 300 bytes
	AccountID string
	Payload   []byte // a whatsapp.Item as JSON, or with Dead whatever came
	Dead      string // why it cannot be handled: a dead letter from the start; "" = to be handled
}

// AccountCache knows the accounts without asking the database each time. What it
// knows may be old; Refresh makes it new. It is safe for concurrent use.
type AccountCache interface {
	// Get answers domain.ErrNotFound for an account it does not know.
	Get(ctx context.Context, id string) (*domain.Account, error)
	// ByNumber finds an account by Meta's phone number id, in the same way.
	ByNumber(ctx context.Context, phoneNumberID string) (*domain.Account, error)
	// ByWABA finds the accounts of a WhatsApp Business Account; none is no error.
	ByWABA(ctx context.Context, wabaID string) ([]*domain.Account, error)
	// Refresh reads the database: what was true before the call is known after it.
	Refresh(ctx context.Context) error
	// Recheck is Refresh for somebody who may be anybody: it does not always read, and tells whether it did.
	Recheck(ctx context.Context) (read bool, err error)
}

var errWrongSignature = &clientError{status: http.StatusUnauthorized, code: codeUnauthorized, text: domain.T("api.wrong_signature")}

// webhook answers Meta. Its path is the hot one: a delivery costs one statement and no other query.
type webhook struct {
	*API
	buffers      sync.Pool // of *bytes.Buffer
	small, large room
}

// verify answers Meta's challenge to who knows the account's verify token.
func (h *webhook) verify(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), storePatience)
	defer cancel()
	values := r.URL.Query()
	d := &delivery{cache: h.AccountCache, id: mux.Vars(r)["account_id"]}
	known, err := d.account(ctx, func(account *domain.Account) bool {
		return account.VerifyToken != "" && same(account.VerifyToken, values.Get("hub.verify_token"))
	})
	switch {
	case err != nil:
		h.fail(w, r, err)
	case !known:
		h.fail(w, r, errForbidden)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, values.Get("hub.challenge"))
	}
}

// same compares in a time that tells neither content nor length.
func same(a, b string) bool {
	hashA, hashB := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(hashA[:], hashB[:]) == 1
}

// receive stores a delivery and answers 200. What it holds changes nothing of the answer.
func (h *webhook) receive(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), storePatience)
	defer cancel()
	if err := h.store(ctx, w, r); err != nil {
		h.fail(w, r, err)
	} // else 200, which is the answer of who says nothing: saying it costs two remote calls
}

func (h *webhook) store(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	signature := r.Header.Get(whatsapp.SignatureHeader)
	d := &delivery{cache: h.AccountCache, id: mux.Vars(r)["account_id"], now: h.Clock.Now()}
	if _, err := d.account(ctx, func(*domain.Account) bool { return true }); err != nil {
		return err
	}
	leave, err := h.enter(r, signature)
	if err != nil {
		return err
	}
	defer leave()
	buffer := h.buffer()
	defer h.release(buffer)
	if r.Body != nil { // one that does not end is ended
		defer context.AfterFunc(ctx, func() { _ = r.Body.Close() })()
	}
	if err := readDelivery(buffer, w, r, signature); err != nil {
		return err
	}
	body := buffer.Bytes()
	signed, err := d.account(ctx, func(account *domain.Account) bool {
		return whatsapp.VerifySignature(account.AppSecret, body, signature)
	})
	if err != nil {
		return err
	}
	if !signed {
		return errWrongSignature
	}
	defer h.rush.enter()() // whoever may not is no reason to let others wait
	if err := d.read(ctx, body); err != nil {
		return err
	}
	if d.ignored > 0 {
		h.Ignored(d.ignored)
	}
	if len(d.rows) > 0 {
		if err := h.Inbox.AddInbox(ctx, d.rows); err != nil {
			return errors.Wrap(err, "store a delivery")
		}
		h.Wake()
	}
	h.delivered(d)
	return nil
}

// delivered notes the time for each account that got something: one app's
// deliveries for all its numbers may come to one address.
func (h *webhook) delivered(d *delivery) {
	last := d.owner.ID
	h.webhooks.set(last, d.now)
	for i := range d.rows {
		if d.rows[i].AccountID != last {
			last = d.rows[i].AccountID
			h.webhooks.set(last, d.now)
		}
	}
}

// readDelivery reads the body. What has no signature is counted and not kept: a
// stranger costs no memory.
func readDelivery(into *bytes.Buffer, w http.ResponseWriter, r *http.Request, signature string) error {
	if r.Body == nil {
		return nil
	}
	body := http.MaxBytesReader(w, r.Body, maxDelivery)
	var err error
	switch length := announced(r); {
	case length > maxDelivery:
		err = &http.MaxBytesError{Limit: maxDelivery}
	case strings.TrimSpace(signature) == "":
		if _, err = io.Copy(io.Discard, body); err == nil {
			return errWrongSignature
		}
	case length > 0 && length <= keptBuffer: // each read is a remote call, also the one that finds the end
		into.Grow(int(length))
		whole := into.AvailableBuffer()[:length]
		if _, err = io.ReadFull(body, whole); err == nil {
			into.Write(whole)
		}
	default:
		_, err = into.ReadFrom(body)
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return &clientError{status: http.StatusRequestEntityTooLarge, code: codeBadRequest, text: domain.T("api.too_large")}
	}
	return errors.Wrap(err, "read a delivery") // cut off on its way: Meta sends it again
}

// announced is how long the body is by its header, which the server has held
// against the body; 0 = it does not say.
func announced(r *http.Request) int64 {
	length, err := strconv.ParseInt(r.Header.Get("Content-Length"), 10, 64)
	if err != nil || length < 0 {
		return 0
	}
	return length
}

func (h *webhook) buffer() *bytes.Buffer {
	if buffer, ok := h.buffers.Get().(*bytes.Buffer); ok {
		return buffer
	}
	return new(bytes.Buffer)
}

func (h *webhook) release(buffer *bytes.Buffer) {
	if buffer.Cap() <= keptBuffer {
		buffer.Reset()
		h.buffers.Put(buffer)
	}
}
