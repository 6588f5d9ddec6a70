package cloudapi

import (
	"maps"
	"time"
)

// Pricing says which pricing object the status webhooks contain, if any.
type Pricing string

// These are the pricing objects that Meta has sent over time.
const (
	PricingPMP  Pricing = "PMP"  // per message, webhooks v24 and later
	PricingCBP  Pricing = "CBP"  // per conversation, with the conversation object
	PricingNone Pricing = "none" // left out altogether
)

// Settings are what a test or a person may change while the simulator runs.
type Settings struct {
	// AutomaticStatuses makes the simulator send the webhooks sent and delivered by itself. If it is off, a message still reaches the
	// phone, but no status is sent until SendStatus is called.
	AutomaticStatuses bool `json:"automatic_statuses"`
	// HoldTemplates makes Meta accept templates but hold them back: the message_status of the response, such as
	// held_for_quality_assessment. Nothing follows until SendStatus or FailMessage is called.
	HoldTemplates string `json:"hold_templates"`
	// AutomaticRead adds the status read after delivered.
	AutomaticRead bool `json:"automatic_read"`
	// SkipDelivered leaves out the status delivered if the message is read at once.
	SkipDelivered bool `json:"skip_delivered"`
	// SentDelay, DeliveredDelay and ReadDelay are added up one after the other, by the simulator's clock. With 0 a status follows right
	// after the response.
	SentDelay      time.Duration `json:"-"`
	DeliveredDelay time.Duration `json:"-"`
	ReadDelay      time.Duration `json:"-"`

	// Pricing chooses the pricing object. PricingOnce sends it only with sent and the first of delivered or read, as documented, instead of
	// with each status, as recorded.
	Pricing     Pricing `json:"pricing"`
	PricingOnce bool    `json:"pricing_once"`

	// RefuseAtOnce responds to 131047, 131049 and 131050 with HTTP 400 instead of 200 and a failed status. Meta does both.
	RefuseAtOnce bool `json:"refuse_at_once"`
	// PairRate limits messages to one customer: 45 at once, then one per 6 s (131056).
	PairRate bool `json:"pair_rate"`
	// Throughput is the number of messages per second of numbers that set none of their own (130429). 0 means no limit.
	Throughput int `json:"throughput"`
	// UnknownOnWhatsApp says whether a number that nobody has added is on WhatsApp.
	UnknownOnWhatsApp bool `json:"unknown_on_whatsapp"`

	// MediaURLLife is how long a media URL works, which is 5 minutes at Meta.
	MediaURLLife time.Duration `json:"-"`
	// DownloadRate is how many bytes per second a file is sent with; 0 means no limit.
	DownloadRate int64 `json:"download_rate"`
	// MediaURLInWebhook adds url to inbound media, as Meta has done since November 2025.
	MediaURLInWebhook bool `json:"media_url_in_webhook"`

	// WebhookTimeout is how long a callback may take to respond, in real time.
	WebhookTimeout time.Duration `json:"-"`
	// RetryFirst, RetryFactor and RetryMax determine the wait between attempts, in real time. RetryFor is when Meta gives up, by the
	// simulator's clock.
	RetryFirst  time.Duration `json:"-"`
	RetryFactor float64       `json:"retry_factor"`
	RetryMax    time.Duration `json:"-"`
	RetryFor    time.Duration `json:"-"`

	// FreeServiceMessages is how many service messages a number may send per calendar month (UTC) before they cost anything.
	FreeServiceMessages int `json:"free_service_messages"`
	// ServiceChargedFrom is when service messages, and utility templates inside the window, began to cost something.
	ServiceChargedFrom time.Time `json:"service_charged_from"`
	// Currency and Prices (by category) are used for the bill.
	Currency string             `json:"currency"`
	Prices   map[string]float64 `json:"prices"`
}

// DefaultSettings returns the settings that New uses: statuses sent and delivered at once, limits on, prices as reported for Brazil in US
// dollars.
func DefaultSettings() Settings {
	return Settings{
		AutomaticStatuses:   true,
		Pricing:             PricingPMP,
		PairRate:            true,
		Throughput:          80,
		UnknownOnWhatsApp:   true,
		MediaURLLife:        5 * time.Minute,
		MediaURLInWebhook:   true,
		WebhookTimeout:      10 * time.Second,
		RetryFirst:          250 * time.Millisecond,
		RetryFactor:         2,
		RetryMax:            30 * time.Second,
		RetryFor:            7 * 24 * time.Hour,
		FreeServiceMessages: 1000,
		ServiceChargedFrom:  time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC),
		Currency:            "USD",
		Prices: map[string]float64{
			CategoryMarketing: 0.0625, CategoryUtility: 0.0068, CategoryAuthentication: 0.0068, CategoryService: 0.0068,
		},
	}
}

// Settings returns a copy of the current settings.
func (s *Server) Settings() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings.clone()
}

// Configure changes settings. f gets the current ones.
func (s *Server) Configure(f func(*Settings)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.settings.clone()
	f(&next)
	s.settings = next.clone()
	s.bump()
}

func (s Settings) clone() Settings {
	prices := make(map[string]float64, len(s.Prices))
	maps.Copy(prices, s.Prices)
	s.Prices = prices
	return s
}
