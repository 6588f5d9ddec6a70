package webhook

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoKeyOfTheInboxHoldsANumber(t *testing.T) {
	const wamid = "wamid.HBgNNTUxMTk4NzY1NDMyMRUCABIYFDNBMEYxRTJEM0M0QjVBNjk3ODg3AA=="
	for key, kept := range map[string]string{"m:" + wamid: "m:", "s:" + wamid + ":read": "s:", "dead:acc:m:" + wamid: "dead:acc:m:", "u:" + wamid: "u:"} {
		hidden := hideKey(key)
		require.NotContains(t, hidden, "HBgN")
		require.Contains(t, hidden, kept)
		require.Equal(t, hidden, hideKey(key), "the same thing has the same key")
	}
	require.NotEqual(t, hideKey("s:"+wamid+":read"), hideKey("s:"+wamid+":sent"))
	require.Equal(t, "raw:0a1b", hideKey("raw:0a1b"))
}
