package store

import (
	"context"
	"database/sql"
	"sync"

	"github.com/Masterminds/squirrel"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/postgres"
)

// Encrypter keeps tokens, documents and answers unreadable in the database, each for its place; *encryption.Encrypter is one.
type Encrypter interface {
	Encrypt(place, plain string) (string, error)
	Decrypt(place, encrypted string) (string, error)
	// Prefix is how everything begins that is encrypted now.
	Prefix() string
	// Hash is a keyed hash for search, Hashes are that one and those with earlier keys.
	Hash(plain string) string
	Hashes(plain string) []string
	// HideName makes a name of a lane's that tells nothing of the person whose lane it is.
	HideName(lane string) (string, error)
}

// Store is the database.
type Store struct {
	db        *sqlx.DB
	encrypter Encrypter
	newID     func() string
	// tokensAfter is how far FillTokens has come.
	tokens      sync.Mutex
	tokensAfter string
	// resultsAfter is how far FillResults has come.
	filling      sync.Mutex
	resultsAfter string

	callSQL map[string]string // of the functions in the database; see function

	deliveries  batcher[[]domain.InboxRow, struct{}]
	resolutions batcher[resolveRequest, *domain.InboundTarget]
	completions batcher[inboundCompletion, finishedJob]
	sent        batcher[sentCompletion, finishedJob]
	toDeliver   batcher[string, readEvent]
	told        batcher[toldEvent, finishedJob]
}

// New makes a store of an open database whose tables exist (see Migrate).
// newID makes Mattermost's 26-character ids.
func New(db *sql.DB, encrypter Encrypter, newID func() string) *Store {
	x := sqlx.NewDb(db, "postgres")
	s := &Store{db: x, encrypter: encrypter, newID: newID, callSQL: callsByName()}
	s.deliveries.run, s.deliveries.maxRunning = s.deliverBatch, 2 // one is made durable while the next is filled
	s.deliveries.weight = payloadSize
	s.resolutions.run = s.resolveBatch
	s.completions.run, s.completions.pause = s.completeBatch, batchPause
	s.completions.key = func(p inboundCompletion) string { return p.message.ConversationID }
	s.sent.run, s.sent.pause = s.completeSentBatch, batchPause
	s.sent.key = func(sent sentCompletion) string { return sent.ContactID }
	s.toDeliver.run, s.toDeliver.gather = s.readEvents, eventGather
	s.told.run, s.told.gather = s.completeEvents, eventGather
	return s
}

// clock is the database's time, milliseconds since epoch: the one clock of leases.
const clock = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"

// hot ends a statement that runs for each message, post or start. Its text must be the same
// each time. Planning took longer than the rest of it.
const hot = " " + postgres.Prepared

// PostgreSQL's error codes that mean something here.
const (
	uniqueViolation  = "23505"
	deadlockDetected = "40P01"
)

func hasCode(err error, code string) bool {
	var pqErr *pq.Error
	return errors.As(err, &pqErr) && string(pqErr.Code) == code
}

// wrapErr turns an error of the database into one of the domain, or says what could not be done.
func wrapErr(err error, doing string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return domain.ErrNotFound
	case hasCode(err, uniqueViolation):
		return domain.ErrConflict
	default:
		return errors.Wrap(err, doing)
	}
}

// retryDeadlock runs fn again when PostgreSQL chose it as a deadlock's victim.
func retryDeadlock(fn func() error) error {
	err := fn()
	for tries := 0; tries < 3 && hasCode(err, deadlockDetected); tries++ {
		err = fn()
	}
	return err
}

// inTxAgain is inTx for what other transactions lock or change in another order: it begins again when PostgreSQL chose it as
// a deadlock's victim.
func (s *Store) inTxAgain(ctx context.Context, fn func(*sqlx.Tx) error) error {
	return retryDeadlock(func() error { return s.inTx(ctx, fn) })
}

