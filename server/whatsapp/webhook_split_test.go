package whatsapp

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplitNotAnEnvelope(t *testing.T) {
	for _, body := range []string{``, `nonsense`, `null`, `[]`, `"text"`, `{}`, `{"entry":null}`, `{"entry":{}}`, `{"entry":"x"}`, `{"entry":[]`} {
		_, err := Split([]byte(body))
		require.Error(t, err, body)
	}
	items, err := Split([]byte(`{"entry":[]}`))
	require.NoError(t, err)
	require.Empty(t, items)
}

func TestSplitKeepsNeighbours(t *testing.T) {
	body := `{"object":"whatsapp_business_account","entry":[
		7,
		{"id":"1"},
		{"id":"1","changes":[
			"x",
			{"field":"messages"},
			{"field":"messages","value":[]},
			{"field":"messages","value":{"messages":{"id":"no list"},"metadata":{"phone_number_id":55}}},
			{"field":"messages","value":{"metadata":{"phone_number_id":55},"statuses":[{"id":"s1","status":"SENT","timestamp":12},{"status":"sent"},{"id":"s1"}],
				"messages":[{"from":"1","id":"a","timestamp":"10","type":"text","text":{"body":"first"}},
					null, {"from":"1"}, {"id":"orphan","type":"text"}, [],
					{"from":2,"id":3,"timestamp":-5,"type":"new_thing","new_thing":{}}]}},
			{"field":"account_update","value":{"event":"ACCOUNT_DELETED"}}
		]}]}`
	items, err := Split([]byte(body))
	require.NoError(t, err)
	type line struct {
		kind   Kind
		key    string
		reason string
	}
	var got []line
	for _, item := range items {
		key := item.Key
		if strings.HasPrefix(key, "h:") {
			key = "h"
		}
		got = append(got, line{item.Kind, key, item.Reason})
	}
	require.Equal(t, []line{
		{KindInvalid, "h", "entry is not an object"},
		{KindInvalid, "h", "entry has no list of changes"},
		{KindInvalid, "h", "change is not an object"},
		{KindInvalid, "h", "change has no value"},
		{KindInvalid, "h", "value is not an object"},
		{KindInvalid, "h", "messages is not a list"},
		{KindStatus, "s:s1:sent", ""},
		{KindInvalid, "h", "status without message id"},
		{KindInvalid, "h", "status without a word"},
		{KindMessage, "m:a", ""},
		{KindInvalid, "h", "message is not an object"},
		{KindInvalid, "h", "message without id"},
		{KindInvalid, "h", "message without sender"},
		{KindInvalid, "h", "message is not an object"},
		{KindMessage, "m:3", ""},
		{KindAccount, "h", ""},
	}, got)
	require.Equal(t, "55", items[9].PhoneNumberID)
	require.EqualValues(t, 10_000, items[9].Timestamp)
	require.EqualValues(t, 12_000, items[6].Timestamp)
	odd, err := items[14].Message()
	require.NoError(t, err)
	require.Equal(t, "new_thing", odd.Type)
	require.Equal(t, "2", odd.From)
	require.Zero(t, odd.Timestamp)
	require.JSONEq(t, `{"from":2,"id":3,"timestamp":-5,"type":"new_thing","new_thing":{}}`, string(odd.Raw))
	_, err = items[0].Message()
	require.Error(t, err, "an invalid item has no message")
}

