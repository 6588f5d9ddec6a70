package cloudapi

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Meta still sends the old signature too
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
	"unicode/utf16"
)

// update is one change of one WABA.
type update struct {
	wabaID, field string
	value         any
	lane          string // updates of one lane keep their order
}

// addressed is an update together with the app and the callback to which it is sent.
type addressed struct {
	update
	at  time.Time
	app *App
	url string
}

// emit sends an update to each app that is subscribed to the WABA.
func (s *Server) emit(u update) {
	if u.lane == "" {
		u.lane = u.wabaID
	}
	for _, sub := range s.subscriptions[u.wabaID] {
		app := s.apps[sub.appID]
		a := addressed{update: u, at: s.now(), app: app, url: sub.callbackURL}
		if a.url == "" {
			a.url = app.CallbackURL
		}
		switch {
		case a.url == "":
		case s.holding:
			s.held = append(s.held, a)
		case s.dropNext > 0:
			s.dropNext--
			s.record(s.newDelivery([]addressed{a}, EntryPerUpdate), DeliveryDropped)
		default:
			for range max(s.repeat, 1) {
				s.queue(s.newDelivery([]addressed{a}, EntryPerUpdate))
			}
		}
	}
	s.bump()
}

// Shape says how several updates share one delivery.
type Shape string

// These are the shapes of a batch.
const (
	EntryPerUpdate  Shape = "entries" // one entry[] item for each update
	ChangePerUpdate Shape = "changes" // one entry per WABA, one changes[] item for each update
	Merged          Shape = "merged"  // one change per number with all its messages[] and statuses[]
)

// envelope builds the body of a delivery.
func envelope(list []addressed, shape Shape) []byte {
	entries := []map[string]any{}
	byWABA := map[string]map[string]any{}
	for _, a := range list {
		entry := byWABA[a.wabaID]
		if entry == nil || shape == EntryPerUpdate {
			entry = map[string]any{"id": a.wabaID, "changes": []any{}}
			entries = append(entries, entry)
			byWABA[a.wabaID] = entry
		}
		if a.field != "messages" {
			entry["time"] = a.at.Unix()
		}
		changes, _ := entry["changes"].([]any)
		if shape == Merged && mergeChange(changes, a) {
			continue
		}
		entry["changes"] = append(changes, map[string]any{"field": a.field, "value": a.value})
	}
	return metaJSON(map[string]any{"object": "whatsapp_business_account", "entry": entries})
}

// mergeChange merges an update about messages into an earlier one of the same number.
func mergeChange(changes []any, a addressed) bool {
	value, ok := a.value.(map[string]any)
	if !ok || a.field != "messages" {
		return false
	}
	for _, c := range changes {
		change, _ := c.(map[string]any)
		into, ok := change["value"].(map[string]any)
		if !ok || change["field"] != a.field || fmt.Sprint(into["metadata"]) != fmt.Sprint(value["metadata"]) {
			continue
		}
		joined := map[string]any{}
		maps.Copy(joined, into)
		for _, key := range []string{"contacts", "messages", "statuses"} {
			old, _ := joined[key].([]any)
			more, _ := value[key].([]any)
			if len(more) > 0 {
				joined[key] = append(append([]any{}, old...), more...)
			}
		}
		change["value"] = joined
		return true
	}
	return false
}

// metaJSON marshals as Meta does: slashes and all characters beyond ASCII are escaped.
func metaJSON(v any) []byte {
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil // maps of strings and numbers always marshal
	}
	var out bytes.Buffer
	for _, r := range string(bytes.TrimSpace(raw.Bytes())) {
		switch {
		case r == '/':
			out.WriteString(`\/`)
		case r < 0x80:
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

// sign returns the hexadecimal HMAC of a body.
func sign(newHash func() hash.Hash, secret string, body []byte) string {
	mac := hmac.New(newHash, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// Signature says how a raw delivery is signed.
type Signature string

// These are the possible signatures of a raw delivery.
const (
	SignatureValid   Signature = "valid"
	SignatureWrong   Signature = "wrong" // made with another secret
	SignatureMissing Signature = "missing"
)

func (d *delivery) setSignature(h http.Header) {
	secret := d.secret
	switch d.signature {
	case SignatureMissing:
		return
	case SignatureWrong:
		secret += "-wrong"
	}
	h.Set("X-Hub-Signature-256", "sha256="+sign(sha256.New, secret, d.body))
	h.Set("X-Hub-Signature", "sha1="+sign(sha1.New, secret, d.body))
}

// post makes one attempt and returns the status of the response, or 0 if there was none.
func (s *Server) post(d *delivery, timeout time.Duration) (int, error) {
	ctx, cancel := contextWithTimeout(s.ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "facebookexternalua")
	d.setSignature(r.Header)
	response, err := s.client.Do(r)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	return response.StatusCode, response.Body.Close()
}

func seconds(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func shuffle(list []addressed) {
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}
