//go:build unix

package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
)

// deliveryRewriter turns a sample delivery into one for our number. It gives each delivery its own people, messages and files, because many
// samples share theirs.
type deliveryRewriter struct {
	*stage
	ending string            // appended to the ids of messages, files and people
	file   int               // the delivery's number
	phones map[string]string // new numbers, by the number in the sample
	own    map[string]bool   // the ids of its messages, as in the sample
	before []any             // changes to deliver first, for messages that refer to another message
	media  map[string]string // MIME types by media id
}

// personKeys hold the ids of people, phoneKeys their phone numbers.
var (
	phoneKeys  = []string{"from", "wa_id", "new_wa_id", "to", "recipient_id"}
	personKeys = []string{"user_id", "from_user_id", "to_user_id", "previous_user_id", "recipient_user_id", "parent_user_id"}
)

// ours rewrites a delivery. before is the body that has to be delivered first, or nil if there is none.
func (s *stage) ours(body []byte, number int) (before, rewritten []byte) {
	s.t.Helper()
	r := &deliveryRewriter{stage: s, ending: fmt.Sprintf(".%03d", number), file: number, phones: map[string]string{}, own: map[string]bool{}, media: map[string]string{}}
	var delivery map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	require.NoError(s.t, decoder.Decode(&delivery))
	entries, _ := delivery["entry"].([]any)
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		if _, ok := entry["id"]; ok {
			entry["id"] = s.Number.WABAID
		}
		changes, _ := entry["changes"].([]any)
		for _, c := range changes {
			change, _ := c.(map[string]any)
			if value, ok := change["value"].(map[string]any); ok {
				r.value(value)
			}
		}
	}
	for id, kind := range r.media {
		s.Sim.AddMedia(cloudapi.Media{ID: id, PhoneNumberID: s.Number.ID, MIMEType: kind, Filename: "sample", Data: sampleOf(kind)})
	}
	rewritten, err := json.Marshal(delivery)
	require.NoError(s.t, err)
	if len(r.before) == 0 {
		return nil, rewritten
	}
	before, err = json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{"id": s.Number.WABAID, "changes": r.before}}})
	require.NoError(s.t, err)
	return before, rewritten
}

func (r *deliveryRewriter) value(value map[string]any) {
	if metadata, ok := value["metadata"].(map[string]any); ok {
		metadata["phone_number_id"] = r.Number.ID
	}
	r.people(value)
	for _, list := range []string{"messages", "message_echoes"} {
		messages, _ := value[list].([]any)
		for _, m := range messages {
			message, _ := m.(map[string]any)
			id, _ := message["id"].(string)
			r.own[id] = true
		}
	}
	for _, list := range []string{"messages", "message_echoes"} {
		messages, _ := value[list].([]any)
		for _, m := range messages {
			if message, ok := m.(map[string]any); ok {
				r.message(message, list == "message_echoes", value["contacts"])
			}
		}
	}
	calls, _ := value["calls"].([]any)
	for _, c := range calls {
		if call, ok := c.(map[string]any); ok {
			r.mark(call, "id")
		}
	}
}

// people replaces the phone numbers and ids of everybody in a part of a delivery.
func (r *deliveryRewriter) people(part any) {
	switch v := part.(type) {
	case []any:
		for _, one := range v {
			r.people(one)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) { // sorted, so that everybody gets the same number in every run
			inner := v[key]
			text, ok := inner.(string)
			switch {
			case ok && text != "" && slices.Contains(phoneKeys, key):
				v[key] = r.phone(text)
			case ok && text != "" && slices.Contains(personKeys, key):
				r.mark(v, key)
			default:
				r.people(inner)
			}
		}
	}
}

// phone returns a Brazilian number that is always the same for the same number in the sample.
func (r *deliveryRewriter) phone(was string) string {
	if r.phones[was] == "" {
		r.phones[was] = fmt.Sprintf("55989%04d%04d", 8000+r.file, len(r.phones)+1)
	}
	return r.phones[was]
}

// mark appends the ending to an id.
func (r *deliveryRewriter) mark(of map[string]any, key string) {
	if id, ok := of[key].(string); ok && id != "" && !strings.HasSuffix(id, r.ending) {
		of[key] = id + r.ending
	}
}

// message marks the ids of a message. If the message refers to another one that is not in the delivery, that one is added to before.
func (r *deliveryRewriter) message(message map[string]any, echo bool, contacts any) {
	id, about := message["id"], ""
	r.mark(message, "id")
	for node, key := range map[string]string{"context": "id", "reaction": "message_id", "edit": "original_message_id", "revoke": "original_message_id"} {
		if inner, ok := message[node].(map[string]any); ok {
			target, _ := inner[key].(string)
			if target != id && r.own[target] { // the other message is in the same delivery
				r.mark(inner, key)
			} else if target != "" {
				about = target + ".before" + r.ending
				inner[key] = about
			}
		}
	}
	for _, kind := range []string{"image", "video", "audio", "document", "sticker", "voice"} {
		if node, ok := message[kind].(map[string]any); ok {
			r.mark(node, "id")
			if id, _ := node["id"].(string); id != "" {
				mimeType, _ := node["mime_type"].(string)
				r.media[id] = strings.ReplaceAll(mimeType, `\`, "")
			}
		}
	}
	if about == "" && (echo || message["type"] == "system") {
		about = "wamid.before" + r.ending
	}
	if about == "" {
		return
	}
	at, err := strconv.ParseInt(fmt.Sprint(message["timestamp"]), 10, 64)
	require.NoError(r.t, err)
	first := map[string]any{"id": about, "timestamp": strconv.FormatInt(at-60, 10), "type": "text", "text": map[string]any{"body": "(antes)"}}
	from, user := "from", "from_user_id"
	if echo {
		from, user = "to", "to_user_id"
	}
	for key, source := range map[string]string{"from": from, "from_user_id": user} {
		if id, _ := message[source].(string); id != "" {
			first[key] = id
		}
	}
	if system, ok := message["system"].(map[string]any); ok && first["from"] == nil && first["from_user_id"] == nil {
		first["from_user_id"] = system["previous_user_id"]
		if first["from_user_id"] == nil {
			first["from_user_id"] = system["user_id"]
		}
	}
	value := map[string]any{"messaging_product": "whatsapp", "metadata": map[string]any{"phone_number_id": r.Number.ID}, "messages": []any{first}}
	if contacts != nil && !echo {
		value["contacts"] = contacts
	}
	r.before = append(r.before, map[string]any{"field": "messages", "value": value})
}

// sampleOf returns a small file of a MIME type. Pictures are real ones.
func sampleOf(mimeType string) []byte {
	picture := image.NewGray(image.Rect(0, 0, 2, 2))
	var b bytes.Buffer
	switch base, _, _ := strings.Cut(mimeType, ";"); base {
	case "image/jpeg":
		_ = jpeg.Encode(&b, picture, nil)
	case "image/png":
		_ = png.Encode(&b, picture)
	case "image/webp":
		data, _ := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
		return data
	default:
		return []byte("sample of " + mimeType)
	}
	return b.Bytes()
}
