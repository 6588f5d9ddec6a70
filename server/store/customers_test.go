package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (f *fixture) find(t testing.TB, reader, query string) []*domain.KnownCustomer {
	t.Helper()
	document, _ := domain.ParseDocument(query)
	found, err := f.FindCustomers(ctx(), reader, []string{f.queue.ID}, false, query, document, 20)
	require.NoError(t, err)
	return found
}

// TestCustomersAreFoundHoweverTheirNumberIsWritten stores one number with the ninth digit and one without.
func TestCustomersAreFoundHoweverTheirNumberIsWritten(t *testing.T) {
	f := direct(t)
	for _, stored := range []string{"+5511987654321", "+551176543210"} {
		f.with(t, stored)
	}
	_, err := f.db.Exec("UPDATE waa_contacts SET phone = '+551176543210' WHERE phone LIKE '%76543210'")
	require.NoError(t, err)
	for query, found := range map[string]int{
		"11987654321": 1, "1187654321": 1, "(11) 98765-4321": 1, "+55 11 8765-4321": 1, "987654321": 1, "87654321": 1, "551187654321": 1,
		"11976543210": 1, "1176543210": 1, "+55 11 97654-3210": 1, "976543210": 1, "97654-3210": 1, "76543210": 1,
		"11987654322": 0, "12976543210": 0,
	} {
		require.Len(t, f.find(t, "owner", query), found, query)
	}
}

// TestANameThatIsADocumentByChanceIsFound: a CNPJ may have letters, and so may a name that ends with a number.
func TestANameThatIsADocumentByChanceIsFound(t *testing.T) {
	f := direct(t)
	const name = "Cliente 1000003"
	_, is := domain.ParseDocument(name)
	require.True(t, is)
	contact := f.contact(t, "+5511987654321", name)
	f.conversation(t, contact.ID, func(c *domain.Conversation) { c.OwnerID = "owner" })
	require.Len(t, f.find(t, "owner", name), 1)
	require.Empty(t, f.find(t, "owner", "52998224725"), "nobody has it")
}

// BenchmarkFindCustomers searches among 100,000 people with a conversation each.
func BenchmarkFindCustomers(b *testing.B) {
	f := direct(b)
	for _, query := range []string{
		`INSERT INTO waa_contacts (id, name, phone, created_at, updated_at)
			SELECT 'contact' || n, (ARRAY['Ana', 'Bruno', 'Carla', 'Davi'])[n % 4 + 1] || ' ' || translate(md5(n::text), '0123456789', 'ghijklmnop'), '+55119' || (n + 80000000), 1, 1 FROM generate_series(1, 100000) n`,
		`INSERT INTO waa_conversations (id, account_id, contact_id, queue_id, team_id, owner_id, created_at, updated_at)
			SELECT 'conversation' || n, (SELECT min(id) FROM waa_accounts), 'contact' || n, (SELECT min(id) FROM waa_queues), 't', 'o', 1, 1 FROM generate_series(1, 100000) n`,
		`INSERT INTO waa_identities (account_id, kind, value, contact_id) SELECT (SELECT min(id) FROM waa_accounts), 'phone', ltrim(phone, '+'), id FROM waa_contacts`,
		"ANALYZE waa_contacts", "ANALYZE waa_identities", "ANALYZE waa_conversations",
	} {
		_, err := f.db.Exec(query)
		require.NoError(b, err)
	}
	for _, query := range []string{"Ana", "Carla ab", "11980012345", "0012345", "52998224725", "nobody like that"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				f.find(b, "somebody", query)
			}
		})
	}
}
