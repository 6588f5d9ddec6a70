package store

import "strings"

// lockFree ends a SELECT that locks its rows and leaves out those that somebody
// else has locked. Leases, purges and markDue use it. The claim of the job queue
// has words of its own (see claimFunction): it locks only one of the tables that
// it joins, after it chose the first job of each lane.
const lockFree = " FOR UPDATE SKIP LOCKED"

// lease is how several processes share the rows of a table without doing the
// same work twice. Whoever claims a row has it until a moment by the database's
// clock; when its holder dies, that moment passes and another process claims it.
type lease struct {
	table string
	key   string // the columns of the primary key: "id", "user_id, team_id"
	until string // the column with the lease's end, milliseconds since epoch; 0 = nobody has the row
	set   string // what a claim changes besides, a part of a SET list; "" = nothing

	length string // the parameter that says for how many milliseconds
	most   string // the parameter that says how many rows at most; "" = those that meet the condition
	// waits makes the claim wait for a row that somebody has locked, instead of leaving it out.
	waits bool
	// returned are the columns of the claimed rows; "" = all of the table, and again.
	returned string
}

// due is a condition of rows t that have work waiting, and the order in which they are taken.
type due struct{ where, order string }

// claim is a WITH that leases the rows which meet one of the conditions and that
// nobody has, and calls them "claimed". Their column again says that the last
// holder did not give the lease back: a part of the work may be done already.
func (l lease) claim(conditions ...due) string {
	var selects, unions []string
	for i, condition := range conditions {
		name := "due_" + string(rune('a'+i))
		selects = append(selects, name+" AS ("+l.selectDue(condition)+")")
		unions = append(unions, "SELECT * FROM "+name)
	}
	set, returned := "", "t.*, due.again"
	if l.set != "" {
		set = ", " + l.set
	}
	if l.returned != "" {
		returned = l.returned
	}
	return "WITH " + strings.Join(selects, ", ") + ", due AS (" + strings.Join(unions, " UNION ") + `), claimed AS (
			UPDATE ` + l.table + " t SET " + l.until + " = " + clock + " + " + l.length + set + " FROM due WHERE (" + prefixColumns("t", l.key) + ") = (" + prefixColumns("due", l.key) + `)
			RETURNING ` + returned + `
		)`
}

func (l lease) selectDue(condition due) string {
	query := "SELECT " + prefixColumns("t", l.key) + ", t." + l.until + " <> 0 AS again FROM " + l.table + " t WHERE " + condition.where + " AND t." + l.until + " <= " + clock
	if condition.order != "" {
		query += " ORDER BY " + condition.order
	}
	if l.most != "" {
		query += " LIMIT " + l.most
	}
	if l.waits {
		return query + " FOR UPDATE"
	}
	return query + lockFree
}