// exec runs a statement and returns how many rows it touched.
func exec(ctx context.Context, r sqlx.ExtContext, query string, args ...any) (int, error) {
	res, err := r.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// execOne is exec for a statement that must touch a row; ErrNotFound if it did not.
func execOne(ctx context.Context, r sqlx.ExtContext, doing, query string, args ...any) error {
	n, err := exec(ctx, r, query, args...)
	if err == nil && n == 0 {
		return domain.ErrNotFound
	}
	return wrapErr(err, doing)
}

// execNamed is exec with :names that are taken from arg.
func execNamed(ctx context.Context, r sqlx.ExtContext, query string, arg any) (int, error) {
	query, args, err := r.BindNamed(query, arg)
	if err != nil {
		return 0, err
	}
	return exec(ctx, r, query, args...)
}

// idleLimit is after how many milliseconds without a statement PostgreSQL ends a transaction.
const idleLimit = "15000"

// inTx runs fn in a transaction and commits it unless fn returns an error.
func (s *Store) inTx(ctx context.Context, fn func(*sqlx.Tx) error) error {
	t, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return errors.Wrap(err, "could not begin a transaction")
	}
	defer func() { _ = t.Rollback() }() // does nothing after the commit
	// over the plugin API's driver the connection outlives a killed plugin; the locks of a transaction that nobody will end must not
	if _, err := t.ExecContext(ctx, "SET LOCAL idle_in_transaction_session_timeout = "+idleLimit); err != nil {
		return errors.Wrap(err, "could not bound a transaction")
	}
	if err := fn(t); err != nil {
		return err
	}
	return wrapErr(t.Commit(), "could not commit a transaction")
}

// within runs fn in the transaction that r is, else in one of its own.
func (s *Store) within(ctx context.Context, r sqlx.ExtContext, fn func(*sqlx.Tx) error) error {
	if t, is := r.(*sqlx.Tx); is {
		return fn(t)
	}
	return s.inTx(ctx, fn)
}

func builder() squirrel.StatementBuilderType {
	return squirrel.StatementBuilder.PlaceholderFormat(squirrel.Dollar)
}

// selectPage reads one page of rows and how many there are in all; page counts
// from 0. Both queries have the same conditions.
func selectPage[T any](ctx context.Context, r sqlx.ExtContext, rows, count squirrel.SelectBuilder, page, perPage int) ([]*T, int, error) {
	page, perPage = max(page, 0), max(perPage, 1)
	offset := page * perPage
	query, args, err := rows.Limit(uint64(perPage)).Offset(uint64(offset)).ToSql()
	if err != nil {
		return nil, 0, errors.Wrap(err, "could not build a list query")
	}
	items := []*T{}
	if err = sqlx.SelectContext(ctx, r, &items, query, args...); err != nil {
		return nil, 0, errors.Wrap(err, "could not read a list")
	}
	if n := len(items); n < perPage && (n > 0 || page == 0) {
		return items, offset + n, nil // the last page tells the total
	}
	total := 0
	if query, args, err = count.ToSql(); err != nil {
		return nil, 0, errors.Wrap(err, "could not build a count query")
	}
	if err = sqlx.GetContext(ctx, r, &total, query, args...); err != nil {
		return nil, 0, errors.Wrap(err, "could not count a list")
	}
	return items, total, nil
}

// stringArray reads one array: one row however long it is, because over the plugin
// API's driver each row is a remote call.
func (s *Store) stringArray(ctx context.Context, doing, query string, args ...any) ([]string, error) {
	return s.stringArrayOf(ctx, s.db, doing, query, args...)
}

func (s *Store) stringArrayOf(ctx context.Context, r sqlx.ExtContext, doing, query string, args ...any) ([]string, error) {
	var list pq.StringArray
	err := sqlx.GetContext(ctx, r, &list, query, args...)
	return list, wrapErr(err, doing)
}
