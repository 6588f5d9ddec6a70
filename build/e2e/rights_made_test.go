//go:build unix

package e2e

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryFormAndButtonHasARow reads the source of the plugin's server part. Every dialog, dialog step and button that the code creates
// must be in the tables of TestWhoMayDoWhat, and the tables must contain nothing that no code creates.
func TestEveryFormAndButtonHasARow(t *testing.T) {
	var rows []string
	for _, row := range formRows {
		rows = append(rows, "dialog "+row.dialog, "step "+row.step)
	}
	for _, row := range buttonRows {
		if row.button == "" {
			rows = append(rows, "dialog "+row.made)
			continue
		}
		rows = append(rows, "button "+row.made)
		if row.made == "drafts.button" {
			rows = append(rows, "draft's "+row.button)
		}
	}
	slices.Sort(rows)
	require.Equal(t, slices.Compact(rows), made(t))
}

// made finds the places in the code that create something which a person submits or presses.
func made(t *testing.T) (found []string) {
	require.NoError(t, filepath.WalkDir("../../server", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			name := file.Name.Name
			if f, is := declaration.(*ast.FuncDecl); is {
				name += "." + f.Name.Name
			}
			ast.Inspect(declaration, func(node ast.Node) bool {
				if what := makes(node, name); what != "" {
					found = append(found, what)
				}
				return true
			})
		}
		return nil
	}))
	slices.Sort(found)
	return slices.Compact(found)
}

// makes names what a piece of code within a function creates, or returns "" if it creates nothing of that kind.
func makes(node ast.Node, within string) string {
	pkg, function, _ := strings.Cut(within, ".")
	switch n := node.(type) {
	case *ast.CompositeLit:
		kind := ""
		if n.Type != nil {
			kind = types.ExprString(n.Type)
		}
		switch {
		case strings.HasSuffix(kind, ".OpenDialogRequest") && len(n.Elts) > 0:
			return "dialog " + within
		case strings.HasSuffix(kind, ".PostActionIntegration"):
			return "button " + within
		}
	case *ast.KeyValueExpr:
		if types.ExprString(n.Key) == `"integration"` {
			return "button " + within
		}
	case *ast.CallExpr:
		called := types.ExprString(n.Fun)
		switch {
		case pkg == "dialog" && strings.HasSuffix(called, ".form"):
			return "step " + function
		case pkg == "drafts" && called == "button":
			kind, _, _ := strings.Cut(types.ExprString(n.Args[0]), " + ")
			return "draft's " + strings.Trim(kind, `"`)
		}
	}
	return ""
}
