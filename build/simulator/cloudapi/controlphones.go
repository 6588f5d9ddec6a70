package cloudapi

import (
	"encoding/json"
	"net/http"

	"github.com/pkg/errors"
)

// action is the body of a request that makes a phone do something. Each action uses the fields that it needs.
type action struct {
	PhoneNumberID string          `json:"phone_number_id"`
	Text          string          `json:"text"`
	MessageID     string          `json:"message_id"`
	Index         int             `json:"index"`
	Emoji         string          `json:"emoji"`
	Kind          string          `json:"kind"`
	MIMEType      string          `json:"mime_type"`
	Filename      string          `json:"filename"`
	Voice         bool            `json:"voice"`
	Data          []byte          `json:"data"` // base64
	Caption       string          `json:"caption"`
	Number        string          `json:"number"`
	Location      Location        `json:"location"`
	Contacts      json.RawMessage `json:"contacts"`
	Order         Order           `json:"order"`
	Referral      Referral        `json:"referral"`
	Fields        map[string]any  `json:"message"`
}

// phoneActions are the actions that send a message and need only the action itself.
func phoneActions() map[string]func(*Phone, action) (string, error) {
	return map[string]func(*Phone, action) (string, error){
		"reply": func(p *Phone, a action) (string, error) {
			if a.MessageID != "" {
				return p.Quote(a.MessageID, a.Text)
			}
			return p.Reply(a.Text)
		},
		"tap": func(p *Phone, a action) (string, error) {
			if a.MessageID != "" {
				return p.TapOn(a.MessageID, a.Index)
			}
			return p.Tap(a.Index)
		},
		"media": func(p *Phone, a action) (string, error) {
			return p.SendMedia(a.Kind, Media{MIMEType: a.MIMEType, Filename: a.Filename, Voice: a.Voice, Data: a.Data}, a.Caption)
		},
		"location":      func(p *Phone, a action) (string, error) { return p.SendLocation(a.Location) },
		"contacts":      func(p *Phone, a action) (string, error) { return p.SendContacts(string(a.Contacts)) },
		"react":         func(p *Phone, a action) (string, error) { return p.React(a.MessageID, a.Emoji) },
		"edit":          func(p *Phone, a action) (string, error) { return p.Edit(a.MessageID, a.Text) },
		"revoke":        func(p *Phone, a action) (string, error) { return p.Revoke(a.MessageID) },
		"unsupported":   func(p *Phone, a action) (string, error) { return p.SendUnsupported(a.Kind) },
		"replace":       func(p *Phone, a action) (string, error) { return p.Replace(a.MessageID, a.Text) },
		"order":         func(p *Phone, a action) (string, error) { return p.SendOrder(a.Order) },
		"from-ad":       func(p *Phone, a action) (string, error) { return p.ReplyFromAd(a.Text, a.Referral) },
		"forward":       func(p *Phone, a action) (string, error) { return p.Forward(a.Text) },
		"welcome":       func(p *Phone, _ action) (string, error) { return p.Welcome() },
		"change-number": func(p *Phone, a action) (string, error) { return p.ChangeNumber(a.Number) },
		"message":       func(p *Phone, a action) (string, error) { return p.SendMessage(a.Fields) },
	}
}

// phoneSwitches are the actions that change a phone and send no message.
func phoneSwitches() map[string]func(*Phone) error {
	plain := func(f func(*Phone)) func(*Phone) error {
		return func(p *Phone) error { f(p); return nil }
	}
	return map[string]func(*Phone) error{
		"turn-off": plain((*Phone).TurnOff), "turn-on": plain((*Phone).TurnOn), "block": plain((*Phone).Block), "unblock": plain((*Phone).Unblock),
		"stop-marketing": (*Phone).StopMarketing, "resume-marketing": (*Phone).ResumeMarketing,
	}
}

// phoneRoutes adds the routes of the customers' phones.
func (s *Server) phoneRoutes(mux *http.ServeMux) {
	base := controlPath + "phones"
	mux.HandleFunc("GET "+base, endpoint(func(*http.Request, nothing) (any, error) {
		list := []Customer{}
		for _, p := range s.Phones() {
			list = append(list, p.Customer())
		}
		return list, nil
	}))
	mux.HandleFunc("POST "+base, endpoint(func(_ *http.Request, in Customer) (any, error) {
		if n := len(onlyDigits(in.Number)); n < 7 || n > 15 {
			return nil, errors.New("number needs 7 to 15 digits, with the country code")
		}
		return s.AddCustomer(in).Customer(), nil
	}))
	mux.HandleFunc("PATCH "+base+"/{number}", endpoint(func(r *http.Request, in json.RawMessage) (any, error) {
		p, err := s.knownPhone(r)
		if err != nil {
			return nil, err
		}
		next := p.Customer()
		if err := json.Unmarshal(in, &next); err != nil {
			return nil, err
		}
		p.Configure(func(c *Customer) { *c = next })
		return p.Customer(), nil
	}))
	lists := map[string]func(*Phone) []Message{"messages": (*Phone).Messages, "sent": (*Phone).Sent, "chat": (*Phone).Chat}
	for name, list := range lists {
		mux.HandleFunc("GET "+base+"/{number}/"+name, endpoint(func(r *http.Request, _ nothing) (any, error) {
			p, err := s.knownPhone(r)
			if err != nil {
				return nil, err
			}
			return list(p), nil
		}))
	}
	for name, act := range phoneActions() {
		mux.HandleFunc("POST "+base+"/{number}/"+name, endpoint(func(r *http.Request, in action) (any, error) {
			id, err := act(s.Phone(r.PathValue("number")).On(in.PhoneNumberID), in)
			return map[string]string{"message_id": id}, err
		}))
	}
	for name, turn := range phoneSwitches() {
		mux.HandleFunc("POST "+base+"/{number}/"+name, endpoint(func(r *http.Request, in action) (any, error) {
			p := s.Phone(r.PathValue("number")).On(in.PhoneNumberID)
			return nil, turn(p)
		}))
	}
	mux.HandleFunc("POST "+base+"/{number}/read", endpoint(func(r *http.Request, in action) (any, error) {
		p := s.Phone(r.PathValue("number")).On(in.PhoneNumberID)
		if in.MessageID != "" {
			return nil, p.ReadMessage(in.MessageID)
		}
		return map[string]any{"message_ids": p.Read()}, nil
	}))
}

// knownPhone returns a phone that exists already, and does not add it as Phone does.
func (s *Server) knownPhone(r *http.Request) (*Phone, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.customers[canonical(onlyDigits(r.PathValue("number")))]
	if c == nil {
		return nil, notFound{}
	}
	return &Phone{s: s, c: c, to: r.URL.Query().Get("phone_number_id")}, nil
}
