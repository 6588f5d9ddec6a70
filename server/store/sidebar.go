package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// MarkSidebars makes the categories of people in a team due.
func (s *Store) MarkSidebars(ctx context.Context, teamID string, userIDs []string) error {
	_, err := exec(ctx, s.db, `INSERT INTO waa_sidebars (user_id, team_id, due_at)
		SELECT t.u, $1, `+clock+` FROM (SELECT DISTINCT u FROM unnest($2::text[]) u WHERE u <> '') t ORDER BY t.u
		ON CONFLICT (user_id, team_id) DO UPDATE SET due_at = CASE WHEN waa_sidebars.due_at < excluded.due_at THEN waa_sidebars.due_at + 1 ELSE excluded.due_at END`+hot,
		teamID, pq.Array(userIDs))
	return wrapErr(err, "could not mark sidebars")
}

// ClaimSidebars leases up to n categories that are due, with the channels that belong in them.
func (s *Store) ClaimSidebars(ctx context.Context, length time.Duration, n int) ([]domain.Sidebar, error) {
	rows := []struct {
		domain.Sidebar
		Wanted pq.StringArray
	}{}
	categories := lease{table: "waa_sidebars", key: "user_id, team_id", until: "lease_until", length: "$1::bigint", most: "$2"}
	err := s.db.SelectContext(ctx, &rows, `
		`+hot+categories.claim(due{where: "t.due_at <= " + clock, order: "t.due_at"})+`
		SELECT s.user_id, s.team_id, s.category_id, s.due_at, ARRAY(
			SELECT t.channel_id FROM (
				SELECT c.channel_id, c.created_at FROM waa_conversations c WHERE c.owner_id = s.user_id AND c.owner_id <> '' AND c.team_id = s.team_id AND `+conversationOpen+`
				UNION SELECT c.channel_id, c.created_at FROM waa_conversations c WHERE c.attendant_id = s.user_id AND c.attendant_id <> '' AND c.team_id = s.team_id AND `+conversationOpen+`
			) t JOIN channelmembers m ON m.channelid = t.channel_id AND m.userid = s.user_id
			ORDER BY t.created_at DESC, t.channel_id LIMIT $3
		) AS wanted FROM claimed s`, length.Milliseconds(), n, domain.MaxSidebar)
	if err != nil {
		return nil, wrapErr(err, "could not claim sidebars")
	}
	sidebars := make([]domain.Sidebar, len(rows))
	for i, row := range rows {
		sidebars[i] = row.Sidebar
		sidebars[i].Channels = row.Wanted
	}
	return sidebars, nil
}

// SidebarCategory records the category that was made or found, at once: a crash makes no second one.
func (s *Store) SidebarCategory(ctx context.Context, userID, teamID, categoryID string) error {
	return execOne(ctx, s.db, "could not record a category", "UPDATE waa_sidebars SET category_id = $3 WHERE user_id = $1 AND team_id = $2", userID, teamID, categoryID)
}

// SidebarShown gives the lease back; the category is looked at again after the
// pause, or at once if it became due meanwhile.
func (s *Store) SidebarShown(ctx context.Context, userID, teamID string, dueAt int64, pause time.Duration) error {
	return execOne(ctx, s.db, "could not end a sidebar", `UPDATE waa_sidebars SET lease_until = 0,
		due_at = CASE WHEN due_at = $3 THEN `+clock+` + $4::bigint ELSE due_at END WHERE user_id = $1 AND team_id = $2`, userID, teamID, dueAt, pause.Milliseconds())
}

// ConversationChannels tells which of the channels are conversations'.
func (s *Store) ConversationChannels(ctx context.Context, channelIDs []string) (map[string]bool, error) {
	ids, err := s.stringArray(ctx, "could not look for channels",
		"SELECT coalesce(array_agg(channel_id), '{}') FROM waa_conversations WHERE channel_id = ANY($1) AND channel_id <> ''", pq.Array(channelIDs))
	ours := make(map[string]bool, len(ids))
	for _, id := range ids {
		ours[id] = true
	}
	return ours, err
}
