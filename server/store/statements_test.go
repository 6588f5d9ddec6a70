package store_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/store/storetest"
)

// TestMain runs all tests with every statement explained. A statement that
// reads a large table without an index, or walks a whole index of it, fails the
// run. What of the sources' SQL no test ran is listed at the end of a whole run.
func TestMain(m *testing.M) {
	flag.Parse()
	seen := &statements{plans: map[string]string{}}
	if os.Getenv("WAA_PLANNED") == "" { // tables of another size have other plans; there the numbers are what counts
		storetest.Explain(seen.hear)
	}
	code := m.Run()
	all := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" && !testing.Short() && flag.Lookup("test.bench").Value.String() == ""
	for _, wrong := range seen.wrong() {
		fmt.Fprintln(os.Stderr, wrong)
		code = max(code, 1)
	}
	if all {
		for _, part := range seen.unseen() {
			fmt.Fprintln(os.Stderr, part)
		}
	}
	os.Exit(code)
}

// large are the tables that grow with the customers.
func large() []string {
	var names []string
	for name := range strings.FieldsSeq("messages charges contacts identities conversations inbox outbox media drafts draft_offers notices lines reactions audit results") {
		names = append(names, "waa_"+name)
	}
	return names
}

// whole are the indexes that have an entry for each row of a large table. To walk one of
// them from end to end is to read the table.
var whole = regexp.MustCompile(`_pkey$|_key$|^waa_(conversations_(updated|queue|owner|attendant|contact)|messages_conversation|charges_(queue|account|at|conversation)|identities_\w+|audit_\w+|media_conversation)$`)

// mayReadAll are the statements that may, by a part of them, and why.
func mayReadAll(query string) bool {
	for part := range map[string]string{
		"WITH RECURSIVE clock AS MATERIALIZED": "claims; planned while the table is empty, and anew once it is not",
		"WITH done AS ( UPDATE":                "ends of jobs; the same",
		"SELECT count(*) FROM waa_conv":        "the total of a list",
		"ORDER BY c.updated_at DESC, c.id":     "a page of a list; in an empty table every index is as good as another",
		"ORDER BY c.created_at, c.id":          "a part of an export of a list; the same",
		"ALTER TABLE":                          "a migration, once",
		`AS "group", currency,`:                "the ledger of a period, by groups; without a period all of it is meant",
	} {
		if strings.Contains(query, part) {
			return true
		}
	}
	return false
}

// statements are what ran, with what is wrong with its plan ("" = nothing).
type statements struct {
	mu    sync.Mutex
	plans map[string]string
}

func (s *statements) hear(query string, plan *storetest.Plan) {
	wrong := judge(plan, false)
	s.mu.Lock()
	defer s.mu.Unlock()
	query = squeeze(query)
	if s.plans[query] == "" {
		s.plans[query] = wrong
	}
}

// judge tells what is wrong with a plan. bounded: a limit stops what is below before its end.
func judge(p *storetest.Plan, bounded bool) string {
	switch {
	case p.Node == "Seq Scan" && slices.Contains(large(), p.Table):
		return "reads all of " + p.Table
	case strings.Contains(p.Node, "Index") && p.IndexCond == "" && !bounded && strings.HasPrefix(p.Index, "waa_") && whole.MatchString(p.Index):
		for _, table := range large() {
			if strings.HasPrefix(p.Index, table+"_") {
				return "walks all of " + p.Index
			}
		}
	}
	switch p.Node {
	case "Limit":
		bounded = true
	case "Sort", "Aggregate", "Hash", "WindowAgg", "Unique", "ModifyTable":
		bounded = false
	}
	for _, below := range p.Plans {
		if wrong := judge(below, bounded); wrong != "" {
			return wrong
		}
	}
	return ""
}

func (s *statements) wrong() (wrong []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for query, why := range s.plans {
		if why != "" && !fromTests(query) && !mayReadAll(query) {
			wrong = append(wrong, "a statement "+why+":\n\t"+query)
		}
	}
	sort.Strings(wrong)
	return wrong
}

// unseen are the pieces of SQL that are in no statement that ran.
func (s *statements) unseen() (unseen []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, part := range sources() {
		if !slices.ContainsFunc(s.texts(), part.pattern.MatchString) {
			unseen = append(unseen, "no test of this package runs the statement at "+part.at)
		}
	}
	return unseen
}

func (s *statements) texts() []string {
	texts := make([]string, 0, len(s.plans))
	for query := range s.plans {
		texts = append(texts, query)
	}
	return texts
}

// fromTests reports whether a statement is a test's own.
func fromTests(query string) bool {
	return strings.Contains(query, "row_to_json(r)") || // a test's dump of all tables
		slices.ContainsFunc(testSources(), func(part source) bool { return len(part.text) > 20 && strings.HasPrefix(query, part.text) })
}

// source is a piece of SQL in the sources.
type source struct {
	at, text string
	pattern  *regexp.Regexp // what it looks like when it runs
}

var (
	isSQL   = regexp.MustCompile(`\b(FROM|UPDATE|INTO|JOIN) (waa_\w+|\{table\})`)
	isBlank = regexp.MustCompile(`\s+`)
	filled  = regexp.MustCompile(`\\\{[a-z_]+\\\}`)
)

func squeeze(text string) string { return strings.TrimSpace(isBlank.ReplaceAllString(text, " ")) }

// sources is the SQL of the package's files, testSources that of its tests.
var (
	sources     = sync.OnceValue(func() []source { return readSources(false) })
	testSources = sync.OnceValue(func() []source { return readSources(true) })
)

func readSources(tests bool) (found []source) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		panic(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") != tests {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			panic(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil || !isSQL.MatchString(text) {
				return true
			}
			text = squeeze(text)
			pattern := filled.ReplaceAllString(regexp.QuoteMeta(text), ".*?")
			pattern = strings.ReplaceAll(pattern, `\?`, `\$\d+`)
			pattern = regexp.MustCompile(`:[a-z_]+\b`).ReplaceAllString(pattern, `(?:\$$\d+|$0)`)
			found = append(found, source{at: set.Position(literal.Pos()).String(), text: text, pattern: regexp.MustCompile(pattern)})
			return true
		})
	}
	return found
}
