package i18n

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKeysInTheSourcesExist reads the sources of the server for the texts they
// name: T("key"), Text(lang, "key") and Text{Key: "key"}.
func TestKeysInTheSourcesExist(t *testing.T) {
	uses := []*regexp.Regexp{
		regexp.MustCompile(`\bT\(\s*"([a-z][\w.]*)"\s*[,)]`),
		regexp.MustCompile(`\b(?:[tT]ext|label|say)\((?:[\w.]+(?:\([^()]*\))?\s*,\s*)?"([a-z][\w]*\.[\w.]*)"\s*[,)]`),
		regexp.MustCompile(`\bText\{Key:\s*"([a-z][\w.]*)"`),
	}
	keys, found := byKey(t, Portuguese), 0
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, use := range uses {
			for _, match := range use.FindAllStringSubmatch(string(source), -1) {
				found++
				if _, ok := keys[match[1]]; !ok {
					t.Errorf("%s names a text that does not exist: %s", name, match[1])
				}
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.Positive(t, found, "no key found in the sources at all")
}
