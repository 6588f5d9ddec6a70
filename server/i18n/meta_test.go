package i18n

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// TestTextsOfMeta compares what people read of Meta's errors, of templates that cannot be sent and of values that do
// not fit with testdata/meta.<language>.golden.
func TestTextsOfMeta(t *testing.T) {
	bundle, err := New()
	require.NoError(t, err)
	for _, lang := range []string{Portuguese, English} {
		t.Run(lang, func(t *testing.T) {
			golden := filepath.Join("testdata", "meta."+lang+".golden")
			got := textsOfMeta(bundle, lang)
			if os.Getenv("UPDATE_GOLDEN") != "" {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func textsOfMeta(b *Bundle, lang string) string {
	var out strings.Builder
	say := func(name string, v any) {
		data := map[string]any{"Words": v}
		fmt.Fprintf(&out, "%s\n  text     %s\n  markdown %s\n", name, b.Text(lang, "refusal.meta", data), b.Markdown(lang, "refusal.meta", data))
	}
	verdict := func(name string, v whatsapp.Verdict) {
		fmt.Fprintf(&out, "%s\n  title    %s\n", name, b.Text(lang, v.What().Key, v.What().Data))
		say(name, v)
	}
	for _, code := range metaCodes() {
		verdict(fmt.Sprintf("code %d", code), whatsapp.ClassifyCode(code))
	}
	for name, err := range []error{
		nil, errors.New("other"), &whatsapp.RequestError{Err: errors.New("x")}, &whatsapp.TransportError{Err: errors.New("x")},
		&whatsapp.TransportError{Left: true, Err: errors.New("x")}, &whatsapp.APIError{HTTPStatus: 404}, &whatsapp.APIError{HTTPStatus: 500},
		&whatsapp.APIError{Code: 100, Subcode: 33},
	} {
		verdict(fmt.Sprintf("error %d", name), whatsapp.Classify(err))
	}
	for _, outcome := range []whatsapp.Outcome{whatsapp.Accepted, whatsapp.NotSent, whatsapp.Refused, whatsapp.Unknown, ""} {
		verdict("stored "+string(outcome), whatsapp.Verdict{Outcome: outcome, Code: 131026})
	}
	for _, key := range []string{"no_name", "no_body", "twice", "authentication", "header", "component", "button", "url"} {
		say("template "+key, &whatsapp.NotSendable{Key: key, Part: "LIMITED_TIME_OFFER"})
	}
	for _, key := range []string{"required", "newline", "tab", "spaces", "control", "too_long", "total_too_long", "url_space", "coordinates", "not_sendable"} {
		say("value "+key, whatsapp.FieldProblem{Key: key, Max: 1024, Length: 2048})
	}
	return out.String()
}

// metaCodes are the codes that Meta documents, or was seen to send, and one of each range that Meta may add to.
func metaCodes() []int {
	return []int{
		-1, 0, 1, 2, 3, 4, 10, 33, 100, 190, 200, 250, 299, 300, 368, 613, 803, 80000, 80007, 80099, 130429, 130472, 130497, 131000, 131005, 131008, 131009,
		131016, 131021, 131026, 131030, 131031, 131036, 131037, 131042, 131045, 131047, 131048, 131049, 131050, 131051, 131052, 131053, 131056, 131057,
		131060, 131062, 131999, 132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 132069, 132999, 133000, 133004, 133005, 133006, 133008,
		133009, 133010, 133015, 133016, 133999, 134011, 134999, 135000, 136024, 136025, 136999, 139102, 2388019, 2388040, 2388047, 2388072, 2388073, 2388293,
		2388299, 2593002, 9999999,
	}
}
