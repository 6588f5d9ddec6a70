package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ClaimDraft leases the next chosen draft of an author in a conversation, or of anybody
// where conversationID is ""; domain.ErrNotFound where there is none. An author's drafts
// go one after the other.
func (s *Store) ClaimDraft(ctx context.Context, conversationID, authorID string, length time.Duration) (*domain.DraftJob, error) {
	var row struct {
		draftRow
		ChannelID string `db:"channel_id"`
		ChosenAt  int64  `db:"chosen_at"`
		Attempts  int    `db:"attempts"`
	}
	chosen := lease{table: "waa_drafts", key: "id", until: "lease_until", set: "attempts = t.attempts + 1", length: "$3::bigint", most: "1"}
	err := s.db.GetContext(ctx, &row, `
		`+hot+chosen.claim(due{where: `t.state = 'chosen' AND ($1 = '' OR t.conversation_id = $1 AND t.author_id = $2)
			AND NOT EXISTS (SELECT 1 FROM waa_drafts e WHERE e.conversation_id = t.conversation_id AND e.author_id = t.author_id AND e.state = 'chosen'
				AND (e.ord < t.ord OR e.lease_until > ` + clock + `))`, order: "t.ord"})+`
		SELECT `+selectDraft("d")+`, c.channel_id, d.chosen_at, d.attempts FROM claimed d JOIN waa_conversations c ON c.id = d.conversation_id`,
		conversationID, authorID, length.Milliseconds())
	if err != nil {
		return nil, wrapErr(err, "could not claim a draft")
	}
	return &domain.DraftJob{Draft: *row.draft(), ChannelID: row.ChannelID, ChosenAt: row.ChosenAt, Attempts: row.Attempts}, nil
}

// ChooseDueDrafts claims for sending what was scheduled and is due by the database's clock, as if its author had
// chosen it; ahead as in ClaimScheduled.
func (s *Store) ChooseDueDrafts(ctx context.Context, ahead, now int64) error {
	_, err := exec(ctx, s.db, `
		WITH due AS (
			SELECT id FROM waa_drafts WHERE state = 'held' AND send_at > 0 AND send_at <= `+clock+` + $1::bigint ORDER BY send_at LIMIT 100`+lockFree+`
		), changed AS (
			UPDATE waa_drafts d SET state = 'chosen', chosen_by = d.author_id, chosen_at = `+clock+`, lease_until = 0, attempts = 0, updated_at = $2
			FROM due WHERE d.id = due.id RETURNING d.id, d.conversation_id, d.author_id, d.opening
		)`+showOffersAnew, ahead, now)
	return wrapErr(err, "could not choose the drafts that are due")
}

// DraftSent records the post that a draft became.
func (s *Store) DraftSent(ctx context.Context, id, postID string, now int64) error {
	return s.endDraft(ctx, "could not record a draft's post", "state = 'sent', post_id = $3", id, now, postID)
}

// DraftBack makes a chosen draft a held one again. Where its author wrote the same
// again meanwhile, the new draft stays and this one is dropped.
func (s *Store) DraftBack(ctx context.Context, id string, now int64) error {
	return s.endDraft(ctx, "could not hold a draft again", `send_at = 0, state = CASE WHEN EXISTS (SELECT 1 FROM waa_drafts h WHERE h.conversation_id = d.conversation_id
		AND h.author_id = d.author_id AND h.fingerprint = d.fingerprint AND h.state = 'held') THEN 'dropped' ELSE 'held' END`, id, now)
}

func (s *Store) endDraft(ctx context.Context, doing, set, id string, args ...any) error {
	_, err := exec(ctx, s.db, `
		WITH changed AS (
			UPDATE waa_drafts d SET lease_until = 0, updated_at = $2, `+set+` WHERE id = $1 AND state = 'chosen' RETURNING id, conversation_id, author_id, opening
		)`+showOffersAnew, append([]any{id}, args...)...)
	return wrapErr(err, doing)
}

// ChosenLeft counts which of the drafts are still on their way.
func (s *Store) ChosenLeft(ctx context.Context, ids []string) (int, error) {
	var n int
	err := s.db.GetContext(ctx, &n, "SELECT count(*) FROM waa_drafts WHERE id = ANY($1) AND state = 'chosen'", pq.Array(ids))
	return n, wrapErr(err, "could not look for drafts on their way")
}

// OfferDrafts makes the offers of a conversation whose window opened; see package channelsync.
func (s *Store) OfferDrafts(ctx context.Context, conversationID string, opening, now int64) error {
	_, err := exec(ctx, s.db, `
		WITH moved AS (
			SELECT id, conversation_id, author_id, opening FROM waa_drafts WHERE conversation_id = $1 AND state = 'held' AND opening < $2 FOR UPDATE
		), held AS (
			UPDATE waa_drafts d SET opening = $2 FROM moved m WHERE d.id = m.id
		), changed AS (
			SELECT DISTINCT conversation_id, author_id, opening FROM moved
		), offered AS (
			INSERT INTO waa_draft_offers (conversation_id, author_id, opening, created_at) SELECT DISTINCT conversation_id, author_id, $2::bigint, $3::bigint FROM moved
			ON CONFLICT (conversation_id, author_id, opening) DO UPDATE SET version = waa_draft_offers.version + 1
		)`+showOffersAnew, conversationID, opening, now)
	return wrapErr(err, "could not offer drafts")
}

// ClaimOffers leases up to n offers whose card does not show the latest state of their drafts.
func (s *Store) ClaimOffers(ctx context.Context, length time.Duration, n int) ([]*domain.DraftOffer, error) {
	offers := []*domain.DraftOffer{}
	outdated := lease{
		table: "waa_draft_offers", key: "conversation_id, author_id, opening", until: "lease_until", set: "attempts = t.attempts + 1", length: "$1::bigint", most: "$2",
	}
	err := s.db.SelectContext(ctx, &offers, `
		`+hot+outdated.claim(due{where: "t.shown < t.version", order: "t.created_at"})+`
		SELECT o.conversation_id, o.author_id, o.opening, o.post_id, o.version, o.attempts, c.channel_id, coalesce(q.time_zone, '') AS time_zone
		FROM claimed o JOIN waa_conversations c ON c.id = o.conversation_id LEFT JOIN waa_queues q ON q.id = c.queue_id`, length.Milliseconds(), n)
	return offers, wrapErr(err, "could not claim offers")
}

// OfferShown records what an offer's post shows; see package drafts.
func (s *Store) OfferShown(ctx context.Context, o *domain.DraftOffer) error {
	_, err := exec(ctx, s.db, `UPDATE waa_draft_offers SET post_id = $4, shown = $5, lease_until = 0, attempts = 0
		WHERE conversation_id = $1 AND author_id = $2 AND opening = $3`, o.ConversationID, o.AuthorID, o.Opening, o.PostID, o.Version)
	return wrapErr(err, "could not record an offer")
}

// OfferedDrafts are the drafts that an offer lists, in the order in which they were
// written, also those that were sent or dropped since.
func (s *Store) OfferedDrafts(ctx context.Context, conversationID, authorID string, opening int64) ([]*domain.Draft, error) {
	rows := []*draftRow{}
	err := s.db.SelectContext(ctx, &rows, "SELECT "+selectDraft("d")+" FROM waa_drafts d WHERE d.conversation_id = $1 AND d.author_id = $2 AND d.opening = $3 ORDER BY d.ord",
		conversationID, authorID, opening)
	return draftsOf(rows), wrapErr(err, "could not read offered drafts")
}
