package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// Why an item is a dead letter from the start.
const (
	reasonNoEnvelope  = "the body is no webhook"
	reasonUnreadable  = "the body could not be taken apart"
	reasonUnwritable  = "the item could not be written as JSON"
	reasonOtherSecret = "signed with the app secret of another account"
)

const (
	maxPeer = 180 // bytes of a lane's name

	prefixMessages     = "m:"
	prefixStatuses     = "s:"
	prefixWABA         = "w:"
	prefixDead         = "dead:"
	prefixUnparsedBody = "raw:"
)

// delivery is one POST of Meta's on its way into the inbox.
type delivery struct {
	cache    *AccountCache
	hideName func(name string) (string, error)
	id       string          // the account in the path
	now      int64           // when it was received
	owner    *domain.Account // the account in the path, once found
	fresh    bool            // the cache was refreshed for this delivery: once is enough
	rows     []domain.InboxRow
	ignored  int // items for numbers that are not ours
}

// account finds the account in the path and reports whether it fits. Before a "no" it looks again with a cache that is
// a second old at most: a secret may just have been changed, an account just been made. It returns domain.ErrNotFound
// for an account that does not exist.
func (d *delivery) account(ctx context.Context, fits func(*domain.Account) bool) (bool, error) {
	for {
		account, err := d.cache.Get(ctx, d.id)
		if err == nil {
			d.owner = account
			if fits(account) {
				return true, nil
			}
		} else if !errors.Is(err, domain.ErrNotFound) {
			return false, errors.Wrap(err, "read the account of a delivery")
		}
		if d.fresh {
			return false, err
		}
		read, recheckErr := d.cache.Recheck(ctx)
		if recheckErr != nil {
			return false, errors.Wrap(recheckErr, "read the accounts again")
		}
		if !read {
			return false, err
		}
		d.fresh = true
	}
}

func (d *delivery) refresh(ctx context.Context) error {
	d.fresh = true
	return errors.Wrap(d.cache.Refresh(ctx), "read the accounts again")
}

// read takes the body apart into rows.
func (d *delivery) read(ctx context.Context, body []byte) error {
	items, reason := split(whatsapp.Split, body)
	if reason != "" {
		sum := sha256.Sum256(body)
		return d.append(domain.InboxRow{
			Lane: prefixWABA + d.owner.WABAID, Key: prefixUnparsedBody + hex.EncodeToString(sum[:]), AccountID: d.owner.ID,
			Payload: bytes.Clone(body), Dead: reason, // a clone: the body's buffer is used again
		})
	}
	d.rows = make([]domain.InboxRow, 0, len(items))
	for i := range items {
		if err := d.add(ctx, &items[i]); err != nil {
			return err
		}
	}
	return nil
}

// split takes a body apart and survives a panic of the parser: Meta would send a delivery that breaks us again for days.
func split(parse func([]byte) ([]whatsapp.Item, error), body []byte) (items []whatsapp.Item, reason string) {
	defer func() {
		if recover() != nil {
			items, reason = nil, reasonUnreadable
		}
	}()
	items, err := parse(body)
	if err != nil {
		return nil, reasonNoEnvelope
	}
	return items, ""
}

// add makes an item's row for the account it belongs to. An item that cannot be understood, or that was signed with the
// secret of another account, becomes a dead letter; an item for a number that is not ours is ignored.
func (d *delivery) add(ctx context.Context, item *whatsapp.Item) error {
	account, err := d.recipient(ctx, item)
	if err != nil {
		return err
	}
	if account == nil {
		d.ignored++
		return nil
	}
	reason := item.Reason // of what cannot be understood
	if account.AppSecret != d.owner.AppSecret {
		reason, account = reasonOtherSecret, d.owner
	}
	payload, err := json.Marshal(item)
	if err != nil {
		payload, reason = item.Data, reasonUnwritable
	}
	key := item.Key
	if reason != "" {
		// A key of its own, so that a dead letter does not keep the same item from being stored when it comes rightly signed.
		key = prefixDead + d.owner.ID + ":" + key
	}
	return d.append(domain.InboxRow{
		Lane: lane(account, item), Order: max(item.Timestamp, 0), Key: key, AccountID: account.ID, Payload: payload, Dead: reason,
	})
}

