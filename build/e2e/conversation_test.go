//go:build unix

package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// TestWholeConversation plays the same conversation as the demo, from the dialog to its costs.
func TestWholeConversation(t *testing.T) {
	world := startWorld(t, scenario.Options{})
	steps, err := world.WholeConversation(1)
	require.NoError(t, err)
	sum := scenario.Play(t.Context(), steps, func(r scenario.Result) {
		t.Run(r.English, func(t *testing.T) { require.NoError(t, r.Err, r.Name) })
	})
	require.Equal(t, scenario.Summary{Passed: len(steps)}, sum)
}
