package whatsapp

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// scanner reads JSON that json.Valid has accepted, and nothing else. Split takes a webhook delivery apart level by level;
// with encoding/json each level was checked and copied again, which was most of a webhook's cost. A library such as gjson
// also walks a level without copying it, but reads whole values with numbers as float64, which would change long ids.
type scanner struct {
	raw []byte
	at  int
}

// next skips white space and separators and returns the byte that follows; 0 at the end.
func (s *scanner) next() byte {
	for ; s.at < len(s.raw); s.at++ {
		switch s.raw[s.at] {
		case ' ', '\t', '\r', '\n', ',', ':':
		default:
			return s.raw[s.at]
		}
	}
	return 0
}

// skip moves behind one value and returns its bytes.
func (s *scanner) skip() []byte {
	first := s.next()
	begin := s.at
	switch first {
	case '"':
		s.skipString()
	case '{', '[':
		for depth := 0; s.at < len(s.raw); {
			switch s.raw[s.at] {
			case '"':
				s.skipString()
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			s.at++
			if depth == 0 {
				break
			}
		}
	default:
		for s.at < len(s.raw) && strings.IndexByte(" \t\r\n,:]}", s.raw[s.at]) < 0 {
			s.at++
		}
	}
	return s.raw[begin:s.at]
}

func (s *scanner) skipString() {
	for s.at++; s.at < len(s.raw); s.at++ {
		switch s.raw[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return
		}
	}
}

// text reads a string; one without escapes costs no call of encoding/json.
func (s *scanner) text() string {
	quoted := s.skip()
	inner := quoted[1 : len(quoted)-1]
	for _, b := range inner {
		if b == '\\' || b >= utf8.RuneSelf && !utf8.Valid(inner) {
			var text string
			if json.Unmarshal(quoted, &text) != nil {
				return ""
			}
			return text
		}
	}
	return string(inner)
}

// value reads a value into the types of encoding/json, with numbers as json.Number.
func (s *scanner) value() any {
	switch s.next() {
	case '{':
		object := map[string]any{}
		for s.at++; s.next() != '}'; {
			name := s.text()
			object[name] = s.value()
		}
		s.at++
		return object
	case '[':
		list := []any{}
		for s.at++; s.next() != ']'; {
			list = append(list, s.value())
		}
		s.at++
		return list
	case '"':
		return s.text()
	}
	switch word := string(s.skip()); word {
	case "true":
		return true
	case "false":
		return false
	case "null", "":
		return nil
	default:
		return json.Number(word)
	}
}
