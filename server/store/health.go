package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	numberFields  = "checked_at, ok, error_code, quality_rating, messaging_limit, number_status, clock_skew"
	tokenFields   = "subscribed, token_checked_at, token_expires_at, scopes"
	healthColumns = "account_id, restriction, " + numberFields + ", " + tokenFields
)

type healthRow struct {
	domain.Health
	Scopes pq.StringArray
}

// Healths reads what Meta said of all accounts, by account id.
func (s *Store) Healths(ctx context.Context) (map[string]*domain.Health, error) {
	rows := []*healthRow{}
	if err := s.db.SelectContext(ctx, &rows, "SELECT "+healthColumns+" FROM waa_account_health"); err != nil {
		return nil, wrapErr(err, "could not read the health of the numbers")
	}
	byAccount := make(map[string]*domain.Health, len(rows))
	for _, row := range rows {
		row.Health.Scopes = row.Scopes
		byAccount[row.AccountID] = &row.Health
	}
	return byAccount, nil
}

// SaveHealth stores what a look at a number found; with token set also what it
// found of the token. What Meta did not say ("") stays as it was.
func (s *Store) SaveHealth(ctx context.Context, h *domain.Health, token bool) error {
	set := "checked_at = excluded.checked_at, ok = excluded.ok, error_code = excluded.error_code, clock_skew = excluded.clock_skew"
	for _, c := range []string{"quality_rating", "messaging_limit", "number_status"} {
		set += ", " + c + " = CASE WHEN excluded." + c + " = '' THEN w." + c + " ELSE excluded." + c + " END"
	}
	if token {
		set += ", " + mapColumns(tokenFields, func(c string) string { return c + " = excluded." + c })
	}
	_, err := execNamed(ctx, s.db, insertInto("waa_account_health AS w", healthColumns)+" ON CONFLICT (account_id) DO UPDATE SET "+set,
		&struct {
			*domain.Health
			Scopes any
		}{truncateHealth(h), pq.Array(append([]string{}, h.Scopes...))})
	return wrapErr(err, "could not store the health of a number")
}

// SaveNumberNews stores what a webhook says of a number at a moment; "" leaves a
// value as it is, "-" takes a restriction off. What is older than the last changes nothing.
func (s *Store) SaveNumberNews(ctx context.Context, accountID, quality, limit, restriction string, at int64) error {
	_, err := exec(ctx, s.db, `INSERT INTO waa_account_health AS w (account_id, quality_rating, messaging_limit, restriction, quality_at, restriction_at)
		VALUES ($1, $2, $3, CASE WHEN $4 = '-' THEN '' ELSE $4 END, CASE WHEN $2 || $3 = '' THEN 0 ELSE $5::bigint END, CASE WHEN $4 = '' THEN 0 ELSE $5 END)
		ON CONFLICT (account_id) DO UPDATE SET
			quality_rating = CASE WHEN $2 = '' OR w.quality_at > $5 THEN w.quality_rating ELSE $2 END,
			messaging_limit = CASE WHEN $3 = '' OR w.quality_at > $5 THEN w.messaging_limit ELSE $3 END,
			quality_at = greatest(w.quality_at, excluded.quality_at),
			restriction = CASE WHEN $4 = '' OR w.restriction_at > $5 THEN w.restriction WHEN $4 = '-' THEN '' ELSE $4 END,
			restriction_at = greatest(w.restriction_at, excluded.restriction_at)`,
		accountID, truncate(quality, 32), truncate(limit, 32), truncate(restriction, 400), at)
	return wrapErr(err, "could not store what a webhook says of a number")
}

func truncateHealth(h *domain.Health) *domain.Health {
	c := *h
	c.QualityRating, c.MessagingLimit, c.NumberStatus = truncate(c.QualityRating, 32), truncate(c.MessagingLimit, 32), truncate(c.NumberStatus, 32)
	return &c
}
