//go:build unix

package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

func TestTell(t *testing.T) {
	step := scenario.Step{Name: "Plugin ativo", English: "plugin active"}
	var out strings.Builder
	tell(&out, scenario.Result{Step: step, Took: 1234567 * time.Microsecond})
	tell(&out, scenario.Result{Step: step, Err: errors.New("its state is 3")})
	require.Equal(t, "PASS  Plugin ativo  [plugin active] (1.235s)\nFAIL  Plugin ativo  [plugin active]\n      its state is 3\n", out.String())
}

func TestNeedsABundle(t *testing.T) {
	require.ErrorContains(t, run(t.Context(), nil, io.Discard, io.Discard), "which bundle")
}
