package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEachIndexHasANameOfItsOwn: the second of two with the same name would never be built.
func TestEachIndexHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, index := range append(lateIndexes(), searchIndexes("public")...) {
		require.False(t, seen[index.name], index.name)
		seen[index.name] = true
	}
}
