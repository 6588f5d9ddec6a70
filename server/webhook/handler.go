package webhook

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Path is where the webhook is mounted, behind the plugin's own path.
const Path = "/webhook"

// requestTimeout is how long a delivery may take to be stored; after it Meta sends it again.
const requestTimeout = 20 * time.Second

// Inbox stores what Meta delivered; *store.Store is one.
type Inbox interface {
	// Deliver stores all rows or none, in their order; a row whose Key is there already changes nothing. It returns
	// when the context ends, even though the rows may still be stored: Meta sends them again, and the key keeps them
	// from being stored twice.
	Deliver(ctx context.Context, rows []domain.InboxRow) error
}

// Deps are what the handler needs. All are required.
type Deps struct {
	Inbox     Inbox
	Accounts  *AccountCache
	IsBusy    func(err error) bool                               // an error of Inbox that says that too much waits already
	HideName  func(name string) (string, error)                  // hashes the name of a lane, with a secret
	WakeInbox func()                                             // there is something in the inbox
	OnIgnored func(items int)                                    // items that belong to no number of ours
	Localize  func(r *http.Request, text domain.Text) string     // in the language of who asks
	LogError  func(message string, keyValuePairs ...interface{}) // constant messages, ids only
	Clock     domain.Clock
}

// Handler serves Meta's requests. It is safe for concurrent use.
type Handler struct {
	Deps
	router       *mux.Router
	bodies       bodies
	backpressure backpressure
	lastStored   deliveryTimes
}

// New makes the handler of GET and POST /webhook/{account_id}.
func New(deps Deps) *Handler {
	h := &Handler{Deps: deps, router: mux.NewRouter().SkipClean(true)}
	h.router.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.fail(w, r, errNotFound) })
	h.router.MethodNotAllowedHandler = h.router.NotFoundHandler
	h.router.HandleFunc(Path+"/{account_id}", h.serve(h.verify)).Methods(http.MethodGet)
	h.router.HandleFunc(Path+"/{account_id}", h.serve(h.receive)).Methods(http.MethodPost)
	return h
}

// serve makes an HTTP handler of one that returns its error, and bounds its time.
func (h *Handler) serve(handle func(ctx context.Context, w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		if err := handle(ctx, w, r); err != nil {
			h.fail(w, r, err)
		}
	}
}

// ServeHTTP serves a request whose path begins with Path.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.router.ServeHTTP(w, r) }

// LastWebhook is when a delivery for the account was last stored by this process, milliseconds since epoch; 0 = not
// since it began. It lives in memory: the account's row may have a later time, written by another node.
func (h *Handler) LastWebhook(accountID string) int64 { return h.lastStored.at(accountID) }

// verify returns Meta's challenge to a caller that knows the account's verify token.
func (h *Handler) verify(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	d := &delivery{cache: h.Accounts, id: mux.Vars(r)["account_id"]}
	known, err := d.account(ctx, func(account *domain.Account) bool {
		return account.VerifyToken != "" && equal(account.VerifyToken, values.Get("hub.verify_token"))
	})
	if err != nil {
		return err
	}
	if !known {
		return errWrongToken
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, values.Get("hub.challenge"))
	return nil
}

// equal compares in a time that reveals neither content nor length.
func equal(a, b string) bool {
	hashA, hashB := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(hashA[:], hashB[:]) == 1
}

// receive stores a delivery, whatever it holds, with one statement and no other query. It returns no error where Meta gets
// its 200, which the server sends by itself: to say it would cost two remote calls.
func (h *Handler) receive(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	signature := r.Header.Get(whatsapp.SignatureHeader)
	d := &delivery{cache: h.Accounts, hideName: h.HideName, id: mux.Vars(r)["account_id"], now: h.Clock.Now()}
	if _, err := d.account(ctx, func(*domain.Account) bool { return true }); err != nil {
		return err
	}
	free, err := h.bodies.reserve(r, signature)
	if err != nil {
		return err
	}
	defer free()
	buffer := h.bodies.buffer()
	defer h.bodies.release(buffer)
	if r.Body != nil { // a body that never ends is cut off when the time is over
		defer context.AfterFunc(ctx, func() { _ = r.Body.Close() })()
	}
	if err := readBody(buffer, w, r, signature); err != nil {
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
	defer h.backpressure.enter()() // only now: a stranger's deliveries are no reason to let others wait
	if err := d.read(ctx, body); err != nil {
		return err
	}
	if d.ignored > 0 {
		h.OnIgnored(d.ignored)
	}
	if len(d.rows) > 0 {
		if err := h.Inbox.Deliver(ctx, d.rows); h.IsBusy(err) || ctx.Err() != nil {
			return errBusy // Meta sends it again, and the log need not say so for each delivery
		} else if err != nil {
			return errors.Wrap(err, "store a delivery")
		}
		h.WakeInbox()
	}
	h.noteStored(d)
	return nil
}

// noteStored notes the time for each account that got something: the deliveries of one app for all its numbers may
// come to one address.
func (h *Handler) noteStored(d *delivery) {
	last := d.owner.ID
	h.lastStored.set(last, d.now)
	for i := range d.rows {
		if d.rows[i].AccountID != last {
			last = d.rows[i].AccountID
			h.lastStored.set(last, d.now)
		}
	}
}
