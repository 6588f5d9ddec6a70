// Package docs checks that the documents speak of code that exists.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

var (
	// codeSpan is what stands between backticks, on one line.
	codeSpan = regexp.MustCompile("`([^`\n]+)`")
	// path is a file or a folder of the project, as documents write it.
	path = regexp.MustCompile(`^(?:server|webapp|build|docs|assets)/[\w./-]*$`)
	// name is a name of the server's code: pkg.Name, Type.member or pkg.Type.member.
	name = regexp.MustCompile(`^([a-z][a-z0-9]*)?\.?([A-Z]\w*)?\.?(\w+)$`)
)

// developers are the documents in which a word of several humps is a name of the server's code.
var developers = map[string]bool{"architecture.md": true, "crashes.md": true, "flows.md": true, "invariants.md": true}

// mattermosts are names of the server's, of its settings and of its plugin API's hooks.
var mattermosts = map[string]bool{"PendingPostId": true}

// humps is such a word.
var humps = regexp.MustCompile(`^[A-Za-z][a-z0-9]+(?:[A-Z][a-z0-9]+)+$`)

// declared holds what the server declares, by "pkg.Name", "pkg.Type.Member", "Type.Member" and the last of these alone.
type declared map[string]bool

func (d declared) add(pkg string, names ...string) {
	full := strings.Join(names, ".")
	d[pkg+"."+full] = true
	d[full] = true
	d[names[len(names)-1]] = true
}

// serverCode reads all Go files below server/.
func serverCode(t *testing.T) declared {
	t.Helper()
	code := declared{}
	files := token.NewFileSet()
	err := filepath.WalkDir(filepath.Join(root, "server"), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") {
			return err
		}
		parsed, err := parser.ParseFile(files, file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg := filepath.Base(filepath.Dir(file))
		for _, decl := range parsed.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil {
					code.add(pkg, decl.Name.Name)
				} else {
					code.add(pkg, receiver(decl.Recv.List[0].Type), decl.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					code.addSpec(pkg, spec)
				}
			}
		}
		return nil
	})
	require.NoError(t, err)
	return code
}

func (d declared) addSpec(pkg string, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			d.add(pkg, n.Name)
		}
	case *ast.TypeSpec:
		d.add(pkg, spec.Name.Name)
		var members *ast.FieldList
		switch of := spec.Type.(type) {
		case *ast.StructType:
			members = of.Fields
		case *ast.InterfaceType:
			members = of.Methods
		default:
			return
		}
		for _, member := range members.List {
			for _, n := range member.Names {
				d.add(pkg, spec.Name.Name, n.Name)
			}
		}
	}
}

func receiver(of ast.Expr) string {
	switch of := of.(type) {
	case *ast.StarExpr:
		return receiver(of.X)
	case *ast.IndexExpr:
		return receiver(of.X)
	case *ast.IndexListExpr:
		return receiver(of.X)
	case *ast.Ident:
		return of.Name
	}
	return ""
}

// packages are the names of the server's packages.
func packages(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	entries, err := os.ReadDir(filepath.Join(root, "server"))
	require.NoError(t, err)
	for _, entry := range entries {
		if entry.IsDir() {
			found[entry.Name()] = true
		}
	}
	return found
}

// TestDocumentsSpeakOfCodeThatExists: every path, and every name of a package's, that a document gives as code.
func TestDocumentsSpeakOfCodeThatExists(t *testing.T) {
	code, known := serverCode(t), packages(t)
	documents, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	seen := 0
	for _, document := range append(documents, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(document)
		require.NoError(t, err)
		for _, span := range codeSpan.FindAllStringSubmatch(string(text), -1) {
			switch said := span[1]; {
			case path.MatchString(said):
				if strings.HasPrefix(said, "server/dist") || strings.Contains(said, "00000N") {
					continue // made by the build, or an example
				}
				_, err := os.Stat(filepath.Join(root, said))
				if err != nil {
					t.Errorf("%s: there is no %s", filepath.Base(document), said)
				}
				seen++
			case humps.MatchString(said) && developers[filepath.Base(document)]:
				if !code[said] && !mattermosts[said] {
					t.Errorf("%s: nothing is called %s", filepath.Base(document), said)
				}
				seen++
			case name.MatchString(said):
				pkg, _, more := strings.Cut(said, ".")
				if strings.HasSuffix(pkg, "Settings") || strings.HasSuffix(said, ".json") {
					continue // Mattermost's
				}
				if more && (known[pkg] || pkg != strings.ToLower(pkg)) && !strings.Contains(said, "_") {
					if !code[said] {
						t.Errorf("%s: nothing is called %s", filepath.Base(document), said)
					}
					seen++
				}
			}
		}
	}
	require.Greater(t, seen, 100, "else the documents were not read")
}

// TestEachRuleHasAPlace: the table of rules names, for each, one function and the file it is in.
func TestEachRuleHasAPlace(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "development.md"))
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "## Where a change goes")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n## ")
	rows := regexp.MustCompile("(?m)^\\| ([^|]+) \\| `([\\w.]+)` \\| `(server/[\\w./]+\\.go)` \\|").FindAllStringSubmatch(table, -1)
	require.Greater(t, len(rows), 40, "else rules are missing")
	for _, row := range rows {
		rule, function, file := row[1], row[2], row[3]
		t.Run(rule, func(t *testing.T) {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			pkg := filepath.Base(filepath.Dir(file))
			here := declared{}
			for _, decl := range parsed.Decls {
				if decl, ok := decl.(*ast.FuncDecl); ok {
					if decl.Recv == nil {
						here.add(pkg, decl.Name.Name)
					} else {
						here.add(pkg, receiver(decl.Recv.List[0].Type), decl.Name.Name)
					}
				}
			}
			require.True(t, here[function], "%s has no function %s", file, function)
		})
	}
}
