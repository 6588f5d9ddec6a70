package cloudapi

import (
	"slices"
	"strings"
	"time"
)

// These are the two permissions that the Cloud API requires of a token.
const (
	ScopeMessaging  = "whatsapp_business_messaging"
	ScopeManagement = "whatsapp_business_management"
)

// App is a Meta app. Its secret signs webhooks, and its callback gets them unless a WABA overrides the callback.
type App struct {
	ID, Name, Secret         string
	CallbackURL, VerifyToken string
}

// WABA is a WhatsApp Business Account, which belongs to one app.
type WABA struct {
	ID, Name, AppID, Namespace string
}

// Number is a business phone number. Empty fields get usable values when the number is added.
type Number struct {
	ID             string   `json:"phone_number_id"`
	WABAID         string   `json:"waba_id"`
	Display        string   `json:"display_phone_number"` // as a person writes it: +55 11 5555-0100
	VerifiedName   string   `json:"verified_name"`
	Quality        string   `json:"quality_rating"`  // GREEN, YELLOW, RED, UNKNOWN
	MessagingLimit string   `json:"messaging_limit"` // TIER_250 and so on
	Throughput     int      `json:"throughput"`      // messages a second; 0 = Settings.Throughput
	Sandbox        bool     `json:"sandbox"`         // a test number: only Allowed may be written to (131030)
	NoPayment      bool     `json:"no_payment"`      // its WABA has no method of payment
	Allowed        []string `json:"allowed,omitempty"`

	// Token may send from this number, and AppSecret signs its webhooks. Values that are given are used, missing ones are generated.
	Token     string `json:"token"`
	AppSecret string `json:"app_secret"`
}

// Token is an access token. Without WABAs it is valid for every WABA of the app, without Scopes it has both permissions.
type Token struct {
	Value     string    `json:"token"`
	AppID     string    `json:"app_id"`
	WABAs     []string  `json:"waba_ids,omitempty"`
	Scopes    []string  `json:"scopes,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	Revoked   bool      `json:"revoked"`
}

// subscription says where the changes of one WABA are sent.
type subscription struct {
	appID, callbackURL string // an empty URL means the app's own
}

// AddApp adds an app, or replaces the one with its ID.
func (s *Server) AddApp(app App) App {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addApp(app)
}

func (s *Server) addApp(app App) App {
	if app.ID == "" {
		app.ID = s.digits(16)
	}
	if app.Name == "" {
		app.Name = "Simulator"
	}
	if app.Secret == "" {
		app.Secret = s.hex(32)
	}
	s.apps[app.ID] = &app
	s.bump()
	return app
}

// AddWABA adds a WhatsApp Business Account, together with its app if that does not exist yet.
func (s *Server) AddWABA(waba WABA) WABA {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addWABA(waba)
}

func (s *Server) addWABA(waba WABA) WABA {
	if waba.ID == "" {
		waba.ID = s.digits(15)
	}
	if waba.Name == "" {
		waba.Name = "Simulator WABA"
	}
	if s.apps[waba.AppID] == nil {
		waba.AppID = s.addApp(App{ID: waba.AppID}).ID
	}
	if waba.Namespace == "" {
		h := s.hex(32)
		waba.Namespace = strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "_")
	}
	s.wabas[waba.ID] = &waba
	s.bump()
	return waba
}

// AddNumber adds a business number together with whatever it still needs: a WABA, an app, a token. It returns the number with every field
// filled.
func (s *Server) AddNumber(n Number) Number {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.ID == "" {
		n.ID = s.digits(15)
	}
	waba := s.wabas[n.WABAID]
	if waba == nil {
		app := s.addApp(App{Secret: n.AppSecret})
		added := s.addWABA(WABA{ID: n.WABAID, AppID: app.ID})
		waba = &added
	}
	n.WABAID = waba.ID
	app := s.apps[waba.AppID]
	if n.AppSecret != "" {
		app.Secret = n.AppSecret
	}
	n.AppSecret = app.Secret
	if n.Display == "" {
		n.Display = "+55 11 5555-" + s.digits(4)
	}
	if n.VerifiedName == "" {
		n.VerifiedName = "Simulator"
	}
	if n.Quality == "" {
		n.Quality = "GREEN"
	}
	if n.MessagingLimit == "" {
		n.MessagingLimit = "TIER_250"
	}
	if n.Token == "" {
		n.Token = s.tokenFor(waba)
	}
	if s.tokens[n.Token] == nil {
		n.Token = s.addToken(Token{Value: n.Token, AppID: app.ID, WABAs: []string{waba.ID}}).Value
	}
	n.Allowed = slices.Clone(n.Allowed)
	if s.numbers[n.ID] == nil {
		s.numberOrder = append(s.numberOrder, n.ID)
	}
	s.numbers[n.ID] = &n
	s.bump()
	return n
}

// tokenFor returns a token of the account that has every permission.
func (s *Server) tokenFor(waba *WABA) string {
	for _, value := range s.tokenOrder {
		t := s.tokens[value]
		if !t.Revoked && t.ExpiresAt.IsZero() && t.mayReach(waba) && t.has(ScopeMessaging) && t.has(ScopeManagement) {
			return value
		}
	}
	return ""
}

// ConfigureNumber changes a number, except its ID and WABA. An unknown id is ignored.
func (s *Server) ConfigureNumber(phoneNumberID string, f func(*Number)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.numbers[phoneNumberID]; n != nil {
		id, waba := n.ID, n.WABAID
		f(n)
		n.ID, n.WABAID = id, waba
		s.bump()
	}
}

// Numbers returns the business numbers in the order they were added.
func (s *Server) Numbers() []Number {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Number, 0, len(s.numberOrder))
	for _, id := range s.numberOrder {
		list = append(list, *s.numbers[id])
	}
	return list
}

// AddToken adds an access token, or replaces the one with the same value.
func (s *Server) AddToken(t Token) Token {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addToken(t)
}

func (s *Server) addToken(t Token) Token {
	if t.Value == "" {
		t.Value = "EAA" + s.alphanumeric(60)
	}
	if len(t.Scopes) == 0 {
		t.Scopes = []string{ScopeManagement, ScopeMessaging}
	}
	if s.tokens[t.Value] == nil {
		s.tokenOrder = append(s.tokenOrder, t.Value)
	}
	s.tokens[t.Value] = &t
	s.bump()
	return t
}

// RevokeToken makes Meta refuse the token from now on (error 190).
func (s *Server) RevokeToken(value string) {
	s.changeToken(value, func(t *Token) { t.Revoked = true })
}

// ExpireToken makes the token expire now (error 190, subcode 463).
func (s *Server) ExpireToken(value string) {
	now := s.Now()
	s.changeToken(value, func(t *Token) { t.ExpiresAt = now })
}

func (s *Server) changeToken(value string, f func(*Token)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[value]; t != nil {
		f(t)
		s.bump()
	}
}

func (t *Token) has(scope string) bool { return slices.Contains(t.Scopes, scope) }

func (t *Token) mayReach(waba *WABA) bool {
	if len(t.WABAs) == 0 {
		return waba.AppID == t.AppID
	}
	return slices.Contains(t.WABAs, waba.ID)
}
