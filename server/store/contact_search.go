package store

import (
	"context"
	"strings"

	"github.com/Masterminds/squirrel"
	"github.com/lib/pq"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// shortestNumber is how many digits a number with its area has at least.
const shortestNumber = 10

// contactsMeant is the condition on waa_contacts of what somebody typed to find a person; nil where nothing was typed. A whole number
// or document means who has it, and is looked up: as a part of others it is in too many entries of the index. Anything else is a part
// of a name or a number. document is what was typed as a CPF or CNPJ, if it is one.
func (s *Store) contactsMeant(ctx context.Context, query string, document domain.Document) (squirrel.Sqlizer, error) {
	exactly, err := s.contactsExactly(ctx, query, s.documentHashes(document))
	switch {
	case err != nil:
		return nil, err
	case len(exactly) > 0:
		return squirrel.Expr("id = ANY(?)", pq.Array(exactly)), nil
	case document != "" && phoneDigits(query) != "": // its digits are no part of a number; with letters it may be a name
		return squirrel.Expr("false"), nil
	}
	return contactsLike(query), nil
}

// contactsExactly lists the contacts that have a number or a document; none if the query is neither.
func (s *Store) contactsExactly(ctx context.Context, query string, cpfHashes []string) ([]string, error) {
	var ids []string
	if digits := phoneDigits(query); len(digits) >= shortestNumber {
		keys := []string{domain.PhoneKey(digits), domain.PhoneKey("55" + digits)}
		if err := s.db.SelectContext(ctx, &ids, "SELECT contact_id FROM waa_identities WHERE kind = 'phone' AND value = ANY($1)", pq.Array(keys)); err != nil {
			return nil, wrapErr(err, "could not look for a number")
		}
	}
	for _, hash := range cpfHashes {
		var more []string
		if err := s.db.SelectContext(ctx, &more, "SELECT id FROM waa_contacts WHERE cpf_hash = $1 AND cpf_hash <> ''", hash); err != nil {
			return nil, wrapErr(err, "could not look for a document")
		}
		ids = append(ids, more...)
	}
	return ids, nil
}

// contactsLike is the condition that a contact's name or number contains the query; nil without a query.
func contactsLike(query string) squirrel.Sqlizer {
	query = truncate(strings.TrimSpace(query), 256)
	if query == "" {
		return nil
	}
	matches := squirrel.Or{squirrel.Expr("name ILIKE ?", "%"+escapeLike(query)+"%")}
	if digits := phoneDigits(query); digits != "" {
		matches = append(matches, squirrel.Expr("phone LIKE ?", "%"+digits+"%"))
		for _, written := range []string{digits, "55" + digits} { // with its country code or without, the ninth digit may lack
			if key := domain.PhoneKey(written); key != written {
				matches = append(matches, squirrel.Expr("phone LIKE ?", "%"+key+"%"))
			}
		}
		if old := withoutNinthDigit(digits); old != "" {
			matches = append(matches, squirrel.Expr("phone LIKE ?", "%"+old))
		}
	}
	return matches
}

// withoutNinthDigit returns a whole Brazilian mobile number, with its area and country or without, as it was written
// before it had nine digits, in which form Meta and old rows may have it; "" = it is no such number.
func withoutNinthDigit(digits string) string {
	const local = 9
	at := len(digits) - local
	if at != 0 && at != 2 && (at != 4 || digits[:2] != "55") || digits[at] != '9' {
		return ""
	}
	return digits[:at] + digits[at+1:]
}

// escapeLike makes text match itself only.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// phoneDigits gives the digits of what looks like a part of a number, else "".
func phoneDigits(query string) string {
	var b strings.Builder
	for _, r := range query {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.ContainsRune(" +-().\u00a0", r):
			return ""
		}
	}
	if b.Len() < 3 {
		return ""
	}
	return b.String()
}
