package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"
)

const (
	serverStartLimit = 2 * time.Minute
	// serverStopLimit is longer than the ten seconds that the server gives its plugins to stop.
	serverStopLimit = 30 * time.Second
	// pidFile is the file in a server's folder that contains the id of its process. The id changes when the server is restarted.
	pidFile = "server.pid"
)

// node is a running server.
type node struct {
	info    nodeInfo
	process *process
}

// startNode starts one server in a folder of its own. All servers share the folder of uploaded files.
func (l *launcher) startNode(ctx context.Context, number int, databaseURL string, manifest *model.Manifest) (*node, error) {
	program, args, err := l.serverProgram()
	if err != nil {
		return nil, err
	}
	port, err := freePort(rand.IntN)
	if err != nil {
		return nil, err
	}
	metricsPort, err := freePort(rand.IntN)
	if err != nil {
		return nil, err
	}
	dataSource, err := serverDataSource(databaseURL)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(l.dir, fmt.Sprintf("node%d", number))
	settings := &serverSettings{
		address:        fmt.Sprintf("127.0.0.1:%d", port),
		metricsAddress: fmt.Sprintf("127.0.0.1:%d", metricsPort),
		dataSource:     dataSource,
		connections:    poolSize(l.opts.nodes),
		dir:            dir,
		files:          filepath.Join(l.dir, "files"),
		locale:         l.opts.locale,
		maxChannels:    l.opts.maxChannels,
		pluginConfig:   l.opts.pluginConfig,
	}
	if manifest != nil {
		settings.pluginID = manifest.Id
	}
	if err := makeNodeDir(settings, l.opts.serverDir, l.opts.clientDir); err != nil {
		return nil, err
	}
	n := &node{info: nodeInfo{
		URL:        settings.url(),
		MetricsURL: "http://" + settings.metricsAddress,
		LogFile:    filepath.Join(dir, "server.log"),
		Dir:        dir,
	}}
	spec := &processSpec{
		name:        fmt.Sprintf("server %d", number),
		path:        program,
		args:        append(args, "server", "--config", settings.configFile()),
		dir:         dir,
		output:      n.info.LogFile,
		deathSignal: syscall.SIGTERM, // the server stops its plugins when it gets it
	}
	if n.process, err = l.spawnServer(spec); err != nil {
		return nil, err
	}
	n.info.PID = n.process.pid
	return n, n.process.waitReady(ctx, serverStartLimit, func(ctx context.Context) error { return pingServer(ctx, n.info.URL) })
}

// serverProgram returns the program of the server and the arguments with which its own command line begins.
func (l *launcher) serverProgram() (program string, args []string, err error) {
	if l.opts.serverDir != "" {
		return filepath.Join(l.opts.serverDir, "bin", "mattermost"), nil, nil
	}
	program, err = os.Executable()
	return program, []string{roleMattermost}, errors.Wrap(err, "cannot find the own program")
}

// spawnServer starts a server's process, for the first time or after its death, and writes its id to the file in which tests find it.
func (l *launcher) spawnServer(spec *processSpec) (*process, error) {
	p, err := l.spawner.start(spec)
	if err != nil {
		return nil, err
	}
	if l.opts.revive {
		p.revive = func() (*process, error) { return l.spawnServer(spec) }
	}
	if err := l.keep("server", p, func() error { return p.stop(syscall.SIGTERM, serverStopLimit) }); err != nil {
		return nil, err
	}
	file := filepath.Join(spec.dir, pidFile)
	if err = os.WriteFile(file+".new", []byte(strconv.Itoa(p.pid)), 0o600); err == nil {
		err = os.Rename(file+".new", file)
	}
	return p, errors.Wrap(err, "cannot note the server's process")
}

// pingServer checks whether the server responds.
func pingServer(ctx context.Context, serverURL string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, serverURL+model.APIURLSuffix+"/system/ping", http.NoBody)
	if err != nil {
		return errors.Wrap(err, "cannot make the request")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return errors.Wrap(err, "no answer")
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.Errorf("it answers %s", response.Status)
	}
	return nil
}

// makeNodeDir creates the server's working folder with its configuration and everything else that the server expects there. If something
// were missing, the server would search the folders above and might find files that belong to something else.
func makeNodeDir(settings *serverSettings, serverDir, clientDir string) error {
	if serverDir == "" {
		serverDir = serverFiles()
	}

	for _, name := range []string{"", "plugins", "client-plugins", "prepackaged_plugins", "config", "import", "export"} {
		if err := os.MkdirAll(filepath.Join(settings.dir, name), 0o700); err != nil {
			return errors.Wrap(err, "cannot make the server's folder")
		}
	}
	if err := os.MkdirAll(settings.files, 0o700); err != nil {
		return errors.Wrap(err, "cannot make the folder of the files")
	}
	for _, name := range []string{"i18n", "templates", "fonts"} {
		if err := linkDir(filepath.Join(serverDir, name), filepath.Join(settings.dir, name)); err != nil {
			return err
		}
	}
	if err := provideClient(clientDir, filepath.Join(settings.dir, model.ClientDir)); err != nil {
		return err
	}
	config, err := json.MarshalIndent(serverConfig(settings), "", "  ")
	if err != nil {
		return errors.Wrap(err, "cannot encode the server's configuration")
	}
	return errors.Wrap(os.WriteFile(settings.configFile(), config, 0o600), "cannot write the server's configuration")
}

// linkDir creates a link to a folder of the server's files, which must exist and be readable.
func linkDir(target, link string) error {
	if _, err := os.ReadDir(target); err != nil {
		return errors.Wrap(err, "cannot read the server's own files (this program must be built by the user who runs it, and the Go module cache kept)")
	}
	return errors.Wrap(os.Symlink(target, link), "cannot link the server's own files")
}

// noClientPage is served if there are no web client files.
const noClientPage = `<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="script-src 'self'">
<title>Mattermost</title></head>
<body><p>Este servidor de testes responde à API, mas não tem os arquivos do cliente web.</p>
<p lang="en">This test server answers the API, but has no web client files.</p></body></html>
`

// provideClient gives the server the web client's files, or else a page which says that there are none.
func provideClient(clientDir, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return errors.Wrap(err, "cannot make the web client's folder")
	}
	if clientDir != "" {
		return borrowClient(clientDir, dir)
	}
	for name, content := range map[string]string{"root.html": noClientPage, "manifest.json": "{}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return errors.Wrap(err, "cannot write the web client's page")
		}
	}
	return nil
}

// borrowClient links the web client's files. A release's server writes its own address into some of them when it starts: those are copied, so
// that the folder stays as it is and may be read-only.
func borrowClient(clientDir, dir string) error {
	entries, err := os.ReadDir(clientDir)
	if err != nil {
		return errors.Wrap(err, "cannot read the web client's files")
	}
	for _, entry := range entries {
		from, to := filepath.Join(clientDir, entry.Name()), filepath.Join(dir, entry.Name())
		switch filepath.Ext(entry.Name()) {
		case ".html", ".json", ".css":
			var content []byte
			if content, err = os.ReadFile(from); err == nil { //nolint:gosec // the folder the user asks for
				err = os.WriteFile(to, content, 0o600)
			}
		default:
			err = os.Symlink(from, to)
		}
		if err != nil {
			return errors.Wrap(err, "cannot provide the web client's files")
		}
	}
	return nil
}

// poolSize returns how many connections each server may hold, so that all of them and the tests' own stay below PostgreSQL's limit.
func poolSize(nodes int) int {
	const reserved = 60
	return min(100, (maxConnections-reserved)/nodes)
}
