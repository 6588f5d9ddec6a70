package i18n

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// funcs are the functions that a text can call. They write nothing for a value that is missing, and one of another type as it is, so that
// whoever reads the text misses nothing.
func (b *Bundle) funcs(lang string, in *time.Location) template.FuncMap {
	return template.FuncMap{
		"clock": func(ms any) string {
			if n, ok := integer(ms); ok {
				return Clock(lang, n, in)
			}
			return asItIs(ms)
		},
		"when": func(ms any) string {
			if n, ok := integer(ms); ok {
				return WhenAt(lang, n, time.Now().UnixMilli(), in)
			}
			return asItIs(ms)
		},
		"day": func(ms any) string {
			if n, ok := integer(ms); ok {
				return Day(lang, n, in)
			}
			return asItIs(ms)
		},
		"stamp": func(ms any) string {
			if n, ok := integer(ms); ok {
				return Stamp(lang, n, time.Now().UnixMilli(), in)
			}
			return asItIs(ms)
		},
		"number": func(v any) string { // one that is kept with a point for its decimals
			if Lang(lang) == Portuguese {
				return strings.ReplaceAll(asItIs(v), ".", ",")
			}
			return asItIs(v)
		},
		"lasting": func(ms any) string {
			if n, ok := integer(ms); ok {
				return Duration(lang, n)
			}
			return asItIs(ms)
		},
		"say": func(v any) string {
			switch v := v.(type) {
			case domain.Text:
				return b.Text(lang, v.Key, v.Data)
			case domain.Explainer:
				text := v.Text()
				return b.Text(lang, text.Key, text.Data)
			case escapedText:
				return markdown.Escape(b.Text(lang, v.Key, v.Data))
			}
			return asItIs(v)
		},
		"amount": func(micros, currency any) string {
			if n, ok := integer(micros); ok && currency != nil {
				return Amount(lang, n, fmt.Sprint(currency))
			}
			return asItIs(micros)
		},
	}
}

// asItIs writes a value that a function has no form for. In a post it was escaped before.
func asItIs(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// integer reads a value of any integer type, named types too.
func integer(v any) (n int64, ok bool) {
	if value := reflect.ValueOf(v); value.IsValid() && value.CanInt() {
		return value.Int(), true
	}
	return 0, false
}

// Clock writes a moment, milliseconds since epoch: "14:32" if it is today, else with its day. A nil location is UTC.
func Clock(lang string, ms int64, in *time.Location) string {
	return ClockAt(lang, ms, time.Now().UnixMilli(), in)
}

// ClockAt is Clock with a given moment for now, milliseconds since epoch.
func ClockAt(lang string, ms, now int64, in *time.Location) string {
	if in == nil {
		in = time.UTC
	}
	at, today := time.UnixMilli(ms).In(in), time.UnixMilli(now).In(in)
	if at.Year() == today.Year() && at.YearDay() == today.YearDay() {
		return at.Format("15:04")
	}
	return Stamp(lang, ms, now, in)
}

// WhenAt is ClockAt with the word before it that a sentence needs: "às 14:32" if it is today, else "em 02/01 14:32".
func WhenAt(lang string, ms, now int64, in *time.Location) string {
	clock := ClockAt(lang, ms, now, in)
	today := len(clock) == len("15:04")
	switch portuguese := Lang(lang) == Portuguese; {
	case portuguese && today:
		return "às " + clock
	case portuguese:
		return "em " + clock
	case today:
		return "at " + clock
	}
	return "on " + clock
}

// Day writes the day of a moment, milliseconds since epoch. A nil location is UTC.
func Day(lang string, ms int64, in *time.Location) string {
	if in == nil {
		in = time.UTC
	}
	if Lang(lang) == Portuguese {
		return time.UnixMilli(ms).In(in).Format("02/01/2006")
	}
	return time.UnixMilli(ms).In(in).Format(time.DateOnly)
}

// Stamp writes a moment with its day, and with its year if that is not the year of now; both are milliseconds since epoch.
// A nil location is UTC.
func Stamp(lang string, ms, now int64, in *time.Location) string {
	if in == nil {
		in = time.UTC
	}
	at, today := time.UnixMilli(ms).In(in), time.UnixMilli(now).In(in)
	portuguese := Lang(lang) == Portuguese
	switch {
	case at.Year() == today.Year() && portuguese:
		return at.Format("02/01 15:04")
	case at.Year() == today.Year():
		return at.Format("Jan 2, 15:04")
	case portuguese:
		return at.Format("02/01/2006 15:04")
	default:
		return at.Format("Jan 2, 2006, 15:04")
	}
}

// Duration writes a duration in milliseconds by its two largest units: "3 d 4 h", "2 h 15 min", "0 min".
func Duration(_ string, ms int64) string {
	minutes := max(0, ms) / time.Minute.Milliseconds()
	days, hours := minutes/(24*60), minutes/60%24
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case days > 0:
		return fmt.Sprintf("%d d", days)
	case hours > 0 && minutes%60 > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	default:
		return fmt.Sprintf("%d min", minutes)
	}
}

// Amount writes millionths of a currency's main unit with two decimals, or up to four if the amount has them: "R$ 0,35",
// "BRL 0.35".
func Amount(lang string, micros int64, currency string) string {
	group, point, symbol := ",", ".", currency
	if Lang(lang) == Portuguese {
		group, point, symbol = ".", ",", portugueseSymbol(currency)
	}
	sign := ""
	if micros < 0 {
		sign, micros = "-", -micros
	}
	tenThousandths := (micros + 50) / 100
	whole := strconv.FormatInt(tenThousandths/10_000, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	decimals := strconv.FormatInt(10_000+tenThousandths%10_000, 10)[1:]
	for len(decimals) > 2 && decimals[len(decimals)-1] == '0' {
		decimals = decimals[:len(decimals)-1]
	}
	return strings.TrimSpace(sign + symbol + " " + whole + point + decimals)
}

func portugueseSymbol(currency string) string {
	switch currency {
	case "BRL":
		return "R$"
	case "USD":
		return "US$"
	case "EUR":
		return "€"
	default:
		return currency
	}
}
