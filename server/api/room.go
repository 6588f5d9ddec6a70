package api

import (
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// What is held of deliveries at once, in bytes: of small ones, which most are, and
// of large ones, which anybody who knows an account's id can send.
const (
	smallRoom = 32 << 20
	largeRoom = 4 * maxDelivery
	// leastTaken is what a delivery costs besides its body.
	leastTaken = 16 << 10
)

// room is memory that is lent, and never more than there is.
type room struct{ taken atomic.Int64 }

func (r *room) take(n, size int64) bool {
	if r.taken.Add(n) <= size {
		return true
	}
	r.taken.Add(-n)
	return false
}

var errFull = domain.Refuse(domain.CodeUnavailable, domain.Text{})

// enter takes room for a delivery's body, or says that there is none: Meta sends
// it again. A body without a signature is not kept and needs none.
func (h *webhook) enter(r *http.Request, signature string) (leave func(), err error) {
	length := announced(r)
	if strings.TrimSpace(signature) == "" || length > maxDelivery {
		return func() {}, nil
	}
	where, size := &h.small, int64(smallRoom)
	switch {
	case length > keptBuffer:
		where, size = &h.large, largeRoom
	case length == 0: // it does not say
		where, size, length = &h.large, largeRoom, maxDelivery
	}
	length = max(length, leastTaken)
	if !where.take(length, size) {
		return nil, errFull
	}
	return func() { where.taken.Add(-length) }, nil
}
