package store

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// serviceCategory is Meta's category of what is no template.
const serviceCategory = "service"

// Types of pricing. The first two are Meta's. The others are stored where a pricing
// came without a type, so that the stored type always tells that there was a pricing.
const (
	freeCustomerService = "free_customer_service"
	freeEntryPoint      = "free_entry_point"
	notBillable         = "not_billable"
	untyped             = "untyped"
)

// pricingTold is what the first pricing of a message said, as it is stored; both are
// "" where no status had a pricing yet.
type pricingTold struct{ category, kind string }

// pricing reads the pricing of a status.
func pricing(change *domain.StatusChange) pricingTold {
	p := pricingTold{category: truncate(strings.ToLower(change.Category), 32), kind: truncate(strings.ToLower(change.PricingType), 40)}
	switch {
	case p.free():
	case !change.Billable:
		p.kind = notBillable
	case p.kind == "":
		p.kind = untyped
	}
	return p
}

// free tells that Meta does not charge. A type that we do not know may be billed.
func (p pricingTold) free() bool {
	return p.kind == freeCustomerService || p.kind == freeEntryPoint || p.kind == notBillable
}

// bill is all that the charge of a delivered message depends on.
type bill struct {
	charge   domain.Charge // as reserved, or as settled without a pricing; State "" = there is none
	ours     string        // the category the message has if Meta does not say
	told     pricingTold
	prices   *domain.Prices // approved last for the queue; nil = none
	currency string         // of prices
	service  int            // other service messages of the number this month, counted up to quota
	quota    int            // how many of them are free
}

func (b *bill) category() string {
	return firstNonEmpty(b.told.category, firstNonEmpty(b.charge.Category, b.ours))
}

// withinQuota tells that the message is free as one of the month's first service messages.
func (b *bill) withinQuota() bool {
	return b.category() == serviceCategory && !b.told.free() && b.service < b.quota
}

// settle works out the charge from the bill alone, so that the order in which
// statuses come does not matter.
func (b *bill) settle() domain.Charge {
	c, category := b.charge, b.category()
	switch {
	case b.told.free(), b.withinQuota():
		if c.State == "" && b.prices != nil {
			c.Currency = b.currency
		}
		c.State, c.Amount = domain.ChargeFree, 0
	case category == c.Category && (c.State == domain.ChargeReserved || c.State == domain.ChargeBilled):
		c.State = domain.ChargeBilled // at the price it was reserved for
	default:
		c.State = domain.ChargeBilled
		if b.prices != nil {
			c.Amount, c.Currency = b.prices.Of(category), b.currency
		}
	}
	c.Category = category
	return c
}

// ServiceMessages counts a number's service messages of the month that begins at month, up to most.
func (s *Store) ServiceMessages(ctx context.Context, accountID string, month int64, most int) (count int, err error) {
	err = s.db.GetContext(ctx, &count, "SELECT "+countService("$1", "''", "$2", "$3", "$4"), accountID, month, nextMonth(month), most)
	return count, wrapErr(err, "could not count the service messages")
}
