package api

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/channelsync"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/fake"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// fakeMattermost is the server: it keeps posts, and changes the tables in which the store looks for channels and members.
type fakeMattermost struct {
	channelsync.Mattermost // what no test here comes to
	db                     *sql.DB

	language string
	teams    map[string]string          // by channel
	members  map[string][]domain.Member // by channel
	files    fake.Files
	opened   []model.OpenDialogRequest
	posts    []posting.Post
	whispers []string
	err      error // of reads about channels
}

func (f *fakeMattermost) BotID() string                         { return id("bot") }
func (f *fakeMattermost) BotIDs() []string                      { return []string{id("bot"), id("customer")} }
func (f *fakeMattermost) SiteURL() string                       { return "https://chat.example.com/" }
func (f *fakeMattermost) Locale(context.Context, string) string { return f.language }

func (f *fakeMattermost) Usernames(_ context.Context, ids []string) map[string]string {
	names := map[string]string{}
	for _, id := range ids {
		names[id] = "name." + id
	}
	return names
}

func (f *fakeMattermost) IsUser(context.Context, string) (bool, error) { return false, nil }

func (f *fakeMattermost) ChannelTeam(_ context.Context, channelID string) (string, error) {
	if f.err != nil {
		return "", f.err
	}
	if team, found := f.teams[channelID]; found {
		return team, nil
	}
	return "", domain.ErrNotFound
}

func (f *fakeMattermost) Members(_ context.Context, channelID string) ([]domain.Member, error) {
	return f.members[channelID], f.err
}

func (f *fakeMattermost) Open(_ context.Context, request model.OpenDialogRequest) error {
	f.opened = append(f.opened, request)
	return nil
}

// Posts.

func (f *fakeMattermost) CreatePost(_ context.Context, p posting.Post) (string, error) {
	f.posts = append(f.posts, p)
	return f.postID(len(f.posts) - 1), nil
}

func (f *fakeMattermost) ReadPost(_ context.Context, postID string) (posting.IncomingPost, error) {
	for i, p := range f.posts {
		if f.postID(i) == postID {
			seal, _ := p.Props[posting.PropSeal].(string)
			raw, err := json.Marshal(p.Props[posting.PropCard])
			if err != nil {
				return posting.IncomingPost{}, err
			}
			read := posting.IncomingPost{ID: postID, ChannelID: p.ChannelID, UserID: p.UserID, Message: p.Message, Seal: seal, CreateAt: time.Now().UnixMilli(), Props: p.Props}
			return read, json.Unmarshal(raw, &read.Card)
		}
	}
	return posting.IncomingPost{}, domain.ErrNotFound
}

func (f *fakeMattermost) postID(index int) string { return id(fmt.Sprintf("post%dx", index)) }

func (f *fakeMattermost) FindPost(_ context.Context, channelID string, _ int64, prop, value string) (string, error) {
	for i, p := range f.posts {
		if p.ChannelID == channelID && p.Props[prop] == value {
			return f.postID(i), nil
		}
	}
	return "", domain.ErrNotFound
}

func (f *fakeMattermost) FindPostOf(ctx context.Context, channelID, _ string, since int64, prop, value string) (string, error) {
	return f.FindPost(ctx, channelID, since, prop, value)
}

func (f *fakeMattermost) AgreeOnPost(_ context.Context, _, id string) (string, error) { return id, nil }
func (f *fakeMattermost) RootOf(_ context.Context, id string) (root, channel string, err error) {
	return id, "", nil
}
func (f *fakeMattermost) PostType(context.Context, string) (string, error)               { return "", nil }
func (f *fakeMattermost) EditPost(context.Context, string, string, map[string]any) error { return nil }
func (f *fakeMattermost) Reactions(context.Context, string) ([]posting.Reaction, error) {
	return nil, nil
}
func (f *fakeMattermost) MissedPosts(context.Context, string, int64, int64) ([]posting.IncomingPost, error) {
	return nil, nil
}

func (f *fakeMattermost) SendEphemeral(_ context.Context, _, _, _, message string) {
	f.whispers = append(f.whispers, message)
}

func (f *fakeMattermost) OwnFiles(_ context.Context, _ string, ids []string) ([]string, error) {
	return ids, nil
}

// postsOf are the posts of a person in a channel.
func (f *fakeMattermost) postsOf(userID, channelID string) (found []posting.Post) {
	for _, p := range f.posts {
		if p.UserID == userID && p.ChannelID == channelID {
			found = append(found, p)
		}
	}
	return found
}

// Channels. A conversation's channel has the conversation's id.

func (f *fakeMattermost) EnsureChannel(ctx context.Context, c posting.Channel) (id string, found bool, err error) {
	id = strings.TrimPrefix(c.Name, "wa-")
	err = f.db.QueryRowContext(ctx, `INSERT INTO channels (id, name, teamid, type, displayname, header, updateat, deleteat) VALUES ($1, $2, $3, 'P', $4, $5, 1, 0)
		ON CONFLICT (id) DO UPDATE SET displayname = excluded.displayname, header = excluded.header, updateat = 1 RETURNING xmax::text <> '0'`,
		id, c.Name, c.TeamID, c.DisplayName, c.Header).Scan(&found)
	return id, found, err
}

func (f *fakeMattermost) PutRight(ctx context.Context, _ string, c posting.Channel) (int64, error) {
	_, _, err := f.EnsureChannel(ctx, c)
	return 1, err
}

func (f *fakeMattermost) SetHeader(ctx context.Context, channelID, header string) error {
	_, err := f.db.ExecContext(ctx, "UPDATE channels SET header = $2 WHERE id = $1", channelID, header)
	return err
}

func (f *fakeMattermost) AddMember(ctx context.Context, _, channelID, userID string) error {
	_, err := f.db.ExecContext(ctx, "INSERT INTO channelmembers (channelid, userid, roles, schemeuser) VALUES ($1, $2, '', true) ON CONFLICT DO NOTHING", channelID, userID)
	return err
}

func (f *fakeMattermost) Discard(context.Context, posting.Channel) error  { return nil }
func (f *fakeMattermost) Restore(context.Context, string) error           { return nil }
func (f *fakeMattermost) Guard(context.Context, string) error             { return nil }
func (f *fakeMattermost) Join(context.Context, string, string) error      { return nil }
func (f *fakeMattermost) NotifyAll(context.Context, string, string) error { return nil }
