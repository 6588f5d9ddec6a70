//go:build unix

package testenv

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// fakeRelease makes a folder that looks like a release. Its program prints what is given when it is asked for its version.
func fakeRelease(t *testing.T, says string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"bin", "client", "i18n", "templates", "fonts"} {
		require.NoError(t, os.Mkdir(filepath.Join(folder, name), 0o700))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "client", "root.html"), nil, 0o600))
	program := "#!/bin/sh\n[ \"$1\" = version ] && printf '" + says + "'\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "bin", "mattermost"), []byte(program), 0o700))
	return folder
}

func environment(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func TestReleaseFolder(t *testing.T) {
	good := fakeRelease(t, `Version: 11.4.0\nBuild Number: 1\n`)
	broken := fakeRelease(t, "")
	require.NoError(t, os.WriteFile(filepath.Join(broken, "bin", "mattermost"), []byte("\x7fELF of another machine"), 0o700))
	noClient := fakeRelease(t, "")
	require.NoError(t, os.Remove(filepath.Join(noClient, "client", "root.html")))
	tests := []struct {
		name, given string
		variables   map[string]string
		want        string
		wantErr     string
	}{
		{name: "nothing is asked for: the server is compiled"},
		{name: "a release", variables: map[string]string{"MM_SERVER_DIR": good}, want: good},
		{name: "a test's own folder comes first", given: good, variables: map[string]string{"MM_SERVER_DIR": "/nowhere"}, want: good},
		{name: "both variables", variables: map[string]string{"MM_SERVER_DIR": good, "MM_RELEASE": "11.8.2"}, wantErr: "which of them is meant"},
		{name: "no such folder", given: "/nowhere", wantErr: "is not the folder of a Mattermost release: it has no bin/mattermost"},
		{name: "no client", given: noClient, wantErr: "it has no client/root.html"},
		{name: "too old", given: fakeRelease(t, `Version: 11.3.9\n`), wantErr: "is Mattermost 11.3.9, and the plugin needs 11.4.0 or later"},
		{name: "newer than all that are known", given: fakeRelease(t, `Version: 12.1.0\n`)},
		{name: "another program", given: fakeRelease(t, `hello\n`), wantErr: `is no Mattermost server: asked for its version it says "hello"`},
		{name: "for another machine", given: broken, wantErr: "does not run on this machine"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := releaseFolder(t.Context(), tt.given, environment(tt.variables))
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			want := tt.want
			if want == "" {
				want = tt.given
			}
			require.Equal(t, want, got)
		})
	}
}

// site publishes one release, counts the requests for it and returns its checksum.
func site(t *testing.T) (r *releases, checksum string, asked *int) {
	t.Helper()
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	out := tar.NewWriter(zipped)
	for name, content := range map[string]string{"mattermost/bin/mattermost": "program", "mattermost/client/root.html": "page"} {
		require.NoError(t, out.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content)), Typeflag: tar.TypeReg}))
		_, err := out.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, out.Close())
	require.NoError(t, zipped.Close())
	sum := sha256.Sum256(archive.Bytes())
	asked = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		*asked++
		if request.URL.Path != "/11.8.2/"+releaseName("11.8.2") {
			http.NotFound(w, request)
			return
		}
		_, _ = w.Write(archive.Bytes())
	}))
	t.Cleanup(server.Close)
	checksum = hex.EncodeToString(sum[:])
	return &releases{site: server.URL, known: checksum + "  " + releaseName("11.8.2") + "\n", cache: t.TempDir()}, checksum, asked
}

func TestFetchRelease(t *testing.T) {
	t.Run("it is fetched once", func(t *testing.T) {
		r, _, asked := site(t)
		for range 2 {
			folder, err := r.fetch(t.Context(), "11.8.2", "")
			require.NoError(t, err)
			content, err := os.ReadFile(filepath.Join(folder, "client", "root.html"))
			require.NoError(t, err)
			require.Equal(t, "page", string(content))
		}
		require.Equal(t, 1, *asked)
	})
	t.Run("one that the list does not know needs its checksum", func(t *testing.T) {
		r, checksum, asked := site(t)
		r.known = ""
		_, err := r.fetch(t.Context(), "11.8.2", "")
		require.ErrorContains(t, err, "has no checksum of "+releaseName("11.8.2"))
		require.ErrorContains(t, err, "MM_RELEASE_SHA256")
		require.Zero(t, *asked)
		_, err = r.fetch(t.Context(), "11.8.2", checksum)
		require.NoError(t, err)
	})
	t.Run("one with another checksum is not kept", func(t *testing.T) {
		r, checksum, _ := site(t)
		_, err := r.fetch(t.Context(), "11.8.2", hex.EncodeToString(make([]byte, sha256.Size)))
		require.ErrorContains(t, err, "is not used: its SHA-256 is "+checksum)
		require.NoDirExists(t, filepath.Join(r.cache, "mattermost-11.8.2"))
	})
	t.Run("one that is not published", func(t *testing.T) {
		r, checksum, _ := site(t)
		_, err := r.fetch(t.Context(), "11.8.3", checksum)
		require.ErrorContains(t, err, "404")
		require.ErrorContains(t, err, "give its folder \"mattermost\" in MM_SERVER_DIR")
	})
	t.Run("no network", func(t *testing.T) {
		r, _, _ := site(t)
		r.site = "http://127.0.0.1:1"
		_, err := r.fetch(t.Context(), "11.8.2", "")
		require.ErrorContains(t, err, "cannot fetch Mattermost 11.8.2. Where the network does not let you")
	})
	t.Run("no version", func(t *testing.T) {
		r, _, asked := site(t)
		_, err := r.fetch(t.Context(), "../../etc", "")
		require.ErrorContains(t, err, "is no version")
		require.Zero(t, *asked)
	})
}

func TestUnpackStaysInItsFolder(t *testing.T) {
	folder := t.TempDir()
	inner := filepath.Join(folder, "inner")
	require.NoError(t, os.Mkdir(inner, 0o700))
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	out := tar.NewWriter(zipped)
	require.NoError(t, out.WriteHeader(&tar.Header{Name: "../outside", Mode: 0o600, Typeflag: tar.TypeReg}))
	require.NoError(t, out.Close())
	require.NoError(t, zipped.Close())
	path := filepath.Join(folder, "archive")
	require.NoError(t, os.WriteFile(path, archive.Bytes(), 0o600))
	require.Error(t, unpack(path, inner))
	require.NoFileExists(t, filepath.Join(folder, "outside"))
}

func TestKnownReleasesAreWellFormed(t *testing.T) {
	for _, release := range []string{"11.4.5", "11.5.7", "11.6.6", "11.7.6", "11.8.2"} {
		t.Run(release, func(t *testing.T) {
			raw, err := hex.DecodeString(officialReleases().checksum("mattermost-team-" + release + "-linux-amd64.tar.gz"))
			require.NoError(t, err)
			require.Len(t, raw, sha256.Size)
		})
	}
}
