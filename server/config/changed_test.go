package config

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhichSettingsChanged(t *testing.T) {
	before := map[string]any{"EncryptionKey": "old secret", "CooldownHours": 6.0, "requirecpf": true, "GraphVersion": "v25.0"}
	after := map[string]any{"encryptionkey": "new secret", "cooldownhours": 6.0, "RequireCPF": true, "RetentionDays": 30.0}
	require.Equal(t, []string{"encryptionkey", "graphversion", "retentiondays"}, Changed(before, after))
	require.Empty(t, Changed(after, after))
}
