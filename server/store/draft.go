package store

import (
	"context"
	"strings"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const draftColumns = "id, conversation_id, author_id, root_id, body, state, opening, chosen_by, post_id, send_at, created_at, updated_at"

// maxDraftText is more than Mattermost lets a post have, in characters.
const maxDraftText = 16383

// draftRow is a draft as stored.
type draftRow struct {
	domain.Draft
	FileIDList pq.StringArray `db:"file_id_list"` // of FileIDs
}

func (r *draftRow) draft() *domain.Draft {
	r.FileIDs = r.FileIDList
	return &r.Draft
}

func selectDraft(alias string) string {
	return prefixColumns(alias, draftColumns) + ", " + alias + ".file_ids AS file_id_list"
}

// showOffersAnew is an UPDATE after which the offers of changed drafts are shown anew;
// it follows a WITH whose "changed" has conversation_id, author_id and opening.
const showOffersAnew = `
	UPDATE waa_draft_offers o SET version = o.version + 1 FROM (SELECT DISTINCT conversation_id, author_id, opening FROM changed WHERE opening > 0) d
	WHERE o.conversation_id = d.conversation_id AND o.author_id = d.author_id AND o.opening = d.opening`

// KeepDraft stores a draft once per text and files; see package service.
// It locks the conversation's row: when a customer's message opens the window at the
// same moment, either this statement sees the window or the message sees the draft.
func (s *Store) KeepDraft(ctx context.Context, d *domain.Draft, offer bool, now int64) (*domain.Draft, error) {
	var id string
	err := s.db.GetContext(ctx, &id, `
		WITH c AS MATERIALIZED (
			SELECT c.* FROM waa_conversations c WHERE c.id = $2 FOR SHARE
		), changed AS (
			INSERT INTO waa_drafts (id, conversation_id, author_id, root_id, body, file_ids, fingerprint, opening, send_at, created_at, updated_at)
			SELECT $1, c.id, $3, $4, $5, $6, $7, CASE WHEN $8 AND `+inState(domain.Open, "$9::bigint")+` THEN c.window_from ELSE 0 END, $11, $9, $9 FROM c
			WHERE (SELECT count(*) FROM waa_drafts h WHERE h.conversation_id = $2 AND h.author_id = $3 AND h.state = 'held' AND h.fingerprint <> $7) < $10
			ON CONFLICT (conversation_id, author_id, fingerprint) WHERE state = 'held' DO UPDATE SET root_id = excluded.root_id, updated_at = excluded.updated_at,
				opening = greatest(waa_drafts.opening, excluded.opening), send_at = CASE WHEN excluded.send_at > 0 THEN excluded.send_at ELSE waa_drafts.send_at END
			RETURNING id, conversation_id, author_id, opening
		), offered AS (
			INSERT INTO waa_draft_offers (conversation_id, author_id, opening, created_at)
			SELECT d.conversation_id, d.author_id, d.opening, $9 FROM changed d WHERE d.opening > 0
			ON CONFLICT (conversation_id, author_id, opening) DO UPDATE SET version = waa_draft_offers.version + 1
		)
		SELECT id FROM changed`,
		d.ID, d.ConversationID, d.AuthorID, d.RootID, truncate(strings.TrimSpace(d.Text), maxDraftText), pq.Array(append([]string{}, d.FileIDs...)),
		domain.Fingerprint(d.Text, d.FileIDs), offer, now, domain.MaxDrafts, d.SendAt)
	err = wrapErr(err, "could not keep a draft")
	if errors.Is(err, domain.ErrNotFound) {
		return nil, domain.ErrConflict
	} else if err != nil {
		return nil, err
	}
	return s.Draft(ctx, id)
}

// Draft reads a draft.
func (s *Store) Draft(ctx context.Context, id string) (*domain.Draft, error) {
	var row draftRow
	err := s.db.GetContext(ctx, &row, "SELECT "+selectDraft("d")+" FROM waa_drafts d WHERE d.id = $1", id)
	if err != nil {
		return nil, wrapErr(err, "could not read a draft")
	}
	return row.draft(), nil
}

// DraftsOf lists held and chosen drafts; see package service.
func (s *Store) DraftsOf(ctx context.Context, conversationID, authorID string, page, perPage int) ([]*domain.Draft, int, error) {
	where := "d.conversation_id = ? AND d.state IN ('held', 'chosen')"
	args := []any{conversationID}
	if authorID != "" {
		where += " AND d.author_id = ?"
		args = append(args, authorID)
	}
	rows, total, err := selectPage[draftRow](ctx, s.db, builder().Select(selectDraft("d")).From("waa_drafts d").Where(where, args...).OrderBy("d.ord"),
		builder().Select("count(*)").From("waa_drafts d").Where(where, args...), page, perPage)
	return draftsOf(rows), total, err
}

func draftsOf(rows []*draftRow) []*domain.Draft {
	drafts := make([]*domain.Draft, len(rows))
	for i, row := range rows {
		drafts[i] = row.draft()
	}
	return drafts
}

// ChooseDrafts claims held drafts for sending; see package service.
func (s *Store) ChooseDrafts(ctx context.Context, ids []string, by string, now int64) ([]string, error) {
	return s.stringArray(ctx, "could not choose drafts", `
		WITH changed AS (
			UPDATE waa_drafts SET state = 'chosen', chosen_by = $2, chosen_at = `+clock+`, lease_until = 0, attempts = 0, updated_at = $3
			WHERE id = ANY($1) AND state = 'held' RETURNING id, conversation_id, author_id, opening
		), shown AS (`+showOffersAnew+`)
		SELECT coalesce(array_agg(id), '{}') FROM changed`, pq.Array(ids), by, now)
}

// PurgeDrafts forgets drafts that were sent or dropped before a moment, and the offers that list none.
func (s *Store) PurgeDrafts(ctx context.Context, before int64) error {
	_, err := exec(ctx, s.db, "DELETE FROM waa_drafts WHERE state IN ('sent', 'dropped') AND updated_at < $1", before)
	if err != nil {
		return wrapErr(err, "could not forget old drafts")
	}
	_, err = exec(ctx, s.db, `DELETE FROM waa_draft_offers o WHERE o.created_at < $1 AND o.shown >= o.version AND NOT EXISTS (
		SELECT 1 FROM waa_drafts d WHERE d.conversation_id = o.conversation_id AND d.author_id = o.author_id AND d.opening = o.opening)`, before)
	return wrapErr(err, "could not forget old offers")
}
