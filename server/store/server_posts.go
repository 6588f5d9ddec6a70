package store

import (
	"context"

	"github.com/lib/pq"
	"github.com/mattermost/mattermost/server/public/model"
)

// The plugin API reads from caches that, without a licence, other nodes of the cluster
// do not invalidate. So everything that a decision depends on is read from the server's
// own tables.

// serverPostColumns are the columns of a model.Post, named as its fields in lower case: that is how a row finds them.
const serverPostColumns = `p.id, coalesce(p.createat, 0) AS createat, coalesce(p.updateat, 0) AS updateat, coalesce(p.editat, 0) AS editat, coalesce(p.deleteat, 0) AS deleteat,
	coalesce(p.ispinned, false) AS ispinned, p.userid, p.channelid, coalesce(p.rootid, '') AS rootid,
	coalesce(p.originalid, '') AS originalid, coalesce(p.message, '') AS message, coalesce(p.type, '') AS type, coalesce(p.props, '{}')::text AS props,
	coalesce(nullif(p.fileids, ''), '[]')::text AS fileids, coalesce(p.hasreactions, false) AS hasreactions`

// ServerPost reads a post as it is now, a deleted one too; domain.ErrNotFound.
func (s *Store) ServerPost(ctx context.Context, id string) (*model.Post, error) {
	post := &model.Post{}
	err := s.db.GetContext(ctx, post, "SELECT "+serverPostColumns+" FROM posts p WHERE p.id = $1"+hot, id)
	return post, wrapErr(err, "could not read a post")
}

// FindServerPost looks for a post of some users with a property among those of a
// channel created since a moment (milliseconds since epoch, the server's
// clock), deleted ones too: the first of several. domain.ErrNotFound.
func (s *Store) FindServerPost(ctx context.Context, channelID string, userIDs []string, since int64, prop, value string) (string, error) {
	var id string
	// what was created since was changed since, and that is what there is an index of
	err := s.db.GetContext(ctx, &id, `SELECT p.id FROM posts p WHERE p.channelid = $1 AND p.updateat >= $3 AND p.createat >= $3 AND p.userid = ANY($2)
		AND coalesce(p.originalid, '') = '' AND p.props ->> $4::text = $5 ORDER BY p.createat, p.id LIMIT 1`, channelID, pq.Array(userIDs), since, prop, value)
	return id, wrapErr(err, "could not look for a post")
}

// SecondServerPosts lists the other posts of a post's author in its channel that have the
// same value in a property and were created within ten minutes of it; deleted ones are left out.
func (s *Store) SecondServerPosts(ctx context.Context, postID, prop string) ([]string, error) {
	ids := []string{}
	err := s.db.SelectContext(ctx, &ids, `SELECT d.id FROM posts p JOIN posts d ON d.channelid = p.channelid AND d.updateat >= p.createat - 600000
			AND d.createat BETWEEN p.createat - 600000 AND p.createat + 600000 AND d.userid = p.userid AND d.id <> p.id
			AND d.deleteat = 0 AND coalesce(d.originalid, '') = '' AND d.props ->> $2::text = p.props ->> $2::text
		WHERE p.id = $1`, postID, prop)
	return ids, wrapErr(err, "could not look for second posts")
}

// MissedServerPosts lists what people posted in a channel between two moments
// (milliseconds since epoch, the server's clock) that no message of ours knows,
// oldest first; deleted and system posts are left out.
func (s *Store) MissedServerPosts(ctx context.Context, channelID string, botIDs []string, since, until int64) ([]*model.Post, error) {
	posts := []*model.Post{}
	err := s.db.SelectContext(ctx, &posts, "SELECT "+serverPostColumns+` FROM posts p
		WHERE p.channelid = $1 AND p.deleteat = 0 AND p.createat >= $3 AND p.createat <= $4 AND p.userid <> ALL($2)
			AND p.type NOT LIKE 'system\_%' AND coalesce(p.originalid, '') = ''
			AND NOT EXISTS (SELECT 1 FROM waa_messages m WHERE m.post_id = p.id AND m.post_id <> '')
		ORDER BY p.createat, p.id`, channelID, pq.Array(botIDs), since, until)
	return posts, wrapErr(err, "could not read the posts of a channel")
}

// ServerReactions lists the reactions to a post.
func (s *Store) ServerReactions(ctx context.Context, postID string) ([]*model.Reaction, error) {
	reactions := []*model.Reaction{}
	err := s.db.SelectContext(ctx, &reactions, `SELECT userid, postid, emojiname, createat
		FROM reactions WHERE postid = $1 AND coalesce(deleteat, 0) = 0 ORDER BY createat, userid, emojiname`, postID)
	return reactions, wrapErr(err, "could not read the reactions to a post")
}
