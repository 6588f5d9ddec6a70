package store

import (
	"context"
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// changeRow is domain.PriceChange at rest.
type changeRow struct {
	From   int64      `json:"from"`
	Prices priceTable `json:"prices"`
}

func encodeChanges(changes []domain.PriceChange) (string, error) {
	rows := make([]changeRow, len(changes))
	for i, c := range changes {
		rows[i] = changeRow{c.From, priceTable{int64(c.Prices.Marketing), int64(c.Prices.Utility), int64(c.Prices.Authentication), int64(c.Prices.Service)}}
	}
	data, err := json.Marshal(rows)
	return string(data), errors.Wrap(err, "could not encode price changes")
}

func decodeChanges(data []byte) ([]domain.PriceChange, error) {
	if len(data) == 0 {
		return nil, nil
	}
	var rows []changeRow
	if err := json.Unmarshal(data, &rows); err != nil {
		return nil, errors.Wrap(err, "could not decode price changes")
	}
	var changes []domain.PriceChange
	for _, r := range rows {
		changes = append(changes, domain.PriceChange{From: r.From, Prices: domain.Prices{
			Marketing: domain.Money(r.Prices.Marketing), Utility: domain.Money(r.Prices.Utility),
			Authentication: domain.Money(r.Prices.Authentication), Service: domain.Money(r.Prices.Service),
		}})
	}
	return changes, nil
}

func decodeList(data []byte) (domain.PriceList, error) {
	changes, err := decodeChanges(data)
	return domain.PriceList(changes), err
}

const approvalColumns = "id, plan_id, queue_id, monthly_limit, currency, prices, price_changes, approved_by, approved_at, ended_by, ended_at"

type approvalRow struct {
	domain.PlanApproval
	Prices       []byte `db:"prices"`
	PriceChanges []byte `db:"price_changes"`
}

// PlanApprovals lists the approvals of a plan, newest first; page counts from
// 0. ErrNotFound where there never was such a plan.
func (s *Store) PlanApprovals(ctx context.Context, planID string, page, perPage int) ([]*domain.PlanApproval, int, error) {
	from := builder().Select().From("waa_plan_approvals").Where("plan_id = ?", planID)
	rows, total, err := selectPage[approvalRow](ctx, s.db, from.Columns(approvalColumns).OrderBy("approved_at DESC", "id"), from.Columns("count(*)"), page, perPage)
	if err != nil {
		return nil, 0, err
	}
	if total == 0 {
		if _, err := s.Plan(ctx, planID); err != nil {
			return nil, 0, err
		}
	}
	approvals := make([]*domain.PlanApproval, len(rows))
	for i, row := range rows {
		if row.PlanApproval.Prices, err = decodePrices(row.Prices); err != nil {
			return nil, 0, err
		}
		if row.PlanApproval.PriceChanges, err = decodeChanges(row.PriceChanges); err != nil {
			return nil, 0, err
		}
		approvals[i] = &row.PlanApproval
	}
	return approvals, total, nil
}