// append adds a row with its lane and key hidden: these outlive the items, and have numbers in them, and ids in which
// numbers are. A row without a time of Meta's has that of its delivery.
func (d *delivery) append(row domain.InboxRow) (err error) {
	if row.Lane, err = d.hideName(row.Lane); err != nil {
		return errors.Wrap(err, "hide a lane")
	}
	row.Key = hideKey(row.Key)
	if row.Order == 0 {
		row.Order = d.now
	}
	d.rows = append(d.rows, row)
	return nil
}

// recipient is the account an item belongs to; nil for a number that is not ours, as an app that several companies use
// or Meta's test button sends it.
func (d *delivery) recipient(ctx context.Context, item *whatsapp.Item) (*domain.Account, error) {
	switch {
	case item.PhoneNumberID == d.owner.PhoneNumberID:
		return d.owner, nil
	case item.PhoneNumberID != "":
		return d.lookUp(ctx, func() (*domain.Account, error) { return d.cache.ByNumber(ctx, item.PhoneNumberID) })
	case item.Peer != "" || item.Kind == whatsapp.KindInvalid || item.WABAID == "" || item.WABAID == d.owner.WABAID:
		// A message without a number is for the account whose address and signature it has.
		if item.Peer != "" {
			item.PhoneNumberID = d.owner.PhoneNumberID
		}
		return d.owner, nil
	default: // news of templates and of the business account name no number
		return d.lookUp(ctx, func() (*domain.Account, error) { return d.ofWABA(ctx, item.WABAID) })
	}
}

// lookUp tries once more with a fresh cache before it returns nil: Meta does not send an ignored item again.
func (d *delivery) lookUp(ctx context.Context, find func() (*domain.Account, error)) (*domain.Account, error) {
	for {
		account, err := find()
		switch {
		case err == nil:
			return account, nil
		case !errors.Is(err, domain.ErrNotFound):
			return nil, errors.Wrap(err, "find the account of an item")
		case d.fresh:
			return nil, nil // it belongs to nobody here, which is no error
		}
		if err := d.refresh(ctx); err != nil {
			return nil, err
		}
	}
}

// ofWABA prefers an account with the signer's secret.
func (d *delivery) ofWABA(ctx context.Context, wabaID string) (*domain.Account, error) {
	accounts, err := d.cache.ByWABA(ctx, wabaID)
	if err != nil {
		return nil, err
	}
	for _, account := range accounts {
		if account.AppSecret == d.owner.AppSecret {
			return account, nil
		}
	}
	if len(accounts) == 0 {
		return nil, domain.ErrNotFound
	}
	return accounts[0], nil
}

// lane names the queue in which items keep their order: one for a customer's messages to a number, one for a message's
// statuses, one for the other news of a business account.
func lane(account *domain.Account, item *whatsapp.Item) string {
	switch {
	case item.Kind == whatsapp.KindStatus:
		return prefixStatuses + short(item.Peer)
	case item.Peer != "":
		return prefixMessages + account.ID + ":" + short(person(item.Peer))
	case item.WABAID != "":
		return prefixWABA + short(item.WABAID)
	default:
		return prefixWABA + short(account.WABAID)
	}
}

// person is the same for a Brazilian number with and without its ninth digit: Meta uses both forms for one customer.
func person(peer string) string {
	if strings.ContainsFunc(peer, func(r rune) bool { return r < '0' || r > '9' }) {
		return peer // a business-scoped user id
	}
	return domain.PhoneKey(peer)
}

// short makes a lane's name fit into its column.
func short(name string) string {
	if len(name) <= maxPeer {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// hideKey hashes WhatsApp's id in a key, because the customer's number is in it. No secret is needed: the id also has a part
// that nobody can guess.
func hideKey(key string) string {
	head, id := "", key
	if dead := strings.SplitN(key, ":", 3); len(dead) == 3 && dead[0]+":" == prefixDead {
		head, id = dead[0]+":"+dead[1]+":", dead[2]
	}
	kind, rest, _ := strings.Cut(id, ":")
	switch kind {
	case "m", "u", "s", "e":
		sum := sha256.Sum256([]byte(rest))
		return head + kind + ":" + hex.EncodeToString(sum[:])
	default: // made of the content, and hashed already
		return key
	}
}