func TestSplitFindsTheContact(t *testing.T) {
	value := `{"contacts":[
			{"profile":{"name":"Ana"},"wa_id":"5511911111111","user_id":"BR.1"},
			{"profile":{"name":"Bia","username":"@bia"},"user_id":"BR.2","parent_user_id":"BR.ENT.2"},
			{"wa_id":"5511933333333"}],
		"messages":[
			{"from_user_id":"BR.2","id":"m1","type":"text"},
			{"from":"5511911111111","id":"m2","type":"text"},
			{"from":"5511933333333","from_user_id":"BR.3","id":"m3","type":"text"},
			{"from":"5511944444444","id":"m4","type":"text"},
			{"from":"5511911111111","from_user_id":"BR.9","id":"m5","type":"text"}]}`
	items, err := Split([]byte(`{"entry":[{"id":"1","changes":[{"field":"messages","value":` + value + `}]}]}`))
	require.NoError(t, err)
	require.Len(t, items, 5)
	require.Equal(t, Contact{Name: "Bia", Username: "@bia", UserID: "BR.2", ParentUserID: "BR.ENT.2"}, items[0].Contact)
	require.Equal(t, "BR.2", items[0].Peer)
	require.Equal(t, Contact{Name: "Ana", WaID: "5511911111111", UserID: "BR.1"}, items[1].Contact)
	require.Equal(t, "5511911111111", items[1].Peer, "the same with and without a BSUID")
	require.Equal(t, items[1].Peer, items[4].Peer)
	require.Equal(t, Contact{WaID: "5511933333333", UserID: "BR.3"}, items[2].Contact)
	require.Equal(t, Contact{WaID: "5511944444444"}, items[3].Contact, "nobody else's name")
	require.Equal(t, "5511944444444", items[3].Peer)
	require.Equal(t, Contact{WaID: "5511911111111", UserID: "BR.9"}, items[4].Contact, "another person with a number seen before")
}

func TestSplitKeys(t *testing.T) {
	message := func(content string) Item {
		items, err := Split([]byte(`{"entry":[{"id":"1","time":5,"changes":[{"field":"messages","value":{"messages":[` + content + `]}}]}]}`))
		require.NoError(t, err)
		require.Len(t, items, 1)
		return items[0]
	}
	require.Equal(t, "u:w", message(`{"id":"w","from":"1","type":"unsupported","errors":[{"code":131051}]}`).Key)
	require.Equal(t, "m:w", message(`{"id":"w","from":"1","type":"text"}`).Key, "the real one is another item")
	long := message(`{"id":"` + strings.Repeat("w", 5000) + `","from":"` + strings.Repeat("1", 5000) + `","type":"text"}`)
	require.Less(t, len(long.Key), 200)
	require.Less(t, len(long.Peer), 200)
	require.NotContains(t, message(`{"id":"a\u0000b\n","from":"1\u0000","type":"text"}`).Key, "\n")

	account := func(at string) string {
		items, err := Split([]byte(`{"entry":[{"id":"1","time":` + at + `,"changes":[{"field":"account_update","value":{"event":"X"}}]}]}`))
		require.NoError(t, err)
		return items[0].Key
	}
	require.Equal(t, account("100"), account(`"100"`))
	require.NotEqual(t, account("100"), account("101"), "the same event later is another one")
}

func TestSplitInvalidUTF8(t *testing.T) {
	items, err := Split([]byte("{\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":[{\"id\":\"w\",\"from\":\"1\",\"type\":\"text\",\"text\":{\"body\":\"a\xffb\\u0000c\"}}]}}]}]}"))
	require.NoError(t, err)
	message, err := items[0].Message()
	require.NoError(t, err)
	require.Equal(t, "a\uFFFDbc", message.Text.Body)
}

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
				require.Less(t, total, allTold*len(body)+making*countValues(body)+1<<20)
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
	numbers := strings.Repeat("7,", 3*maxInvalid) + "7"
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
	for range maxInvalid + 1 {
		wanted = append(wanted, "invalid")
	}
	require.Equal(t, append(wanted, "message", "invalid", "message"), told)
	require.Contains(t, string(items[0].Data), `"messages":2`, "the value itself is wrong: one item holds all of it")
	require.Equal(t, "7", string(items[2].Data))
	require.Contains(t, string(items[2+maxInvalid].Data), numbers, "the last one holds what is not told apart")
}
