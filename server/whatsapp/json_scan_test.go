package whatsapp

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// read is what encoding/json makes of a value.
func read(t *testing.T, raw []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	require.NoError(t, decoder.Decode(&value))
	return value
}

// The scanner reads what encoding/json reads, whole and level by level.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		ordinary, ` { "a" : [ 1 , -2.5e+10 , true,false , null, "x" ] , "b":{}, "c":[], "":"" } `, `"\"\\\u00e9\ud83d\ude00\ud800 é😀"`, `[[[]]]`, `{"a":{"b":[{"c":"]}"}]}}`,
		`{"a":1,"a":2}`, `123456789012345678901234567890`, `null`, `""`, "\"\xff\"", `{"\u0061\n":"[{\"}"}`, `[{"a":"\\"},{"b":"\\\""}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			_, err := parseNode(raw)
			require.Error(t, err)
			return
		}
		want := read(t, raw)
		require.Equal(t, want, validNode(raw).value)
		if list, ok := elements(raw); ok {
			for i, element := range list {
				require.Equal(t, want.([]any)[i], read(t, element))
			}
		}
		parts, err := members(raw)
		object, isObject := want.(map[string]any)
		require.Equal(t, isObject, err == nil)
		last := map[string]json.RawMessage{}
		for _, part := range parts {
			last[part.name] = part.raw
		}
		require.Len(t, last, len(object))
		for name, raw := range last {
			require.Equal(t, object[name], read(t, raw))
		}
	})
}
