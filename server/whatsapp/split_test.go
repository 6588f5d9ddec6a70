package whatsapp

import (
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
