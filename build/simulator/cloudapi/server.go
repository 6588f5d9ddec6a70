package cloudapi

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Options configure a Server. The zero value is usable.
type Options struct {
	Clock    func() time.Time // default time.Now; Advance and Set move on top of it
	Random   io.Reader        // source of ids; default crypto/rand
	Client   *http.Client     // posts the webhooks; never follows redirects
	Logger   *slog.Logger     // default: silent
	BaseURL  string           // scheme and host of media URLs; default: the host of the latest request
	Settings *Settings        // default DefaultSettings()
	// WebhookConcurrency is how many callbacks run at once, by default 16. Updates about one customer are always sent one after the other.
	WebhookConcurrency int
	// KeepRequests limits the request log, and KeepDeliveries the log of the webhooks. 0 keeps everything.
	KeepRequests, KeepDeliveries int
}

// Server is the simulated Cloud API. New creates one.
type Server struct {
	options Options
	client  *http.Client
	log     *slog.Logger
	control http.Handler
	ctx     context.Context // ends the webhook workers, which outlive every request
	cancel  context.CancelFunc

	// mu guards everything below. Lower-case methods expect that it is held, unless their comment says otherwise.
	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at each change
	version  int64
	settings Settings
	baseURL  string

	foreignClock bool // not time.Now: it may stand still or jump
	offset       time.Duration
	tasks        taskHeap
	taskNo       int64
	timer        *time.Timer

	apps          map[string]*App
	wabas         map[string]*WABA
	numbers       map[string]*Number
	numberOrder   []string
	tokens        map[string]*Token
	tokenOrder    []string
	subscriptions map[string][]subscription // by WABA
	templates     map[string]*Template      // by id
	templateOrder map[string][]string       // ids by WABA
	templateEdits map[string][]int64        // when approved ones were edited, by id
	media         map[string]*storedMedia
	uploads       map[string]*upload // of samples, by their ids

	customers     map[string]*customer // by canonical number
	customerOrder []string
	bsuids        map[string]*customer
	messages      map[string]*Message // by wamid
	sends         []*Message          // to customers, in order of acceptance
	windows       map[pair]time.Time  // the customer's last message
	pairRates     map[pair]rate
	throughputs   map[string]rate
	freeService   map[monthKey]int

	faults    []*faultRule
	fails     []*failRule
	requests  []*Request
	requestNo int64
	bill      []BillLine

	deliveries []*delivery
	deliveryNo int64
	pending    int // deliveries queued or between attempts
	answering  int // accepted calls whose response is being written
	lanes      map[string]*lane
	slots      chan struct{}
	holding    bool
	held       []addressed
	dropNext   int
	repeat     int
	closed     bool
}

// pair is one business number and one customer.
type pair struct{ phoneNumberID, customer string }

// New returns a Server without accounts. Usually AddNumber is called next.
func New(o Options) *Server {
	foreignClock := o.Clock != nil
	if !foreignClock {
		o.Clock = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.WebhookConcurrency <= 0 {
		o.WebhookConcurrency = 16
	}
	settings := DefaultSettings()
	if o.Settings != nil {
		settings = o.Settings.clone()
	}
	s := &Server{options: o, client: webhookClient(o.Client), log: o.Logger, settings: settings, foreignClock: foreignClock}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.slots = make(chan struct{}, o.WebhookConcurrency)
	s.changed = make(chan struct{})
	s.clear()
	s.control = s.controlRoutes()
	return s
}

// webhookClient returns a copy of the caller's client that does not follow redirects, because a redirect is not a 200.
func webhookClient(given *http.Client) *http.Client {
	c := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	if given != nil {
		c = *given
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

func (s *Server) clear() {
	s.baseURL = s.options.BaseURL
	s.offset, s.tasks = 0, nil
	s.apps, s.wabas, s.numbers, s.numberOrder = map[string]*App{}, map[string]*WABA{}, map[string]*Number{}, nil
	s.tokens, s.tokenOrder, s.subscriptions = map[string]*Token{}, nil, map[string][]subscription{}
	s.uploads = map[string]*upload{}
	s.templates, s.templateOrder, s.templateEdits, s.media = map[string]*Template{}, map[string][]string{}, map[string][]int64{}, map[string]*storedMedia{}
	s.customers, s.customerOrder, s.bsuids = map[string]*customer{}, nil, map[string]*customer{}
	s.messages, s.sends, s.windows = map[string]*Message{}, nil, map[pair]time.Time{}
	s.pairRates, s.throughputs, s.freeService = map[pair]rate{}, map[string]rate{}, map[monthKey]int{}
	s.faults, s.fails, s.requests, s.bill = nil, nil, nil, nil
	s.deliveries, s.lanes, s.holding, s.held, s.dropNext, s.repeat = nil, map[string]*lane{}, false, nil, 0, 1
}

// Close stops the webhooks. Requests are still served.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.tasks = nil
	if s.timer != nil {
		s.timer.Stop()
	}
	s.mu.Unlock()
	s.cancel()
}

// SetBaseURL sets the scheme and host of media URLs, such as http://127.0.0.1:8090.
func (s *Server) SetBaseURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.baseURL = base
}

// bump wakes everybody who waits for a change.
func (s *Server) bump() {
	s.version++
	close(s.changed)
	s.changed = make(chan struct{})
}

// Settle waits until every status that is due was sent and every webhook was answered with 200, abandoned or held back. It does not wait
// for statuses that are due later.
func (s *Server) Settle(ctx context.Context) error {
	for {
		s.mu.Lock()
		busy := s.pending > 0 || s.answering > 0 || (len(s.tasks) > 0 && !s.tasks[0].due.After(s.now()))
		changed := s.changed
		s.mu.Unlock()
		if !busy {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
