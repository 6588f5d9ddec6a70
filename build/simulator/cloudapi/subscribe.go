package cloudapi

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// Subscribe does Meta's handshake with a callback. If the callback returns the challenge, it gets the changes of the WABA from now on.
func (s *Server) Subscribe(wabaID, callbackURL, verifyToken string) error {
	if err := s.handshake(callbackURL, verifyToken); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.wabas[wabaID]
	if w == nil {
		return errors.Errorf("no WABA has the id %s", wabaID)
	}
	s.subscribe(w.ID, w.AppID, callbackURL)
	return nil
}

// Unsubscribe ends all subscriptions of a WABA.
func (s *Server) Unsubscribe(wabaID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.subscriptions, wabaID)
	s.bump()
}

func (s *Server) subscribe(wabaID, appID, callbackURL string) {
	list := slices.DeleteFunc(s.subscriptions[wabaID], func(sub subscription) bool { return sub.appID == appID })
	s.subscriptions[wabaID] = append(list, subscription{appID: appID, callbackURL: callbackURL})
	s.bump()
}

// handshake asks the callback to return a challenge. It is called without the lock.
func (s *Server) handshake(callbackURL, verifyToken string) error {
	s.mu.Lock()
	challenge, timeout := s.digits(10), s.settings.WebhookTimeout
	s.mu.Unlock()
	u, err := url.Parse(callbackURL)
	if err != nil || u.Host == "" {
		return errors.New("the callback is not a URL")
	}
	query := u.Query()
	query.Set("hub.mode", "subscribe")
	query.Set("hub.challenge", challenge)
	query.Set("hub.verify_token", verifyToken)
	u.RawQuery = query.Encode()
	ctx, cancel := contextWithTimeout(s.ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return errors.New("the callback is not a URL")
	}
	r.Header.Set("User-Agent", "facebookplatform/1.0 (+http://developers.facebook.com)")
	response, err := s.client.Do(r)
	if err != nil {
		return errors.New("the callback could not be reached")
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 4096))
	_ = response.Body.Close()
	switch {
	case err != nil:
		return errors.New("the callback's answer could not be read")
	case response.StatusCode != http.StatusOK:
		return errors.Errorf("the callback answered %d", response.StatusCode)
	case string(body) != challenge:
		return errors.New("the callback did not echo the challenge")
	}
	return nil
}

// listSubscriptions implements GET /{waba-id}/subscribed_apps.
func (s *Server) listSubscriptions(_ *call, w *WABA) reply {
	data := []map[string]any{}
	for _, sub := range s.subscriptions[w.ID] {
		app := s.apps[sub.appID]
		item := map[string]any{"whatsapp_business_api_data": map[string]any{"id": app.ID, "name": app.Name, "link": "https://www.facebook.com/games/?app_id=" + app.ID}}
		if sub.callbackURL != "" && sub.callbackURL != app.CallbackURL {
			item["override_callback_uri"] = sub.callbackURL
		}
		data = append(data, item)
	}
	return s.ok(map[string]any{"data": data})
}

// postSubscription implements POST /{waba-id}/subscribed_apps, with or without a callback of its own. The lock is released during the
// handshake.
func (s *Server) postSubscription(c *call, w *WABA) reply {
	p := parseParams(c.body)
	values := map[string]string{}
	for _, key := range []string{"override_callback_uri", "verify_token"} {
		v, err := p.text(key)
		if err != nil {
			return s.refuse(err)
		}
		if v == "" {
			v = formOrQuery(c, key)
		}
		values[key] = v
	}
	app := s.apps[c.token.AppID]
	if app == nil {
		app = s.apps[w.AppID]
	}
	callback := values["override_callback_uri"]
	if callback != "" {
		s.mu.Unlock()
		err := s.handshake(callback, values["verify_token"])
		s.mu.Lock()
		if err != nil {
			return s.refuse(newError(2200).message("(#2200) Callback verification failed with the following errors: " + err.Error()))
		}
	}
	s.subscribe(w.ID, app.ID, callback)
	return s.success()
}

func formOrQuery(c *call, key string) string {
	if strings.HasPrefix(c.contentType, "application/x-www-form-urlencoded") {
		if form, err := url.ParseQuery(string(c.body)); err == nil && form.Get(key) != "" {
			return form.Get(key)
		}
	}
	return c.query.Get(key)
}

// deleteSubscription implements DELETE /{waba-id}/subscribed_apps for the token's app.
func (s *Server) deleteSubscription(c *call, w *WABA) reply {
	s.subscriptions[w.ID] = slices.DeleteFunc(s.subscriptions[w.ID], func(sub subscription) bool { return sub.appID == c.token.AppID })
	s.bump()
	return s.success()
}

// SendChange sends a change of any field of a WABA. value must marshal to JSON.
func (s *Server) SendChange(wabaID, field string, value any) error {
	if _, err := json.Marshal(value); err != nil {
		return errors.Wrap(err, "marshal the change")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wabas[wabaID] == nil {
		return errors.Errorf("no WABA has the id %s", wabaID)
	}
	s.emit(update{wabaID: wabaID, field: field, value: value})
	return nil
}

// SendNumberQuality sends phone_number_quality_update with an event such as FLAGGED and a limit, which also becomes the number's limit.
func (s *Server) SendNumberQuality(phoneNumberID, event, limit string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.numbers[phoneNumberID]
	if n == nil {
		return errors.Errorf("no number has the id %s", phoneNumberID)
	}
	value := map[string]any{"display_phone_number": onlyDigits(n.Display), "event": event, "current_limit": limit, "max_daily_conversations_per_business": limit}
	if n.MessagingLimit != limit {
		value["old_limit"] = n.MessagingLimit
		n.MessagingLimit = limit
	}
	if event == "FLAGGED" {
		n.Quality = "RED"
	}
	s.emit(update{wabaID: n.WABAID, field: "phone_number_quality_update", value: value})
	return nil
}

// SendAccountUpdate sends account_update with an event such as ACCOUNT_RESTRICTION and the fields that belong to it.
func (s *Server) SendAccountUpdate(wabaID, event string, fields map[string]any) error {
	value := map[string]any{"event": event}
	maps.Copy(value, fields)
	return s.SendChange(wabaID, "account_update", value)
}
