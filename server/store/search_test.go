package store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who looks for a part of a name or of a number reads an index, not everybody.
func TestSearchIsServedByAnIndex(t *testing.T) {
	f := direct(t)
	if f.number(t, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'") == 0 {
		t.Skip("this PostgreSQL has no pg_trgm, and the search does without")
	}
	_, err := f.db.Exec(`INSERT INTO waa_contacts (id, name, phone, created_at, updated_at)
		SELECT 'contact' || n, md5(n::text), '+5511' || n, 1, 1 FROM generate_series(100000, 130000) n`)
	require.NoError(t, err)
	_, err = f.db.Exec("ANALYZE waa_contacts")
	require.NoError(t, err)
	rows, err := f.db.Query("EXPLAIN SELECT id FROM waa_contacts WHERE name ILIKE '%ana maria%' OR phone LIKE '%98765%' OR cpf_hash = 'hash'")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var plan []string
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		plan = append(plan, line)
	}
	require.NoError(t, rows.Err())
	for _, index := range []string{"waa_contacts_name_part", "waa_contacts_phone_part"} {
		require.Contains(t, strings.Join(plan, "\n"), index)
	}
}
