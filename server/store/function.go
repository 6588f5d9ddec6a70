package store

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postgres"
)

// function is a statement of a hot path that is kept in the database as a function.
// PostgreSQL plans it once for each connection instead of at every call, and plans it
// with switches of its own (see planning), which a prepared statement cannot have:
// they would hold for the whole connection, and reports need other plans. Besides, over
// the plugin API's driver and behind a pooler nothing can be prepared, and planning
// would be two thirds of the time. The call itself is prepared where it can be (see
// postgres.Prepared), which saves another 15 to 30 per cent.
//
// The name holds a hash of the definition, so that processes of two versions in one
// cluster each find their own.
type function struct {
	name    string
	params  []string // their types; $1, $2 ... in the query
	returns string   // columns of a result, or "SETOF type"
	first   []string // statements before the query, which sees what they waited for
	query   string
}

// hotStatements are all functions; Migrate makes them, New knows their names.
func hotStatements() []function {
	all := []function{resolveFunction(), saveInboundFunction(), loadSendFunction(), markLeftFunction(), completeSentFunction(), enqueuePostFunction(), readStatusFunction(), swapStatusFunction(), settleStatusFunction(), claimTicksFunction(), addInboxFunction(), completeInboundFunction(),
		lastMessagesFunction(), readDeliveriesFunction(), readEventConversationsFunction(), readEventMessagesFunction(), completeEventsFunction()}
	for _, table := range append(jobTables(), deliveryTable) {
		all = append(all, claimFunction(table), finishFunction(table))
	}
	return all
}

// planning is set for all functions: each has one plan, by its indexes, that is right
// for all values. Without it a plan that was made while a table was nearly empty would
// read the whole table until the next ANALYZE, and a LIMIT whose value the planner does
// not know could make it compile the statement (jit) before it runs it.
const planning = "SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off"

// create is the statement that makes the function.
func (f *function) create() string {
	return "CREATE OR REPLACE FUNCTION " + f.id() + "(" + strings.Join(f.params, ", ") + ") RETURNS " + f.returns +
		" LANGUAGE plpgsql " + planning + " AS $function$\n#variable_conflict use_column\nBEGIN\n\t" + strings.Join(append(slices.Clone(f.first), "RETURN QUERY "+f.query), ";\n\t") + ";\nEND $function$"
}

func (f *function) id() string {
	sum := sha256.Sum256([]byte(strings.Join(f.params, ",") + f.returns + planning + strings.Join(f.first, ";") + f.query))
	return "waa_" + f.name + "_" + hex.EncodeToString(sum[:5])
}

// call is a call of the function with the parameters $1, $2 ..., which is prepared where that can be done.
func (f *function) call() string {
	args := make([]string, len(f.params))
	for i := range args {
		args[i] = "$" + strconv.Itoa(i+1)
	}
	return f.id() + "(" + strings.Join(args, ", ") + ") " + postgres.Prepared
}

// callsByName are the calls of all functions.
func callsByName() map[string]string {
	byName := map[string]string{}
	for _, f := range hotStatements() {
		byName[f.name] = f.call()
	}
	return byName
}

// params splits a list of parameter types.
func params(types string) []string { return strings.Split(types, ", ") }

// columnsOf reads columns out of a row that a function returns as one value, named as
// fields of a nested struct or, with field "", of the struct itself.
func columnsOf(row, field, columns string) string {
	return mapColumns(columns, func(c string) string {
		if field == "" {
			return "(f." + row + ")." + c
		}
		return "(f." + row + ")." + c + ` AS "` + field + "." + c + `"`
	})
}
