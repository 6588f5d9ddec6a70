package webhook

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pkg/errors"
)

const (
	maxBody = 4 << 20 // bytes
	// maxKeptBuffer is up to which size a buffer is used again: most deliveries are small, and one large delivery must
	// not hold its memory for ever.
	maxKeptBuffer = 256 << 10
)

// How many bytes of deliveries are held at once: of small ones, which most are, and of large ones, which anybody who
// knows an account's id can send.
const (
	smallBudget = 32 << 20
	largeBudget = 4 * maxBody
	// minCharge is what a delivery costs besides its body.
	minCharge = 16 << 10
)

// bodies reads the bodies of deliveries within a fixed amount of memory. The zero value is ready.
type bodies struct {
	buffers      sync.Pool // of *bytes.Buffer
	small, large memoryBudget
}

// memoryBudget counts the bytes that are held.
type memoryBudget struct{ held atomic.Int64 }

func (b *memoryBudget) acquire(n, limit int64) bool {
	if b.held.Add(n) <= limit {
		return true
	}
	b.held.Add(-n)
	return false
}

// reserve takes memory for a delivery's body before any of it is read; errBusy when there is none, and Meta sends the
// delivery again. A body without a signature is not kept and needs no memory.
func (b *bodies) reserve(r *http.Request, signature string) (free func(), err error) {
	length := contentLength(r)
	if strings.TrimSpace(signature) == "" || length > maxBody {
		return func() {}, nil
	}
	budget, limit := &b.small, int64(smallBudget)
	switch {
	case length > maxKeptBuffer:
		budget, limit = &b.large, largeBudget
	case length == 0: // unknown, so it may be as large as any
		budget, limit, length = &b.large, largeBudget, maxBody
	}
	length = max(length, minCharge)
	if !budget.acquire(length, limit) {
		return nil, errBusy
	}
	return func() { budget.held.Add(-length) }, nil
}

func (b *bodies) buffer() *bytes.Buffer {
	if buffer, ok := b.buffers.Get().(*bytes.Buffer); ok {
		return buffer
	}
	return new(bytes.Buffer)
}

func (b *bodies) release(buffer *bytes.Buffer) {
	if buffer.Cap() <= maxKeptBuffer {
		buffer.Reset()
		b.buffers.Put(buffer)
	}
}

// readBody reads the body into a buffer. A body without a signature is counted and thrown away, so that a stranger
// costs no memory.
func readBody(into *bytes.Buffer, w http.ResponseWriter, r *http.Request, signature string) error {
	if r.Body == nil {
		return nil
	}
	body := http.MaxBytesReader(w, r.Body, maxBody)
	var err error
	switch length := contentLength(r); {
	case length > maxBody:
		err = &http.MaxBytesError{Limit: maxBody}
	case strings.TrimSpace(signature) == "":
		if _, err = io.Copy(io.Discard, body); err == nil {
			return errWrongSignature
		}
	case length > 0 && length <= maxKeptBuffer: // exactly so many: each read is a remote call, also one that only finds the end
		into.Grow(int(length))
		whole := into.AvailableBuffer()[:length]
		if _, err = io.ReadFull(body, whole); err == nil {
			into.Write(whole)
		}
	default:
		_, err = into.ReadFrom(body)
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return errTooLarge
	}
	return errors.Wrap(err, "read a delivery") // the connection broke: Meta sends it again
}

// contentLength is the body's length by its header, which the server has checked against the body; 0 where there is no
// header. A plugin's request carries it in no other field.
func contentLength(r *http.Request) int64 {
	length, err := strconv.ParseInt(r.Header.Get("Content-Length"), 10, 64)
	if err != nil || length < 0 {
		return 0
	}
	return length
}
