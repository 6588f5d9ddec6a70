package encryption

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// rotationBatch is how many values one run reads.
	rotationBatch = 200
	// rotationSettled is how long after a key came into force no node encrypts with another one any more.
	rotationSettled = 5 * time.Minute
)

// Rotation encrypts, in the background, with the key in force what other keys encrypted, so that those can be forgotten.
type Rotation struct {
	Encrypter *Encrypter
	// Keys are the key of the settings and the previous one.
	Keys func() (key, previous string)
	// Reencrypt goes through a batch of values; DropKeys forgets all keys but the one in force and one more, once they are old enough.
	Reencrypt func(ctx context.Context, from domain.Reencryption, n int) (domain.Reencryption, error)
	DropKeys  func(ctx context.Context, inForce, alsoKept string) error

	at   domain.Reencryption
	done string       // the keyring with which everything was looked at last
	lost atomic.Int64 // values that no key decrypts
}

// Lost is how many values no key decrypts, as the last complete pass found.
func (r *Rotation) Lost() int { return int(r.lost.Load()) }

// Run goes through one batch; more asks to be called again at once. It also
// finds what other nodes did to the keys. A pass that ended less than
// rotationSettled after the key changed is repeated, because another node may
// have encrypted with the old one meanwhile.
func (r *Rotation) Run(ctx context.Context) (more bool, err error) {
	key, previous := r.Keys()
	if err := r.Encrypter.UseKey(ctx, key, previous); err != nil {
		return false, err
	}
	inForce := r.Encrypter.inForce.Load()
	if r.done == inForce.keyring {
		if r.lost.Load() > 0 || !inForce.given {
			return false, nil
		}
		return false, r.DropKeys(ctx, inForce.name, namesSecret)
	}
	if r.at, err = r.Reencrypt(ctx, r.at, rotationBatch); err != nil {
		return false, err
	}
	if !r.at.Done {
		return true, nil
	}
	r.lost.Store(int64(r.at.Lost))
	r.at = domain.Reencryption{}
	if time.Since(time.UnixMilli(inForce.since)) > rotationSettled {
		r.done = inForce.keyring
	}
	return false, nil
}
