package main

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/pkg/errors"
)

// oldestPostgres is the oldest major version that the server supports.
const oldestPostgres = 14

// postgresPlan says which PostgreSQL is used and which user runs it.
type postgresPlan struct {
	externalDatabase string // name of the database to make inside DATABASE_URL; "": a PostgreSQL of our own
	binaries         string // folder of the machine's own programs; "": they must be fetched
	owner            *owner // who PostgreSQL runs as; nil: the launcher's own user
}

// planPostgres chooses the PostgreSQL: the one in DATABASE_URL, else the programs on this machine, else programs from the network.
func planPostgres(opts *options) (*postgresPlan, error) {
	if opts.databaseURL != "" {
		if _, err := withDefaults(opts.databaseURL); err != nil {
			return nil, err
		}
		return &postgresPlan{externalDatabase: randomName("waa_dev_")}, nil
	}
	plan := &postgresPlan{binaries: findPostgres(filepath.SplitList(os.Getenv("PATH")), installedPostgres(), postgresVersion)}
	if os.Geteuid() != 0 {
		return plan, nil
	}
	// PostgreSQL refuses to run as root.
	for _, name := range []string{"postgres", "nobody"} {
		if account, err := user.Lookup(name); err == nil {
			plan.owner, err = newOwner(account)
			return plan, err
		}
	}
	return nil, errors.New("PostgreSQL does not run as root and there is neither a user postgres nor nobody to run it as")
}

// newOwner reads the numeric ids of an account.
func newOwner(account *user.User) (*owner, error) {
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read the user id of %s", account.Username)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read the group id of %s", account.Username)
	}
	return &owner{uid: uint32(uid), gid: uint32(gid)}, nil
}

// installedPostgres lists the folders into which packages install PostgreSQL's programs, in addition to those in PATH.
func installedPostgres() []string {
	var dirs []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",          // Debian
		"/usr/pgsql-*/bin",                   // Red Hat
		"/opt/homebrew/opt/postgresql@*/bin", // macOS
		"/usr/local/opt/postgresql@*/bin",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue // this only happens with a bad pattern
		}
		dirs = append(dirs, found...)
	}
	return dirs
}

// findPostgres returns the folder with usable programs: the first one in the path, or else the newest of the others, or "" if there is
// none.
func findPostgres(path, others []string, version func(dir string) int) string {
	for _, dir := range path {
		if version(dir) >= oldestPostgres {
			return dir
		}
	}
	best, newest := "", oldestPostgres-1
	for _, dir := range others {
		if v := version(dir); v > newest {
			best, newest = dir, v
		}
	}
	return best
}

// postgresVersion returns the major version of the programs in a folder, or 0 if there are none.
func postgresVersion(dir string) int {
	for _, program := range []string{"initdb", "postgres"} {
		if info, err := os.Stat(filepath.Join(dir, program)); err != nil || info.IsDir() {
			return 0
		}
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output() //nolint:gosec // the machine's own program
	if err != nil {
		return 0
	}
	return majorVersion(string(out))
}

// majorVersion parses "postgres (PostgreSQL) 15.13 (Debian ...)". It returns 0 for any other text.
func majorVersion(text string) int {
	match := regexp.MustCompile(`\(PostgreSQL\) (\d+)`).FindStringSubmatch(text)
	if match == nil {
		return 0
	}
	version, err := strconv.Atoi(match[1])
	if err != nil {
		return 0
	}
	return version
}
