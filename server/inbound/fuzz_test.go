package inbound

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// FuzzInbound gives any JSON for a message: nothing panics, nothing fires, and a file's name is a name.
func FuzzInbound(f *testing.F) {
	for _, seed := range []string{
		`{"type":"text","text":{"body":"*a* @all ~b ![x](y) https://a.b"}}`,
		`{"type":"document","document":{"id":"1","filename":"../a\u202e.pdf","caption":"c"}}`,
		`{"type":"contacts","contacts":[{"name":{"formatted_name":"A"},"phones":[{"phone":"+55 11 98765-4321"}]}]}`,
		`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"{\"a\":[1,{\"b\":null}]}"}}}`,
		`{"type":"order","order":{"product_items":[{"quantity":1e99,"item_price":-1,"currency":"BRL"}]}}`,
		`{"type":"location","location":{"latitude":1,"longitude":2,"name":"n","url":"u"}}`,
		`{"type":"edit","edit":{"message":{"type":"text","text":{"body":"x"}}},"referral":{"headline":"@all"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := whatsapp.Item{Kind: whatsapp.KindMessage, Data: data}.Message()
		if err != nil {
			return
		}
		s := ContentOf(m)
		harmless(t, s, string(data))
		require.True(t, utf8.ValidString(s.Detail))
		if m.Media != nil {
			name := posting.Filename(m.Type, m.Media.MimeType, m.Media.Filename, 0)
			require.NotEmpty(t, name)
			require.LessOrEqual(t, utf8.RuneCountInString(name), posting.MaxFilename)
			require.NotContains(t, name, "/")
			require.NotContains(t, name, `\`)
		}
	})
}
