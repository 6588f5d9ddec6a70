package domain

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// A line is stored before it is shown: who is called and where a link leads is not forgotten, and no text becomes either.
func TestAStoredTextKeepsWhatActs(t *testing.T) {
	text := T("key", "Who", Username("ana"), "Link", Link("https://chat/vendas"), "At", int64(1_794_744_000_000), "Name", `{"link": "https://e.tk"}`)
	stored, err := json.Marshal(text.Data)
	require.NoError(t, err)
	read := Text{Key: "key"}
	require.NoError(t, json.Unmarshal(stored, &read.Data))
	require.Equal(t, text, read.Restored())
}
