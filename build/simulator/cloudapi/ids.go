package cloudapi

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
)

// random reads n bytes. If the source ends, the test that provided it is wrong.
func (s *Server) random(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.options.Random, b); err != nil {
		panic("cloudapi: the random source given in Options ended: " + err.Error())
	}
	return b
}

func (s *Server) pick(alphabet string, n int) string {
	out := s.random(n)
	for i, b := range out {
		out[i] = alphabet[int(b)%len(alphabet)]
	}
	return string(out)
}

// digits returns a numeric id of n digits that does not begin with 0.
func (s *Server) digits(n int) string {
	return s.pick("123456789", 1) + s.pick("0123456789", n-1)
}

func (s *Server) hex(n int) string { return hex.EncodeToString(s.random(n / 2)) }

func (s *Server) alphanumeric(n int) string {
	return s.pick("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", n)
}

// trace returns an fbtrace_id: A and 22 characters.
func (s *Server) trace() string {
	return "A" + base64.RawURLEncoding.EncodeToString(s.random(17))[:22]
}

// wamid returns an id with the same structure as Meta's: the customer's number, a mark for the direction, and a random part in uppercase
// hexadecimal.
func (s *Server) wamid(number string, inbound bool) string {
	mark, part := byte(0x11), strings.ToUpper(s.hex(18))
	if inbound {
		mark, part = 0x12, "3A"+strings.ToUpper(s.hex(18))
	}
	b := append([]byte{0x1c, 0x18, byte(len(number))}, number...)
	b = append(b, 0x15, 0x02, 0x00, mark, 0x18, byte(len(part)))
	b = append(b, part...)
	return "wamid." + base64.StdEncoding.EncodeToString(append(b, 0x00))
}
