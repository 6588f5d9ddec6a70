package store

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	// migrationTimeout bounds one statement of a migration.
	migrationTimeout = "300s"
	// migrationTable records which migrations were applied. Its columns are those of the tool that earlier versions used.
	migrationTable = "waa_schema_migrations"
)

// migration is one step of the tables; its files are migrations/<version>_<name>.{up,down}.sql.
type migration struct {
	version  int64
	name     string
	up, down string
}

// Migrate brings tables and functions up to date. The caller must make sure that only
// one process of the cluster does so at a time. The functions of an earlier version
// stay, because another process may still call them.
func Migrate(db *sql.DB) error {
	err := eachMigration(db, func(ctx context.Context, t *sql.Tx, m *migration, applied bool) error {
		if applied {
			return nil
		}
		if _, err := t.ExecContext(ctx, m.up); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, "INSERT INTO "+migrationTable+" (version, name) VALUES ($1, $2)", m.version, m.name)
		return err
	}, false)
	if err != nil {
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
	return errors.Wrap(eachMigration(db, func(ctx context.Context, t *sql.Tx, m *migration, applied bool) error {
		if !applied {
			return nil
		}
		if _, err := t.ExecContext(ctx, m.down); err != nil {
			return err
		}
		_, err := t.ExecContext(ctx, "DELETE FROM "+migrationTable+" WHERE version = $1", m.version)
		return err
	}, true), "could not remove the tables")
}

// eachMigration calls do for each migration in its order, or backwards, each in
// a transaction of its own: what it does and that it was done come together.
func eachMigration(db *sql.DB, do func(ctx context.Context, t *sql.Tx, m *migration, applied bool) error, backwards bool) error {
	all, err := readMigrations()
	if err != nil {
		return err
	}
	if backwards {
		slices.Reverse(all)
	}
	ctx := context.Background()
	if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+migrationTable+" (version bigint NOT NULL PRIMARY KEY, name varchar NOT NULL)"); err != nil {
		return err
	}
	for i := range all {
		if err := oneMigration(ctx, db, &all[i], do); err != nil {
			return errors.Wrap(err, all[i].name)
		}
	}
	return nil
}

func oneMigration(ctx context.Context, db *sql.DB, m *migration, do func(ctx context.Context, t *sql.Tx, m *migration, applied bool) error) error {
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback() }() // does nothing after the commit
	if _, err := t.ExecContext(ctx, "SET LOCAL statement_timeout = '"+migrationTimeout+"'"); err != nil {
		return err
	}
	var applied bool
	if err := t.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+migrationTable+" WHERE version = $1)", m.version).Scan(&applied); err != nil {
		return err
	}
	if err := do(ctx, t, m, applied); err != nil {
		return err
	}
	return t.Commit()
}

// readMigrations reads all, the first first.
func readMigrations() ([]migration, error) {
	names, err := fs.Glob(migrations, "migrations/*.up.sql")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	all := make([]migration, len(names))
	for i, path := range names {
		up, err := migrations.ReadFile(path)
		if err != nil {
			return nil, err
		}
		down, err := migrations.ReadFile(strings.TrimSuffix(path, ".up.sql") + ".down.sql")
		if err != nil {
			return nil, err
		}
		number, name, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(path, "migrations/"), ".up.sql"), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, errors.Wrap(err, path)
		}
		all[i] = migration{version: version, name: name, up: string(up), down: string(down)}
	}
	return all, nil
}
