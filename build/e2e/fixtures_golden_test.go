//go:build unix

package e2e

import (
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// ids matches Mattermost's ids, which differ in every run.
var ids = regexp.MustCompile(`\b[a-z0-9]{26}\b`)

// inboxItem is an item of the inbox without the fields that differ from run to run.
type inboxItem struct {
	dead, finished bool
	reason         string
}

// inboxRow returns the inbox row of an item, or nil if there is none.
func (s *stage) inboxRow(item *whatsapp.Item) *inboxItem {
	s.t.Helper()
	row := s.Env.DB().QueryRowContext(s.ctx(time.Minute), `SELECT dead_at > 0, reason, finished_at > 0 FROM waa_inbox
		WHERE dedupe_key = $1 OR dedupe_key LIKE 'dead:%' AND right(dedupe_key, length($1)) = $1 AND $1 <> '' OR $1 = '' AND dedupe_key LIKE 'raw:%' AND payload = $2
		ORDER BY dead_at LIMIT 1`, storedKey(item.Key), []byte(item.Data))
	in := &inboxItem{}
	switch err := row.Scan(&in.dead, &in.reason, &in.finished); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	default:
		require.NoError(s.t, err)
	}
	return in
}

// rendered describes what the plugin made of a delivery: first each item in it, then the posts. An item without any effect fails the test.
func (s *stage) rendered(name string, body []byte) string {
	s.t.Helper()
	ending := "." + strings.SplitN(name, "-", 2)[0]
	var b strings.Builder
	fmt.Fprintf(&b, "== %s\n", name)
	items, err := whatsapp.Split(body)
	if err != nil { // not a webhook at all: the whole body is the dead letter
		items = []whatsapp.Item{{Kind: whatsapp.KindInvalid, Data: body}}
	}
	posts := s.postsEnding(ending)
	for i := range items {
		fmt.Fprintf(&b, "%s\n", s.fate(&items[i], posts))
	}
	if len(items) == 0 {
		b.WriteString("nothing is in it\n")
	}
	for _, p := range posts {
		b.WriteString(p.render(posts))
	}
	b.WriteString("\n")
	return ids.ReplaceAllString(b.String(), "<id>")
}

// fate describes in one line what the plugin made of an item.
func (s *stage) fate(item *whatsapp.Item, posts []shownPost) string {
	s.t.Helper()
	what := string(item.Kind)
	if item.Field != "messages" && item.Field != "" {
		what += " (" + item.Field + ")"
	}
	row := s.inboxRow(item)
	if row == nil {
		return what + ": counted as none of ours"
	}
	require.True(s.t, row.finished, "%s is not done", item.Key)
	if row.dead {
		require.NotEmpty(s.t, row.reason, "a dead letter says why")
		return what + ": dead letter: " + row.reason
	}
	if item.Kind != whatsapp.KindMessage {
		return what + ": handled"
	}
	m, err := item.Message()
	require.NoError(s.t, err)
	what += " " + m.Type
	told := slices.ContainsFunc(posts, func(p shownPost) bool { return p.wamid == m.ID || p.event == "system:"+m.ID })
	if m.Reaction != nil {
		told = told || slices.ContainsFunc(posts, func(p shownPost) bool { return p.wamid == m.Reaction.MessageID })
	}
	require.True(s.t, told, "a message of the type %s is told nowhere: %s", m.Type, m.ID)
	return what + ": shown"
}

// shownPost contains what every member of the channel sees of a post.
type shownPost struct {
	id, root, message, kind string
	wamid, event            string
	props                   map[string]any
	files, reactions        []string
}

// postsEnding returns the posts of the messages whose ids have this ending, the oldest first.
func (s *stage) postsEnding(ending string) []shownPost {
	s.t.Helper()
	rows, err := s.Env.DB().QueryContext(s.ctx(time.Minute), `SELECT p.id, p.rootid, p.message, p.type, p.props,
			ARRAY(SELECT f.name || ' ' || f.mimetype || ' ' || f.size FROM fileinfo f WHERE f.id = ANY (ARRAY(SELECT jsonb_array_elements_text(coalesce(nullif(p.fileids, ''), '[]')::jsonb))) AND f.postid = p.id ORDER BY f.name),
			ARRAY(SELECT r.emojiname FROM reactions r WHERE r.postid = p.id AND r.deleteat = 0 ORDER BY r.emojiname)
		FROM posts p WHERE p.deleteat = 0 AND p.originalid = '' AND (p.props ->> 'waa_wamid' LIKE '%' || $1 OR p.props ->> 'waa_event' LIKE 'system:%' || $1)
		ORDER BY p.createat, p.props ->> 'waa_wamid'`, ending)
	require.NoError(s.t, err)
	var posts []shownPost
	for rows.Next() {
		var p shownPost
		var props []byte
		require.NoError(s.t, rows.Scan(&p.id, &p.root, &p.message, &p.kind, &props, pq.Array(&p.files), pq.Array(&p.reactions)))
		require.NoError(s.t, json.Unmarshal(props, &p.props))
		p.wamid, _ = p.props["waa_wamid"].(string)
		p.event, _ = p.props["waa_event"].(string)
		posts = append(posts, p)
	}
	require.NoError(s.t, rows.Err())
	require.NoError(s.t, rows.Close())
	return posts
}

func (p *shownPost) render(all []shownPost) string {
	var b strings.Builder
	b.WriteString("  post")
	if p.kind != "" {
		b.WriteString(" " + p.kind)
	}
	if p.root != "" {
		at := slices.IndexFunc(all, func(o shownPost) bool { return o.id == p.root })
		fmt.Fprintf(&b, " in the thread of post %d", at+1)
	}
	for _, name := range slices.Sorted(maps.Keys(p.props)) {
		if strings.HasPrefix(name, "waa_") && name != "waa_wamid" && name != "waa_event" && name != "waa_name" || name == "attachments" || name == "unsafe_links" {
			value, _ := json.Marshal(p.props[name])
			fmt.Fprintf(&b, " %s=%s", name, value)
		}
	}
	b.WriteString("\n")
	for _, line := range strings.Split(p.message, "\n") {
		b.WriteString(strings.TrimRight("    | "+line, " ") + "\n")
	}
	for _, file := range p.files {
		b.WriteString("    file " + file + "\n")
	}
	for _, reaction := range p.reactions {
		b.WriteString("    reaction :" + reaction + ":\n")
	}
	return b.String()
}

// renderedNotices returns what administrators have been told since a time.
func (s *stage) renderedNotices(since int64) string {
	s.t.Helper()
	rows, err := s.Env.DB().QueryContext(s.ctx(time.Minute), "SELECT text_key || ' ' || data::text FROM waa_notices WHERE created_at >= $1 AND account_id IN ('', $2) ORDER BY 1", since, s.Account.ID)
	require.NoError(s.t, err)
	var b strings.Builder
	b.WriteString("== told to the administrators\n")
	for rows.Next() {
		var line string
		require.NoError(s.t, rows.Scan(&line))
		b.WriteString(line + "\n")
	}
	require.NoError(s.t, rows.Err())
	require.NoError(s.t, rows.Close())
	return ids.ReplaceAllString(b.String(), "<id>")
}
