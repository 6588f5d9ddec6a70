package cloudapi

import (
	"encoding/json"
	"time"
)

// plainSettings is Settings without its JSON methods.
type plainSettings Settings

// durations returns the settings that JSON holds as text, such as 1m30s.
func (s *Settings) durations() map[string]*time.Duration {
	return map[string]*time.Duration{
		"sent_delay": &s.SentDelay, "delivered_delay": &s.DeliveredDelay, "read_delay": &s.ReadDelay, "media_url_life": &s.MediaURLLife,
		"webhook_timeout": &s.WebhookTimeout, "retry_first": &s.RetryFirst, "retry_max": &s.RetryMax, "retry_for": &s.RetryFor,
	}
}

// MarshalJSON writes durations as text.
func (s Settings) MarshalJSON() ([]byte, error) {
	body, err := json.Marshal(plainSettings(s))
	if err != nil {
		return nil, err
	}
	all := map[string]any{}
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, err
	}
	for key, d := range s.durations() {
		all[key] = d.String()
	}
	return json.Marshal(all)
}

// UnmarshalJSON changes the settings that the JSON names and leaves the others.
func (s *Settings) UnmarshalJSON(body []byte) error {
	if err := json.Unmarshal(body, (*plainSettings)(s)); err != nil {
		return err
	}
	given := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &given); err != nil {
		return err
	}
	for key, d := range s.durations() {
		raw, ok := given[key]
		if !ok {
			continue
		}
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		parsed, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		*d = parsed
	}
	return nil
}
