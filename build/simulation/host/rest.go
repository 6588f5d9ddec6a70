package host

import (
	"database/sql"
	"net/http"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// REST is the part of the server's REST API that the plugin calls: what removes things for
// good, and reads large files. It runs outside of the bubble, over a pool of its own.
func (s *Server) REST(db *sql.DB) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, do func(r *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close") // an open connection would be waited for in the bubble
			if s.restUser(r) == nil {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			if err := do(r); err != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
	}
	handle("DELETE /api/v4/posts/{id}", func(r *http.Request) error {
		_, err := db.Exec(`WITH gone AS (DELETE FROM posts WHERE id = $1 OR rootid = $1 RETURNING id), files AS (DELETE FROM fileinfo WHERE postid IN (SELECT id FROM gone))
			DELETE FROM reactions WHERE postid IN (SELECT id FROM gone)`, r.PathValue("id"))
		return err
	})
	handle("DELETE /api/v4/channels/{id}", func(r *http.Request) error {
		_, err := db.Exec(`WITH gone AS (DELETE FROM posts WHERE channelid = $1 RETURNING id), files AS (DELETE FROM fileinfo WHERE channelid = $1),
			reactions AS (DELETE FROM reactions WHERE postid IN (SELECT id FROM gone)), members AS (DELETE FROM channelmembers WHERE channelid = $1)
			DELETE FROM channels WHERE id = $1`, r.PathValue("id"))
		return err
	})
	draft := func(r *http.Request) error {
		_, err := db.Exec("DELETE FROM drafts WHERE userid = $1 AND channelid = $2 AND rootid = $3", r.PathValue("user"), r.PathValue("channel"), r.PathValue("root"))
		return err
	}
	handle("DELETE /api/v4/users/{user}/channels/{channel}/drafts", draft)
	handle("DELETE /api/v4/users/{user}/channels/{channel}/drafts/{root}", draft)
	return mux
}

// restUser is the session of a request; nil if there is none.
func (s *Server) restUser(r *http.Request) *model.Session {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.sessions {
		if session.Token == token {
			return session
		}
	}
	return nil
}
