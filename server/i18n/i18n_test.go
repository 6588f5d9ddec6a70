package i18n

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/template"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// byKey reads all files of one language and fails where two of them hold the same key.
func byKey(t *testing.T, lang string) map[string]string {
	t.Helper()
	names, err := fs.Glob(files, path.Join("texts", lang, "*.json"))
	require.NoError(t, err)
	all := map[string]string{}
	for _, name := range names {
		pairs, err := read(name)
		require.NoError(t, err)
		for key, text := range pairs {
			require.NotContains(t, all, key, "%s holds a key of another file", name)
			all[key] = text
		}
	}
	return all
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	placeholder := regexp.MustCompile(`\{\{[^}]*\}\}`)
	placeholders := func(text string) []string {
		found := placeholder.FindAllString(text, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	portuguese, english := byKey(t, Portuguese), byKey(t, English)
	require.NotEmpty(t, portuguese)
	for key, text := range portuguese {
		require.Contains(t, english, key, "only in Portuguese")
		require.Equal(t, placeholders(text), placeholders(english[key]), key)
	}
	for key := range english {
		require.Contains(t, portuguese, key, "only in English")
	}
}

func TestEveryTextIsATemplateWithWords(t *testing.T) {
	bundle, err := New()
	require.NoError(t, err)
	for _, lang := range []string{Portuguese, English} {
		for key, text := range byKey(t, lang) {
			require.NotEmpty(t, text, key)
			_, err := template.New(key).Funcs(bundle.funcs(lang, time.UTC)).Parse(text)
			require.NoError(t, err, key)
			require.NotEqual(t, key, bundle.Text(lang, key, nil), "%s has no text in %s", key, lang)
			require.NotContains(t, bundle.Text(lang, key, nil), noValue)
		}
	}
}

func TestText(t *testing.T) {
	bundle, err := New()
	require.NoError(t, err)
	require.Equal(t, "no.such.key", bundle.Text("pt-BR", "no.such.key", nil))
	require.Equal(t, "no.such.key", bundle.Text("xx", "no.such.key", map[string]any{"A": 1}))
	require.Empty(t, bundle.Text("en", "", nil))

	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for key := range byKey(t, English) {
				_ = bundle.Text(Portuguese, key, map[string]any{"Name": "{{.Name}}"})
			}
		})
	}
	wait.Wait()
}

func TestLang(t *testing.T) {
	for locale, want := range map[string]string{
		"pt": "pt-BR", "pt-BR": "pt-BR", "pt_BR": "pt-BR", "PT-pt": "pt-BR",
		"": "en", "en": "en", "en-AU": "en", "es": "en", "ptx": "en", "de": "en",
	} {
		t.Run(locale, func(t *testing.T) {
			require.Equal(t, want, Lang(locale), locale)
		})
	}
}

func TestClockAt(t *testing.T) {
	brasilia := time.FixedZone("BRT", -3*3600)
	now := time.Date(2026, 11, 23, 1, 30, 0, 0, time.UTC).UnixMilli() // 22 November, 22:30 there
	for name, c := range map[string]struct {
		lang string
		at   time.Time
		in   *time.Location
		want string
	}{
		"today":                {"pt-BR", time.Date(2026, 11, 22, 17, 32, 0, 0, time.UTC), brasilia, "14:32"},
		"today there, not UTC": {"en", time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), brasilia, "22:00"},
		"tomorrow":             {"pt-BR", time.Date(2026, 11, 23, 17, 32, 0, 0, time.UTC), brasilia, "23/11 14:32"},
		"tomorrow, English":    {"en", time.Date(2026, 11, 23, 17, 32, 0, 0, time.UTC), brasilia, "Nov 23, 14:32"},
		"another year":         {"pt-BR", time.Date(2027, 11, 22, 17, 32, 0, 0, time.UTC), brasilia, "22/11/2027 14:32"},
		"no location":          {"en", time.Date(2026, 11, 23, 17, 32, 0, 0, time.UTC), nil, "17:32"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, ClockAt(c.lang, c.at.UnixMilli(), now, c.in), name)
		})
	}
}

func TestWhenAt(t *testing.T) {
	now := time.Date(2026, 11, 29, 20, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time][2]string{
		now.Add(-6 * time.Hour):  {"às 14:00", "at 14:00"},
		now.Add(-30 * time.Hour): {"em 28/11 14:00", "on Nov 28, 14:00"},
	} {
		require.Equal(t, want[0], WhenAt(Portuguese, at.UnixMilli(), now.UnixMilli(), nil))
		require.Equal(t, want[1], WhenAt(English, at.UnixMilli(), now.UnixMilli(), nil))
	}
}

