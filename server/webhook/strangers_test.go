package webhook

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

func TestStrangersCauseOneReadOfTheAccountsASecond(t *testing.T) {
	w := newWorld(t)
	w.challenge(account1, fake.SecretVerify).Is(http.StatusOK)
	w.clock.ms += minRecheckInterval
	before := w.accounts.reads
	for range 20 {
		w.deliver(nowhere, hello("111", "wamid.1"), fake.SecretApp).Is(http.StatusNotFound, "not_found")
		w.deliver(account1, hello("111", "wamid.1"), "x").Is(http.StatusUnauthorized, "unauthorized")
		w.challenge(account1, "x").Is(http.StatusForbidden, "forbidden")
		w.challenge(nowhere, fake.SecretVerify).Is(http.StatusNotFound, "not_found")
	}
	require.Equal(t, before+1, w.accounts.reads)
	w.clock.ms += minRecheckInterval
	w.challenge(account1, "x").Is(http.StatusForbidden, "forbidden")
	require.Equal(t, before+2, w.accounts.reads)
	w.deliver(account1, hello("111", "wamid.1"), fake.SecretApp).Is(http.StatusOK)
}

func TestStrangersAreNoRush(t *testing.T) {
	w := newWorld(t)
	begun, finish := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for range 2 * busyDeliveries { // each is in the middle of its body
		all.Go(func() {
			r := httptest.NewRequest(http.MethodPost, Path+"/"+account1, io.NopCloser(&fakeSlowBody{begun: begun, finish: finish, body: strings.NewReader(hello("111", "wamid.1"))}))
			r.Header.Set(whatsapp.SignatureHeader, whatsapp.Sign("x", nil))
			w.handler.ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	for range largeBudget / maxBody { // of those whose length is not told so many are read at once
		<-begun
	}
	require.Zero(t, w.handler.backpressure.lastBusy.Load())
	close(finish)
	go func() {
		for range begun {
		}
	}()
	all.Wait()
	close(begun)
	require.Zero(t, w.handler.backpressure.lastBusy.Load())
}

// fakeSlowBody is a body that comes when it is let go.
type fakeSlowBody struct {
	once          sync.Once
	begun, finish chan struct{}
	body          io.Reader
}

func (h *fakeSlowBody) Read(p []byte) (int, error) {
	h.once.Do(func() { h.begun <- struct{}{} })
	<-h.finish
	return h.body.Read(p)
}

func TestLargeBodiesHaveRoomOrComeAgain(t *testing.T) {
	w := newWorld(t)
	begun, finish := make(chan struct{}), make(chan struct{})
	large := hello("111", "wamid.large") + strings.Repeat(" ", maxBody/2)
	send := func(body io.Reader, length int) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, Path+"/"+account1, io.NopCloser(body))
		if length > 0 {
			r.Header.Set("Content-Length", strconv.Itoa(length))
		}
		r.Header.Set(whatsapp.SignatureHeader, whatsapp.Sign(fake.SecretApp, []byte(large)))
		recorder := httptest.NewRecorder()
		w.handler.ServeHTTP(recorder, r)
		return recorder
	}
	var all sync.WaitGroup
	for range largeBudget / maxBody {
		all.Go(func() {
			if code := send(&fakeSlowBody{begun: begun, finish: finish, body: strings.NewReader(large)}, 0).Code; code != http.StatusOK {
				t.Errorf("a large delivery got %d", code)
			}
		})
		<-begun
	}
	for range 50 {
		require.Equal(t, http.StatusServiceUnavailable, send(fakeUnreadBody{t}, 0).Code, "nothing more is read")
		require.Equal(t, http.StatusServiceUnavailable, send(fakeUnreadBody{t}, len(large)).Code)
	}
	small := hello("111", "wamid.small")
	r := httptest.NewRequest(http.MethodPost, Path+"/"+account1, strings.NewReader(small))
	r.Header.Set("Content-Length", strconv.Itoa(len(small)))
	r.Header.Set(whatsapp.SignatureHeader, whatsapp.Sign(fake.SecretApp, []byte(small)))
	w.send(r).Is(http.StatusOK)
	close(finish)
	all.Wait()
	w.deliver(account1, large, fake.SecretApp).Is(http.StatusOK)
}

// fakeUnreadBody is a body that nobody reads.
type fakeUnreadBody struct{ t *testing.T }

func (u fakeUnreadBody) Read([]byte) (int, error) {
	u.t.Error("a body was read that there is no room for")
	return 0, io.EOF
}

func TestABodyThatDoesNotEndIsEnded(t *testing.T) {
	w := newWorld(t)
	body, _ := io.Pipe() // nothing ever comes
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequest(http.MethodPost, Path+"/"+account1, body).WithContext(ctx)
	r.Header.Set(whatsapp.SignatureHeader, whatsapp.Sign(fake.SecretApp, nil))
	cancel()
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r) // the test's own time would end it
	require.Equal(t, http.StatusServiceUnavailable, recorder.Code)
	require.Zero(t, w.inbox.adds)
}

// TestAccountsThatCannotBeReadKeepNobody: the database hangs, and what is known is good enough.
func TestAccountsThatCannotBeReadKeepNobody(t *testing.T) {
	store, clock, hangs := newAccounts(), &fakeClock{now}, make(chan struct{}, 1000)
	cache := NewAccountCache(func(ctx context.Context, page, perPage int) ([]*domain.Account, int, error) {
		select {
		case hangs <- struct{}{}:
			<-ctx.Done()
			return nil, 0, ctx.Err()
		default:
			return store.Accounts(ctx, page, perPage)
		}
	}, clock)
	for range cap(hangs) {
		hangs <- struct{}{}
	}
	_, err := cache.Get(t.Context(), account1)
	require.NoError(t, err)
	for range cap(hangs) {
		<-hangs
	}
	clock.ms += maxAge
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if account, err := cache.Get(t.Context(), account1); err != nil || account.ID != account1 {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	require.Len(t, hangs, 1, "one tries")
	_, err = cache.Recheck(t.Context())
	require.Error(t, err, "it is not known whether it is as it was")
}
