//go:build unix

package testenv

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/pkg/errors"
)

// checksumVariable holds the SHA-256 of a release that the list does not know.
const checksumVariable = "MM_RELEASE_SHA256"

//go:embed releases.txt
var knownReleases string

var releaseNumber = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// releases fetches official Mattermost releases.
type releases struct {
	site  string // where they are published, without a slash at the end
	known string // checksums, in sha256sum's format
	cache string // folder for unpacked releases; "" is the repository's .cache
}

func officialReleases() *releases {
	return &releases{site: "https://releases.mattermost.com", known: knownReleases}
}

// fetch returns the folder of a release, which it downloads, checks and unpacks the first time. checksum is the SHA-256 of a release that
// the list does not know; "" if there is none. Nothing that fails the check is kept.
func (r *releases) fetch(ctx context.Context, release, checksum string) (string, error) {
	if !releaseNumber.MatchString(release) {
		return "", errors.Errorf("%s=%s is no version: give it as in %s=11.8.2", releaseVariable, release, releaseVariable)
	}
	if r.cache == "" {
		root, err := repositoryRoot()
		if err != nil {
			return "", err
		}
		r.cache = filepath.Join(root, ".cache")
	}
	if err := os.MkdirAll(r.cache, 0o750); err != nil {
		return "", errors.Wrap(err, "cannot make the folder of the releases")
	}
	folder := filepath.Join(r.cache, "mattermost-"+release)
	unlock, err := lock(ctx, folder+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(folder); err == nil {
		return folder, nil // it was renamed to this when it was complete
	}
	name := releaseName(release)
	if checksum == "" {
		checksum = r.checksum(name)
	}
	if checksum == "" {
		return "", errors.Errorf("build/testenv/releases.txt has no checksum of %s. Copy it from Mattermost's version archive into %s, or unpack the release yourself and give its folder in %s",
			name, checksumVariable, serverVariable)
	}
	return folder, r.install(ctx, release, name, checksum, folder)
}

// releaseName returns the name of the file in which a release for this machine is published.
func releaseName(release string) string {
	return fmt.Sprintf("mattermost-team-%s-%s-%s.tar.gz", release, runtime.GOOS, runtime.GOARCH)
}

// checksum returns the listed SHA-256 of a file, or "".
func (r *releases) checksum(name string) string {
	for line := range strings.Lines(r.known) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[1] == name {
			return fields[0]
		}
	}
	return ""
}

// install downloads a release next to its folder, checks it, and unpacks it into the folder.
func (r *releases) install(ctx context.Context, release, name, checksum, folder string) error {
	work, err := os.MkdirTemp(r.cache, "release-")
	if err != nil {
		return errors.Wrap(err, "cannot make a folder for the release")
	}
	defer func() { _ = os.RemoveAll(work) }()
	archive := filepath.Join(work, name)
	address := r.site + "/" + release + "/" + name
	sum, err := download(ctx, address, archive)
	if err != nil {
		return errors.Wrapf(err, "cannot fetch Mattermost %s. Where the network does not let you, fetch %s elsewhere, unpack it and give its folder \"mattermost\" in %s",
			release, address, serverVariable)
	}
	if !strings.EqualFold(sum, checksum) {
		return errors.Errorf("%s is not the release that was asked for and is not used: its SHA-256 is %s, and it must be %s", address, sum, checksum)
	}
	if err := unpack(archive, work); err != nil {
		return errors.Wrap(err, "cannot unpack "+name)
	}
	return errors.Wrap(os.Rename(filepath.Join(work, "mattermost"), folder), "cannot keep the release")
}

// download writes what an address serves to a file and returns its SHA-256.
func download(ctx context.Context, address, path string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return "", errors.Wrap(err, "cannot make the request")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", errors.Wrap(err, "no answer")
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return "", errors.Errorf("%s answers %s", address, response.Status)
	}
	file, err := os.Create(path) //nolint:gosec // a file in our own folder
	if err != nil {
		return "", errors.Wrap(err, "cannot make the file")
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(file, sum), response.Body)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return hex.EncodeToString(sum.Sum(nil)), errors.Wrap(err, "the download broke off")
}

// unpack extracts the folders and files of a .tar.gz below a folder. os.Root refuses names that lead out of it.
func unpack(archive, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	file, err := os.Open(archive) //nolint:gosec // the file that was just checked
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	for entries := tar.NewReader(unzipped); ; {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := extract(root, entry, entries); err != nil {
			return errors.Wrap(err, entry.Name)
		}
	}
}

// extract writes one entry of an archive. Links and devices, which a release does not contain, are left out.
func extract(root *os.Root, entry *tar.Header, content io.Reader) error {
	name := filepath.Clean(entry.Name)
	switch entry.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(name, 0o755)
	case tar.TypeReg:
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		file, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, entry.FileInfo().Mode().Perm())
		if err != nil {
			return err
		}
		_, err = io.Copy(file, content)
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
		return err
	}
	return nil
}
