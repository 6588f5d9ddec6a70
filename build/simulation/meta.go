package simulation

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// metaURL is where Meta is, for the plugin. Nobody dials it.
const metaURL = "http://127.0.0.1:9"

// Meta is the simulated Cloud API: the real simulator in process, on the simulated clock.
// What customers do is done with its Phones: Reply, Quote, Tap, React, Edit, ChangeNumber,
// StopMarketing and so on only queue a webhook; the webhook is delivered to a node by the
// seed, as a task of its own, late, twice or in another order as the rates of faults say.
// None of these calls yields, so they may be made outside of an act too.
type Meta struct {
	*cloudapi.Server

	WABA  cloudapi.WABA
	Token cloudapi.Token

	inside *inside

	mu        sync.Mutex
	departure map[string]time.Time // of the requests that sent messages, by wamid
}

func newMeta(in *inside, seed uint64) *Meta {
	m := &Meta{inside: in, departure: map[string]time.Time{}}
	m.Server = cloudapi.New(cloudapi.Options{
		Random: seeded{rand.New(rand.NewPCG(seed, 2))}, BaseURL: metaURL, Client: &http.Client{Transport: &fromMeta{m}}, //nolint:gosec // to be repeatable
		KeepRequests: 20000, KeepDeliveries: 20000,
	})
	m.WABA = m.AddWABA(cloudapi.WABA{})
	m.Token = m.AddToken(cloudapi.Token{AppID: m.WABA.AppID})
	return m
}

// AddAccount adds a business number of the world's business account, whose webhooks find the
// plugin's account with that phone number id.
func (m *Meta) AddAccount(display string) cloudapi.Number {
	first := len(m.Numbers()) == 0
	number := m.AddNumber(cloudapi.Number{WABAID: m.WABA.ID, Display: display, Token: m.Token.Value})
	if first {
		if err := m.Subscribe(m.WABA.ID, "http://127.0.0.1:9/webhook", "verify"); err != nil {
			panic("simulation: " + err.Error())
		}
	}
	return number
}

// pendingNews reports whether a webhook was not taken yet.
func (m *Meta) pendingNews() bool {
	for _, d := range m.Webhooks().List() {
		if d.State == cloudapi.DeliveryQueued {
			return true
		}
	}
	return false
}

// seeded is a source of ids.
type seeded struct{ r *rand.Rand }

// Read fills p.
func (s seeded) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(s.r.Uint32())
	}
	return len(p), nil
}

// fromMeta delivers webhooks to the nodes.
type fromMeta struct{ meta *Meta }

// RoundTrip delivers one webhook to a node by the seed, or is late, or makes Meta believe that it was not taken.
func (f *fromMeta) RoundTrip(r *http.Request) (*http.Response, error) {
	in := f.meta.inside
	if challenge := r.URL.Query().Get("hub.challenge"); challenge != "" { // the subscription is the administrator's, and not under test
		return answer(r, http.StatusOK, []byte(challenge)), nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s := in.scheduler
	if v := s.pass(r.Context(), nil, "meta: a webhook", false); v != proceed {
		s.whileTimePasses()
		return nil, r.Context().Err()
	}
	if s.chance(s.rates().LateNews) {
		in.trace.add("meta: the webhook comes later")
		return answer(r, http.StatusBadGateway, nil), nil
	}
	p := in.anyProcess()
	if p == nil {
		return answer(r, http.StatusBadGateway, nil), nil
	}
	account := in.accountOf(body)
	if account == "" {
		return answer(r, http.StatusNotFound, nil), nil
	}
	again, err := http.NewRequestWithContext(r.Context(), r.Method, (&url.URL{Path: "/webhook/" + account}).String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	again.Header = r.Header.Clone()
	in.trace.add("meta: a webhook to %s", p)
	status, taken := p.serve("", again)
	if status == 0 {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	if status == http.StatusOK && s.chance(s.rates().TwiceNews) {
		in.trace.add("meta: the webhook will come again")
		status = http.StatusGatewayTimeout
	}
	return answer(r, status, taken), nil
}

func answer(r *http.Request, status int, body []byte) *http.Response {
	w := httptest.NewRecorder()
	w.WriteHeader(status)
	_, _ = w.Write(body)
	response := w.Result()
	response.Request = r
	return response
}

// left returns when the requests left that sent messages, by wamid.
func (m *Meta) left() map[string]time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.departure)
}

// note keeps when the request left that Meta gave an answer to.
func (m *Meta) note(answer []byte, left time.Time) {
	var sent struct {
		Messages []struct{ ID string }
	}
	if json.Unmarshal(answer, &sent) != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, message := range sent.Messages {
		m.departure[message.ID] = left
	}
}

// toMeta carries a process's requests to Meta.
type toMeta struct{ process *process }

// RoundTrip makes one request.
func (t *toMeta) RoundTrip(r *http.Request) (response *http.Response, err error) {
	p, began := t.process, time.Now()
	s := p.inside.scheduler
	trace := httptrace.ContextClientTrace(r.Context())
	if trace != nil && trace.GetConn != nil {
		trace.GetConn(r.URL.Host)
	}
	left := func() {
		if trace != nil && trace.GotConn != nil {
			trace.GotConn(httptrace.GotConnInfo{})
		}
	}
	v := s.pass(r.Context(), p, p.String()+" meta: "+r.Method+" "+lastPart(r.URL.Path), r.Method != http.MethodGet)
	switch v {
	case expired:
		s.whileTimePasses()
		return nil, r.Context().Err()
	case gone:
		return nil, errReset
	case failBefore:
		if s.chance(0.5) {
			left()
		}
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case hang:
		left()
		if !s.hangUp(r.Context(), p, 2*time.Minute) {
			return nil, errReset
		}
	}
	left()
	w, whole := t.serve(r)
	p.inside.meta.note(w.Body.Bytes(), began)
	if v == failAfter {
		p.lastThing()
		return nil, errReset
	}
	if !whole || p.dead.Load() {
		return nil, errReset
	}
	response = w.Result()
	response.Request = r
	return response, nil
}

// serve lets the simulator answer; it may break off the connection.
func (t *toMeta) serve(r *http.Request) (w *httptest.ResponseRecorder, whole bool) {
	w = httptest.NewRecorder()
	request := r.Clone(r.Context())
	request.RequestURI, request.Host, request.RemoteAddr = r.URL.RequestURI(), r.URL.Host, "127.0.0.1:1"
	if request.Body == nil {
		request.Body = http.NoBody
	}
	defer func() {
		if stopped := recover(); stopped != nil {
			if stopped != http.ErrAbortHandler {
				panic(stopped)
			}
			whole = false
		}
	}()
	t.process.inside.meta.ServeHTTP(w, request)
	return w, true
}

func lastPart(path string) string { return path[strings.LastIndex(path, "/")+1:] }
