package whatsapp

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shape is a body that was made to cost a lot: a part that is repeated until the body has its size.
type shape struct{ before, part, after string }

func (s shape) body(size int) []byte {
	n := max(1, (size-len(s.before)-len(s.after))/len(s.part))
	var b strings.Builder
	b.WriteString(s.before)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strings.ReplaceAll(s.part, "#", fmt.Sprint(i)))
	}
	b.WriteString(s.after)
	return []byte(b.String())
}

func shapes() map[string]shape {
	value := func(inside string) (before, after string) {
		before, after, _ = strings.Cut(`{"entry":[{"id":"w","changes":[{"field":"messages","value":{`+inside+`}}]}]}`, "...")
		return before, after
	}
	in := func(inside, part string) shape {
		before, after := value(inside)
		return shape{before, part, after}
	}
	long := strings.Repeat("x", 100_000)
	return map[string]shape{
		"a list that is none, repeated":      in(`...`, `"messages":1`),
		"lists that are none, and messages":  in(`"messages":[{"id":"a","from":"1"}],...`, `"statuses":1`),
		"numbers for messages":               in(`"messages":[...]`, `1`),
		"empty messages":                     in(`"messages":[...]`, `{}`),
		"small messages":                     in(`"messages":[...]`, `{"id":"#","from":"1"}`),
		"messages of persons":                in(`"contacts":[{"wa_id":"1","profile":{"name":"a"}}],"messages":[...]`, `{"id":"m#","from":"551198765#","type":"text","text":{"body":"an ordinary message of some length, as people write them all day long"},"timestamp":"1790000000"}`),
		"many contacts":                      in(`"messages":[`+strings.Repeat(`{"id":"a","from":"0"},`, 10_000)+`{"id":"a","from":"0"}],"contacts":[...]`, `{"wa_id":"#"}`),
		"a long name, said again":            in(`"contacts":[{"wa_id":"1","profile":{"name":"`+long+`"}}],"messages":[...]`, `{"id":"#","from":"1","text":{"body":"`+strings.Repeat("y", 300)+`"}}`),
		"a long user id, said again":         in(`"contacts":[{"wa_id":"1","user_id":"`+long+`"}],"messages":[...]`, `{"id":"#","from":"1","text":{"body":"`+strings.Repeat("y", 300)+`"}}`),
		"a long number of ours, said again":  in(`"metadata":{"phone_number_id":"`+long+`","display_phone_number":"`+long+`"},"messages":[...]`, `{"id":"#","from":"1","text":{"body":"`+strings.Repeat("y", 300)+`"}}`),
		"a long id of the entry, said again": {`{"entry":[{"id":"` + long + `","changes":[{"field":"messages","value":{"messages":[`, `{"id":"#","from":"1","text":{"body":"` + strings.Repeat("y", 300) + `"}}`, `]}}]}]}`},
		"a long field, said again":           {`{"entry":[{"changes":[{"field":"` + long + `","value":{"messages":[`, `{"id":"#","from":"1","text":{"body":"` + strings.Repeat("y", 300) + `"}}`, `]}}]}]}`},
		"many names":                         in(`...`, `"name#":1`),
		"entries that are none":              {`{"entry":[`, `1`, `]}`},
		"empty entries":                      {`{"entry":[`, `{}`, `]}`},
		"changes that are none":              {`{"entry":[{"changes":[`, `1`, `]}]}`},
		"empty changes":                      {`{"entry":[{"changes":[`, `{}`, `]}]}`},
		"empty values":                       {`{"entry":[{"changes":[`, `{"value":{}}`, `]}]}`},
		"lists of entries":                   {`{`, `"entry":[]`, `}`},
		"a deep value":                       in(`"messages":[{"id":"a","from":"1","x":`+strings.Repeat("[", 9_000)+`...`+strings.Repeat("]", 9_000)+`}]`, `1`),
		"one long text":                      in(`"messages":[{"id":"a","from":"1","text":{"body":"...`+`"}}]`, `xxxxxxxxxxxxxxxx`),
		"no webhook":                         {`[`, `[]`, `]`},
	}
}

// TestABodyOfAnyShapeCostsWithinBounds: what a body is made into never takes much more memory than the body itself.
func TestABodyOfAnyShapeCostsWithinBounds(t *testing.T) {
	const (
		size     = 4 << 20
		allTold  = 96      // bytes that are allocated for each byte of a body, also those that are free again at once
		kept     = 8       // bytes of all items, for each byte of a body
		overhead = 700     // bytes that an item has besides
		making   = 2 << 10 // bytes that are allocated for each value in it
	)
	for name, s := range shapes() {
		for _, size := range []int{26 << 10, size} {
			t.Run(fmt.Sprint(name, ", ", size), func(t *testing.T) {
				body := s.body(size)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				items, err := Split(body)
				runtime.ReadMemStats(&after)
				total := int(after.TotalAlloc - before.TotalAlloc)
				t.Logf("%d items, %d bytes for each byte of the body, %v", len(items), total/len(body), err)
				require.Less(t, total, allTold*len(body)+making*values(body)+1<<20)
				require.LessOrEqual(t, len(items), maxItems)
				said := 0
				for i := range items {
					c := items[i].Contact
					said += len(items[i].Data) + len(items[i].Key) + len(items[i].Peer) + len(items[i].WABAID) + len(items[i].PhoneNumberID) + len(items[i].DisplayPhone) +
						len(items[i].Field) + len(c.Name) + len(c.WaID) + len(c.UserID) + len(c.Username) + len(items[i].Reason)
				}
				require.Less(t, said, kept*len(body)+overhead*len(items))
			})
		}
	}
}

func TestOfWhatCannotBeUnderstoodThereAreFewAValue(t *testing.T) {
	numbers := strings.Repeat("7,", 3*maxWrong) + "7"
	items, err := Split([]byte(`{"entry":[{"id":"w","changes":[
		{"field":"messages","value":{"messages":1,"messages":2,"statuses":[5,{"id":"wamid.1","status":"sent"},{}]}},
		{"field":"messages","value":{"messages":[` + numbers + `,{"id":"wamid.2","from":"55"}]}},
		{"field":"messages","value":{"messages":[7,{"id":"wamid.3","from":"55"}]}}]}]}`))
	require.NoError(t, err)
	var told []string
	for i := range items {
		told = append(told, string(items[i].Kind))
	}
	wanted := []string{"invalid", "status"}
	for range maxWrong + 1 {
		wanted = append(wanted, "invalid")
	}
	require.Equal(t, append(wanted, "message", "invalid", "message"), told)
	require.Contains(t, string(items[0].Data), `"messages":2`, "the value itself is wrong: one item holds all of it")
	require.Equal(t, "7", string(items[2].Data))
	require.Contains(t, string(items[2+maxWrong].Data), numbers, "the last one holds what is not told apart")
}
