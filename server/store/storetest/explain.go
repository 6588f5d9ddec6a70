package storetest

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"net/url"
	"strings"
	"sync"

	"github.com/lib/pq"
	"github.com/pkg/errors"
)

// Plan is how PostgreSQL went about a statement, or a part of it.
type Plan struct {
	Node      string  `json:"Node Type"`
	Table     string  `json:"Relation Name"`
	Index     string  `json:"Index Name"`
	IndexCond string  `json:"Index Cond"`
	Filter    string  `json:"Filter"`
	Plans     []*Plan `json:"Plans"`
}

// explained is the function that gets the statements; see Explain.
var explained struct { //nolint:gochecknoglobals // one server a process, one listener
	mu sync.Mutex
	fn func(query string, plan *Plan)
}

// Explain tells fn of every statement that runs in a database opened from now
// on, those inside functions and triggers too, with its plan. Sequential scans
// are switched off there: one that shows all the same has no index to use.
func Explain(fn func(query string, plan *Plan)) {
	explained.mu.Lock()
	defer explained.mu.Unlock()
	explained.fn = fn
}

const explainSettings = `LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
	SET auto_explain.log_format = 'json'; SET auto_explain.log_level = 'notice'; SET client_min_messages = 'notice'; SET enable_seqscan = off`

// connector opens connections to a database, explaining ones where somebody listens. They compile no statements (jit), as the
// plugin's own do not: with sequential scans out of the question each of them looks dear enough for it.
func connector(source *url.URL) (driver.Connector, error) {
	to := *source
	query := to.Query()
	query.Set("jit", "off")
	to.RawQuery = query.Encode()
	plain, err := pq.NewConnector(to.String())
	if err != nil {
		return nil, errors.Wrap(err, "could not read the database's address")
	}
	explained.mu.Lock()
	defer explained.mu.Unlock()
	if explained.fn == nil {
		return plain, nil
	}
	return explaining{pq.ConnectorWithNoticeHandler(plain, hear)}, nil
}

type explaining struct{ driver.Connector }

// Connect opens a connection that explains what it runs.
func (e explaining) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := e.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.(driver.ExecerContext).ExecContext(ctx, explainSettings, nil); err != nil {
		return nil, errors.Wrap(err, "statements cannot be explained: is auto_explain installed, and are we a superuser?")
	}
	return conn, nil
}

// hear takes what the server says beside its answers.
func hear(notice *pq.Error) {
	_, text, found := strings.Cut(notice.Message, "plan:\n")
	if !found {
		return
	}
	var said struct {
		Query string `json:"Query Text"`
		Plan  *Plan
	}
	if json.Unmarshal([]byte(text), &said) != nil || said.Plan == nil {
		return
	}
	explained.mu.Lock()
	fn := explained.fn
	explained.mu.Unlock()
	if fn != nil {
		fn(said.Query, said.Plan)
	}
}