func TestAmount(t *testing.T) {
	for _, c := range []struct {
		lang, currency, want string
		micros               int64
	}{
		{"pt-BR", "BRL", "R$ 0,35", 350_000},
		{"en", "BRL", "BRL 0.35", 350_000},
		{"pt-BR", "BRL", "R$ 0,3125", 312_500},
		{"en", "USD", "USD 0.30", 300_000},
		{"pt-BR", "USD", "US$ 1.234.567,80", 1_234_567_800_000},
		{"en", "USD", "USD 1,234.00", 1_234_000_000},
		{"pt-BR", "BRL", "-R$ 2,50", -2_500_000},
		{"en", "BRL", "BRL 1.00", 999_960},
		{"en", "", "0.00", 0},
	} {
		t.Run(c.want, func(t *testing.T) {
			require.Equal(t, c.want, Amount(c.lang, c.micros, c.currency))
		})
	}
}

// fakeExplainer is a value that names its text.
type fakeExplainer string

func (e fakeExplainer) Text() domain.Text { return domain.Text{Key: string(e)} }

func TestFuncsOfTexts(t *testing.T) {
	type money int64
	bundle, err := New()
	require.NoError(t, err)
	funcs := bundle.funcs(Portuguese, time.UTC)
	write := func(text string, data map[string]any) string {
		var b strings.Builder
		require.NoError(t, template.Must(template.New("").Funcs(funcs).Parse(text)).Execute(&b, data))
		return b.String()
	}
	require.Equal(t, "01/01/1970 14:32", write("{{clock .At}}", map[string]any{"At": int64((14*60 + 32) * 60_000)}))
	require.Equal(t, "R$ 0,35", write("{{amount .Sum .Currency}}", map[string]any{"Sum": money(350_000), "Currency": "BRL"}))
	require.Equal(t, "Preencha este campo.", write("{{say .Words}}", map[string]any{"Words": domain.T("variable.required")}))
	require.Equal(t, "Preencha este campo.", write("{{say .Words}}", map[string]any{"Words": fakeExplainer("variable.required")}))
	require.Equal(t, "no text of its own", write("{{say .Words}}", map[string]any{"Words": "no text of its own"}))
	require.Empty(t, write("{{clock .At}}{{amount .Sum .Currency}}", nil))
	require.Equal(t, "soon ~fila soon 1.5", write("{{clock .At}} {{day .To}} {{when .At}} {{amount .Sum .Currency}}", map[string]any{"At": "soon", "To": "~fila", "Sum": 1.5}), "nothing is lost")
	require.Equal(t, "1500,5", write("{{number .N}}", map[string]any{"N": "1500.5"}))
	require.Equal(t, "em 01/01/1970 14:32", write("{{when .At}}", map[string]any{"At": int64((14*60 + 32) * 60_000)}))
}

func TestATextTellsTimesInItsOwnZone(t *testing.T) {
	bundle, err := New()
	require.NoError(t, err)
	at := time.Date(2001, 11, 24, 1, 30, 0, 0, time.UTC).UnixMilli()
	in := bundle.In(time.UTC)
	for zone, want := range map[string]string{
		"": "24/11/2001 01:30", "America/Sao_Paulo": "23/11/2001 23:30", "Asia/Tokyo": "24/11/2001 10:30", "No/Such": "24/11/2001 01:30",
	} {
		t.Run(zone, func(t *testing.T) {
			for range 2 { // the second one from memory
				require.Equal(t, "🟢 Janela aberta até "+want, in.Text(Portuguese, "state.open", map[string]any{"Until": at, "Zone": zone}), zone)
			}
		})
	}
	require.Equal(t, "🟢 Window open until Nov 24, 2001, 01:30", in.Text(English, "state.open", map[string]any{"Until": at}))
}

func TestStampHasTheDay(t *testing.T) {
	at := time.Date(2026, 11, 24, 14, 32, 0, 0, time.UTC).UnixMilli()
	require.Equal(t, "24/11 14:32", Stamp(Portuguese, at, at, nil))
	require.Equal(t, "14:32", ClockAt(Portuguese, at, at, nil))
	require.Equal(t, "Nov 24, 14:32", Stamp(English, at, at, nil))
}

func TestDuration(t *testing.T) {
	minute := time.Minute.Milliseconds()
	for want, ms := range map[string]int64{
		"0 min": 59_999, "1 min": minute, "59 min": 59 * minute, "1 h": 60 * minute, "2 h 15 min": 135 * minute, "1 d": 24 * 60 * minute, "3 d 4 h": (3*24+4)*60*minute + 5,
	} {
		t.Run(want, func(t *testing.T) {
			require.Equal(t, want, Duration(Portuguese, ms))
		})
	}
	require.Equal(t, "0 min", Duration(English, -5))
}
