package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

const (
	// activationLimit is how long a plugin may take to become active.
	activationLimit = 90 * time.Second
	// manifestLimit is the largest size of a manifest in bytes.
	manifestLimit = 1 << 20
)

// readManifest reads the manifest inside a bundle, so that a bad bundle is refused before anything is started. Without a bundle it returns
// nil.
func readManifest(bundle string) (*model.Manifest, error) {
	if bundle == "" {
		return nil, nil
	}
	file, err := os.Open(filepath.Clean(bundle))
	if err != nil {
		return nil, errors.Wrap(err, "cannot open the bundle")
	}
	defer func() { _ = file.Close() }()
	manifest, err := manifestIn(file)
	return manifest, errors.Wrapf(err, "cannot read the bundle %s", filepath.Base(bundle))
}

// manifestIn finds <folder>/plugin.json in a bundle.
func manifestIn(bundle io.Reader) (*model.Manifest, error) {
	zipped, err := gzip.NewReader(bundle)
	if err != nil {
		return nil, errors.Wrap(err, "it is not compressed")
	}
	archive := tar.NewReader(zipped)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("there is no plugin.json in it")
		}
		if err != nil {
			return nil, errors.Wrap(err, "it is damaged")
		}
		name := path.Clean(strings.TrimPrefix(header.Name, "./"))
		if path.Base(name) != "plugin.json" || strings.Count(name, "/") > 1 {
			continue
		}
		var manifest model.Manifest
		if err := json.NewDecoder(io.LimitReader(archive, manifestLimit)).Decode(&manifest); err != nil {
			return nil, errors.Wrap(err, "its plugin.json is no JSON")
		}
		return &manifest, errors.Wrap(manifest.IsValid(), "its manifest is not valid")
	}
}

// installPlugin uploads the bundle to every server and enables the plugin on one after the other. This is necessary because servers on one
// database do not notify each other without a license.
func installPlugin(ctx context.Context, nodes []*node, admin *userInfo, bundle, id string) error {
	clients := make([]*model.Client4, len(nodes))
	for i, n := range nodes {
		clients[i] = model.NewAPIv4Client(n.info.URL)
		if err := logIn(ctx, clients[i], admin); err != nil {
			return err
		}
		if err := uploadBundle(ctx, clients[i], bundle); err != nil {
			return explain(err, n.info.LogFile)
		}
	}
	for i, n := range nodes {
		if _, err := clients[i].EnablePlugin(ctx, id); err != nil {
			return explain(errors.Wrapf(err, "cannot enable the plugin %s", id), n.info.LogFile)
		}
		err := n.process.waitReady(ctx, activationLimit, func(ctx context.Context) error { return pluginActive(ctx, clients[i], id) })
		if err != nil {
			return errors.Wrapf(err, "the plugin %s is not active", id)
		}
	}
	return nil
}

// uploadBundle installs the bundle in place of any earlier version.
func uploadBundle(ctx context.Context, client *model.Client4, bundle string) error {
	file, err := os.Open(filepath.Clean(bundle))
	if err != nil {
		return errors.Wrap(err, "cannot open the bundle")
	}
	defer func() { _ = file.Close() }()
	_, _, err = client.UploadPluginForced(ctx, file)
	return errors.Wrap(err, "cannot upload the bundle")
}

// pluginActive reports whether the server runs the plugin.
func pluginActive(ctx context.Context, client *model.Client4, id string) error {
	statuses, _, err := client.GetPluginStatuses(ctx)
	if err != nil {
		return errors.Wrap(err, "cannot ask for the plugin's state")
	}
	for _, status := range statuses {
		switch {
		case status.PluginId != id:
		case status.State == model.PluginStateRunning:
			return nil
		case status.State == model.PluginStateFailedToStart || status.State == model.PluginStateFailedToStayRunning:
			return &finalError{errors.Errorf("the server says: %s", status.Error)}
		default:
			return errors.Errorf("its state is %d", status.State)
		}
	}
	return errors.New("the server does not know it")
}
