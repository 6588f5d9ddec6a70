package whatsapp

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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

func requireWords(t *testing.T, code int) {
	t.Helper()
	titlePT, nextPT := Words(code, "pt-BR")
	titleEN, nextEN := Words(code, "en")
	for _, text := range []string{titlePT, nextPT, titleEN, nextEN} {
		require.NotEmpty(t, text, code)
		require.True(t, strings.HasSuffix(text, "."), text)
	}
	require.NotEqual(t, titlePT, titleEN, code)
	require.NotEqual(t, nextPT, nextEN, code)
}

func TestEveryDocumentedCode(t *testing.T) {
	unknownPT, _ := Words(999999, "pt-BR")
	unknownEN, _ := Words(999999, "en")
	for class, codes := range documented() {
		for _, code := range codes {
			verdict := ClassifyCode(code)
			require.Equal(t, class, verdict.Class, code)
			require.Equal(t, Refused, verdict.Outcome, code)
			require.Equal(t, code, verdict.Code)
			requireWords(t, code)
			titlePT, _ := Words(code, "pt")
			titleEN, _ := Words(code, "")
			require.NotEqual(t, unknownPT, titlePT, code)
			require.NotEqual(t, unknownEN, titleEN, code)
		}
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	for code := range 200_000 {
		why := reasonOf(code)
		if why == reasonUnknown {
			continue
		}
		require.NotEqual(t, wordsPortuguese(reasonUnknown), wordsPortuguese(why), "%d %s", code, why)
		require.NotEqual(t, wordsEnglish(reasonUnknown), wordsEnglish(why), "%d %s", code, why)
	}
	for _, why := range []reason{reasonNoConnection, reasonNoAnswer, reasonGateway} {
		require.NotEqual(t, wordsPortuguese(reasonUnknown), wordsPortuguese(why))
		require.NotEqual(t, wordsEnglish(reasonUnknown), wordsEnglish(why))
	}
	requireWords(t, 999999)
	requireWords(t, -1)
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
		require.Equal(t, on, ClassifyCode(code).ActsOn, code)
	}
	require.Equal(t, ScopePeer, ClassifyCode(131056).Scope)
	require.Equal(t, ScopeNumber, ClassifyCode(130429).Scope)
	require.Equal(t, ScopeAccount, ClassifyCode(80007).Scope)
	title, next := ClassifyCode(131026).Words("pt-BR")
	require.Contains(t, title, "não tem WhatsApp")
	require.Contains(t, next, "nono dígito")
	title, _ = Classify(nil).Words("pt-BR")
	require.Empty(t, title)
	for _, verdict := range []Verdict{ClassifyCode(131026), Classify(&TransportError{}), Classify(&TransportError{Left: true})} {
		want, _ := verdict.Words("pt-BR")
		stored, err := json.Marshal(verdict)
		require.NoError(t, err)
		var back Verdict
		require.NoError(t, json.Unmarshal(stored, &back))
		got, _ := back.Words("pt-BR")
		require.Equal(t, want, got)
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
		require.Equal(t, test.want, Classify(&test.refusal).Class, name)
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
			requireWords(t, refusal.Code)
			title, next := verdict.Words("pt-BR")
			require.NotEmpty(t, title)
			require.NotEmpty(t, next)
			t.Logf("%d/%d -> %s, %s", refusal.Code, refusal.Subcode, verdict.Class, title)
		})
	}
}
