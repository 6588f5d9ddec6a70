//go:build unix

package testenv

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/blang/semver/v4"
	"github.com/pkg/errors"
)

// These environment variables name what to run instead of a server compiled from source.
const (
	serverVariable  = "MM_SERVER_DIR" // folder of an unpacked release
	releaseVariable = "MM_RELEASE"    // version of a release to fetch
	clientVariable  = "MM_CLIENT_DIR" // folder of the web client's files alone
)

// versionLimit is how long a server's program may take to print its version.
const versionLimit = 30 * time.Second

var printedVersion = regexp.MustCompile(`(?m)^Version: (\S+)`)

// WebClient reports whether the servers will serve the real web client.
func WebClient() bool {
	for _, name := range []string{serverVariable, releaseVariable, clientVariable} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}

// releaseFolder returns the folder of the Mattermost release to run: the given one, the one of MM_SERVER_DIR, or one that is fetched because
// MM_RELEASE asks for it. It returns "" if the server is to be compiled. A folder that cannot be used is an error, because a test on another
// server than the one asked for would prove nothing.
func releaseFolder(ctx context.Context, given string, getenv func(string) string) (string, error) {
	folder, release := given, getenv(releaseVariable)
	if folder == "" {
		folder = getenv(serverVariable)
	}
	switch {
	case folder != "" && release != "":
		return "", errors.New(serverVariable + " and " + releaseVariable + " are both set: which of them is meant?")
	case release != "":
		fetched, err := officialReleases().fetch(ctx, release, getenv(checksumVariable))
		if err != nil {
			return "", err
		}
		folder = fetched
	case folder == "":
		return "", nil
	}
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return "", errors.Wrap(err, "cannot resolve "+folder)
	}
	return absolute, checkRelease(ctx, absolute)
}

// checkRelease fails if a folder is not that of an unpacked release, or of one that is too old for the plugin.
func checkRelease(ctx context.Context, folder string) error {
	for _, part := range []string{"bin/mattermost", "client/root.html", "i18n", "templates", "fonts"} {
		if _, err := os.Stat(filepath.Join(folder, part)); err != nil {
			return errors.Errorf("%s is not the folder of a Mattermost release: it has no %s. Unpack mattermost-team-<version>-linux-<processor>.tar.gz and give its folder \"mattermost\" in %s",
				folder, part, serverVariable)
		}
	}
	said, err := serverVersion(ctx, folder)
	if err != nil {
		return err
	}
	least, err := leastVersion()
	if err != nil {
		return err
	}
	if said.LT(least) {
		return errors.Errorf("%s is Mattermost %s, and the plugin needs %s or later", folder, said, least)
	}
	return nil
}

// serverVersion asks a release's program for its version.
func serverVersion(ctx context.Context, folder string) (semver.Version, error) {
	ctx, cancel := context.WithTimeout(ctx, versionLimit)
	defer cancel()
	program := exec.CommandContext(ctx, filepath.Join(folder, "bin", "mattermost"), "version") //nolint:gosec // the release the user asks for
	program.Dir = folder
	program.Env = withoutServerSettings(os.Environ())
	out, err := program.CombinedOutput()
	if err != nil {
		return semver.Version{}, errors.Wrapf(err, "%s/bin/mattermost does not run on this machine (is it a release for its system and processor?): %s", folder, strings.TrimSpace(string(out)))
	}
	found := printedVersion.FindSubmatch(out)
	if found == nil {
		return semver.Version{}, errors.Errorf("%s/bin/mattermost is no Mattermost server: asked for its version it says %q", folder, strings.TrimSpace(string(out)))
	}
	said, err := semver.Parse(string(found[1]))
	return said, errors.Wrapf(err, "cannot read the version of %s", folder)
}

// leastVersion returns the oldest server version that the plugin's manifest allows.
func leastVersion() (semver.Version, error) {
	root, err := repositoryRoot()
	if err != nil {
		return semver.Version{}, err
	}
	content, err := os.ReadFile(filepath.Join(root, "plugin.json")) //nolint:gosec // our own manifest
	if err != nil {
		return semver.Version{}, errors.Wrap(err, "cannot read the plugin's manifest")
	}
	var manifest struct {
		MinServerVersion string `json:"min_server_version"`
	}
	if err := json.Unmarshal(content, &manifest); err != nil {
		return semver.Version{}, errors.Wrap(err, "cannot read the plugin's manifest")
	}
	least, err := semver.Parse(manifest.MinServerVersion)
	return least, errors.Wrap(err, "cannot read the plugin's least server version")
}
