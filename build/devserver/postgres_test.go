package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFindPostgres(t *testing.T) {
	versions := map[string]int{"/path/old": 13, "/path/good": 15, "/pkg/14": 14, "/pkg/16": 16, "/pkg/9": 9}
	tests := []struct {
		name         string
		path, others []string
		want         string
	}{
		{"nothing", nil, nil, ""},
		{"nothing usable", []string{"/path/old", "/path/none"}, []string{"/pkg/9"}, ""},
		{"the path comes first", []string{"/path/old", "/path/good"}, []string{"/pkg/16"}, "/path/good"},
		{"else the newest", []string{"/path/old"}, []string{"/pkg/9", "/pkg/14", "/pkg/16"}, "/pkg/16"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, findPostgres(tt.path, tt.others, func(dir string) int { return versions[dir] }))
		})
	}
}

func TestPostgresVersion(t *testing.T) {
	for text, want := range map[string]int{
		"postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)": 15,
		"postgres (PostgreSQL) 18devel":                        18,
		"something else":                                       0,
	} {
		t.Run(text, func(t *testing.T) {
			require.Equal(t, want, majorVersion(text), text)
		})
	}
	dir := t.TempDir()
	require.Zero(t, postgresVersion(dir), "no programs")
	for _, program := range []string{"postgres", "initdb"} {
		script := "#!/bin/sh\necho 'postgres (PostgreSQL) 16.2'\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, program), []byte(script), 0o700))
	}
	require.Equal(t, 16, postgresVersion(dir))
}

func TestPostgresArgs(t *testing.T) {
	require.Contains(t, postgresArgs("/d", 5, false), "fsync=off")
	require.NotContains(t, postgresArgs("/d", 5, true), "fsync=off")
	for _, durable := range []bool{false, true} {
		args := postgresArgs("/d", 5, durable)
		require.Subset(t, args, []string{"-D", "/d/data", "port=5", "listen_addresses=127.0.0.1", "unix_socket_directories=/d", "max_connections=300"})
	}
}

func TestPoolsFitIntoPostgres(t *testing.T) {
	for nodes := 1; nodes <= mostNodes; nodes++ {
		size := poolSize(nodes)
		require.Positive(t, size)
		require.LessOrEqual(t, size*nodes, maxConnections-50)
	}
}

func TestDatabaseURLs(t *testing.T) {
	tests := []struct {
		name, url, database, source string
	}{
		{
			"loopback", "postgres://u:p@127.0.0.1:5/postgres",
			"postgres://u:p@127.0.0.1:5/own?sslmode=disable",
			"postgres://u:p@127.0.0.1:5/own?binary_parameters=yes&connect_timeout=10&sslmode=disable",
		},
		{
			"localhost, the other scheme, its own wish", "postgresql://u@localhost/x?sslmode=require",
			"postgres://u@localhost/own?sslmode=require",
			"postgres://u@localhost/own?binary_parameters=yes&connect_timeout=10&sslmode=require",
		},
		{
			"somewhere else", "postgres://u:p@db.example.com/x",
			"postgres://u:p@db.example.com/own",
			"postgres://u:p@db.example.com/own?binary_parameters=yes&connect_timeout=10",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			database, err := withDatabase(tt.url, "own")
			require.NoError(t, err)
			require.Equal(t, tt.database, database)
			source, err := serverDataSource(database)
			require.NoError(t, err)
			require.Equal(t, tt.source, source)
		})
	}
	for _, bad := range []string{"", "host=x password=secret", "mysql://u:secret@x/y", "postgres://u:secret@x:port/%zz"} {
		_, err := withDatabase(bad, "own")
		require.ErrorContains(t, err, "DATABASE_URL must be")
		require.NotContains(t, err.Error(), "secret")
	}
}
