package store

import (
	"context"
	"database/sql"
	"embed"
	"strings"

	"github.com/mattermost/morph"
	"github.com/mattermost/morph/drivers/postgres"
	"github.com/mattermost/morph/sources/embedded"
	"github.com/pkg/errors"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationTimeout bounds one migration, in seconds.
const migrationTimeout = 300

// silent is morph's logger: the caller logs the error, if there is one.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// Migrate brings tables and functions up to date. The caller sees to it that
// only one process of the cluster does so at a time. Functions of an earlier
// version stay: another process may still call them.
func Migrate(db *sql.DB) error {
	engine, err := newMorph(db)
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }() // gives its connection back; db stays open
	if err = engine.ApplyAll(); err != nil {
		return errors.Wrap(err, "could not migrate the tables")
	}
	var create []string
	for _, f := range hotStatements() {
		create = append(create, f.create())
	}
	_, err = db.Exec(strings.Join(create, ";\n"))
	return errors.Wrap(err, "could not make the functions")
}

// Unmigrate removes the tables and all they hold.
func Unmigrate(db *sql.DB) error {
	engine, err := newMorph(db)
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }()
	_, err = engine.ApplyDown(-1)
	return errors.Wrap(err, "could not remove the tables")
}

func newMorph(db *sql.DB) (*morph.Morph, error) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil, errors.Wrap(err, "could not list the migrations")
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	source, err := embedded.WithInstance(embedded.Resource(names, func(name string) ([]byte, error) {
		return migrations.ReadFile("migrations/" + name)
	}))
	if err != nil {
		return nil, errors.Wrap(err, "could not read the migrations")
	}
	driver, err := postgres.WithInstance(db)
	if err != nil {
		return nil, errors.Wrap(err, "could not reach the database")
	}
	engine, err := morph.New(context.Background(), driver, source,
		morph.WithLogger(silent{}),
		morph.SetMigrationTableName("waa_schema_migrations"),
		morph.SetStatementTimeoutInSeconds(migrationTimeout))
	if err != nil {
		_ = driver.Close()
		return nil, errors.Wrap(err, "could not prepare the migrations")
	}
	return engine, nil
}
