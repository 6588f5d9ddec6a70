package whatsapp

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/i18n"
)

// documented is Meta's table of codes with what each has to mean.
func documented() map[Class][]int {
	return map[Class][]int{
		Retry:      {1, 2, 130429, 131056, 131000, 131016, 131057, 133004},
		RetryLater: {4, 80007, 613},
		Admin: {
			0, 190, 3, 10, 200, 250, 299, 131005, 368, 131031, 130497, 131042, 131045, 133010, 133006, 133000, 133005, 133008, 133009,
			133015, 133016, 131037, 33, 131048, 131030, 132068, 132069, 134011,
		},
		Final: {
			131047, 131026, 131049, 131050, 130472, 131021, 131008, 131009, 131051, 100, 135000, 131052, 131053, 131060, 131062,
			132000, 132012, 132001, 132005, 132007, 132015, 132016, 132018,
			2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299,
		},
	}
}

// inBothLanguages returns a text in Portuguese and in English, and fails where it has no translation.
func inBothLanguages(t *testing.T, text domain.Text) []string {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	portuguese, english := texts.Text(i18n.Portuguese, text.Key, text.Data), texts.Text(i18n.English, text.Key, text.Data)
	require.NotEqual(t, portuguese, english, text.Key)
	return []string{portuguese, english}
}

// requireExplained fails where the verdict's title or next step is missing or no sentence in one of the languages.
func requireExplained(t *testing.T, v Verdict) {
	t.Helper()
	next, ok := v.Text().Data["Next"].(domain.Text)
	require.True(t, ok, v.Code)
	for _, sentence := range append(inBothLanguages(t, v.What()), inBothLanguages(t, next)...) {
		require.True(t, strings.HasSuffix(sentence, "."), sentence)
	}
}

func TestEveryDocumentedCode(t *testing.T) {
	for class, codes := range documented() {
		for _, code := range codes {
			t.Run(strconv.Itoa(code), func(t *testing.T) {
				verdict := ClassifyCode(code)
				require.Equal(t, class, verdict.Class)
				require.Equal(t, Refused, verdict.Outcome)
				require.Equal(t, code, verdict.Code)
				require.NotEqual(t, reasonUnknown, verdict.reason)
				requireExplained(t, verdict)
			})
		}
	}
}

func TestEveryReasonIsExplained(t *testing.T) {
	reasons := map[reason]bool{reasonUnknown: true, reasonNoConnection: true, reasonNoAnswer: true, reasonGateway: true}
	for code := range 200_000 {
		reasons[reasonOf(code)] = true
	}
	titles := map[string]reason{}
	for why := range reasons {
		requireExplained(t, verdictOf(why))
		for _, title := range inBothLanguages(t, verdictOf(why).What()) {
			require.NotContains(t, titles, title, "%s says the same", why)
			titles[title] = why
		}
	}
}

func TestWhatCodesChange(t *testing.T) {
	require.True(t, ClassifyCode(131047).ReopensTemplate)
	require.True(t, ClassifyCode(131050).StopsMarketing)
	require.Equal(t, 24, ClassifyCode(131049).CooldownHours)
	for _, code := range []int{132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 132999} {
		require.True(t, ClassifyCode(code).RefreshTemplate, code)
	}
	for code, on := range map[int]ActsOn{
		131026: OnPhone, 131030: OnPhone, 131021: OnPhone, 132001: OnTemplate, 132015: OnTemplate, 132000: OnVariables, 132012: OnVariables,
		190: OnAccount, 131042: OnAccount, 131056: OnNothing,
	} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			require.Equal(t, on, ClassifyCode(code).ActsOn, code)
		})
	}
	require.Equal(t, ScopePeer, ClassifyCode(131056).Scope)
	require.Equal(t, ScopeNumber, ClassifyCode(130429).Scope)
	require.Equal(t, ScopeAccount, ClassifyCode(80007).Scope)
}

func TestNothingIsSaidWhereNothingIsWrong(t *testing.T) {
	require.Empty(t, Classify(nil).What())
	require.Empty(t, Classify(nil).Text())
}

func TestAStoredVerdictSaysTheSame(t *testing.T) {
	for _, verdict := range []Verdict{ClassifyCode(131026), Classify(&TransportError{}), Classify(&TransportError{Left: true})} {
		stored, err := json.Marshal(verdict)
		require.NoError(t, err)
		var back Verdict
		require.NoError(t, json.Unmarshal(stored, &back))
		require.NotEmpty(t, back.Text())
		require.Equal(t, verdict.Text(), back.Text())
	}
}

func TestUnknownCodes(t *testing.T) {
	for name, test := range map[string]struct {
		refusal APIError
		want    Class
	}{
		"nothing known":         {APIError{HTTPStatus: 400, Code: 999999}, Final},
		"transient":             {APIError{HTTPStatus: 400, Code: 999999, Transient: true}, Retry},
		"server's fault":        {APIError{HTTPStatus: 500, Code: 999999}, Retry},
		"too many":              {APIError{HTTPStatus: 429, Code: 999999}, RetryLater},
		"business use case":     {APIError{HTTPStatus: 400, Code: 80004}, RetryLater},
		"registration":          {APIError{HTTPStatus: 400, Code: 133099}, Admin},
		"unknown object":        {APIError{HTTPStatus: 400, Code: 100, Subcode: 33}, Admin},
		"template not found":    {APIError{HTTPStatus: 400, Code: 100, Subcode: 2593002}, Final},
		"template refused":      {APIError{HTTPStatus: 400, Code: 100, Subcode: 2388293}, Final},
		"known code, transient": {APIError{HTTPStatus: 500, Code: 131026, Transient: true}, Final},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, Classify(&test.refusal).Class, name)
		})
	}
	require.Equal(t, 190, Classify(&APIError{HTTPStatus: 401, Type: "OAuthException"}).Code, "a broken token has two codes")
	require.Zero(t, Classify(&APIError{HTTPStatus: 403}).Code, "and a page none")
	require.Equal(t, OnTemplate, Classify(&APIError{Code: 100, Subcode: 2593002}).ActsOn)
	require.Equal(t, time.Minute, Classify(&APIError{Code: 4, RetryAfter: time.Minute}).RetryAfter)
}

func TestEveryErrorFixture(t *testing.T) {
	for name, body := range fixtures(t, "errors") {
		t.Run(name, func(t *testing.T) {
			if name == "010-131031-fbsamplesissue.json" { // the shape of a webhook's errors list
				body = []byte(`{"error":` + string(body) + `}`)
			}
			refusal, ok := readAPIError(400, http.Header{}, body, time.Now())
			require.True(t, ok)
			var code struct {
				Error struct{ Code int }
			}
			require.NoError(t, json.Unmarshal(body, &code))
			require.Equal(t, code.Error.Code, refusal.Code)
			require.NotEmpty(t, refusal.Message)
			require.NotEqual(t, reasonUnknown, reasonOf(refusal.Code))
			verdict := Classify(refusal)
			require.NotEmpty(t, verdict.Class)
			require.Equal(t, Refused, verdict.Outcome)
			requireExplained(t, verdict)
			t.Logf("%d/%d -> %s, %s", refusal.Code, refusal.Subcode, verdict.Class, verdict.What().Key)
		})
	}
}
