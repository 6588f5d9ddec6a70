package host

import (
	"github.com/mattermost/mattermost/server/public/model"
)

// GetPostsSince lists what was posted or changed in a channel since a moment, in milliseconds
// since epoch. A node answers from its cache of the channels' last posts where that says that
// there is nothing: what came over another node it may not know of. The plugin no
// longer asks this; an old fault that is put back does.
func (a *API) GetPostsSince(channelID string, since int64) (*model.PostList, *model.AppError) {
	return through2(a, "GetPostsSince", func() (*model.PostList, *model.AppError) {
		list := model.NewPostList()
		if a.n.lastPostAt(channelID) <= since {
			return list, nil
		}
		for _, id := range a.n.server.strings("SELECT id FROM posts WHERE channelid = $1 AND updateat > $2 ORDER BY createat, id", channelID, since) {
			if post := a.n.server.post(id); post != nil {
				list.AddPost(post)
				list.AddOrder(post.Id)
			}
		}
		return list, nil
	})
}
