// Package compose checks docker-compose.yml against what it starts: a container engine is not needed for that.
package compose

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

const root = "../.."

type service struct {
	Image       string            `yaml:"image"`
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	DependsOn   map[string]any    `yaml:"depends_on"`
}

type composition struct {
	Services map[string]service `yaml:"services"`
	Volumes  map[string]any     `yaml:"volumes"`
}

func read(t *testing.T) composition {
	t.Helper()
	content, err := os.ReadFile("docker-compose.yml")
	require.NoError(t, err)
	var c composition
	require.NoError(t, yaml.Unmarshal(content, &c))
	return c
}

func manifest(t *testing.T) (id, version string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "plugin.json"))
	require.NoError(t, err)
	var plugin struct{ ID, Version string }
	require.NoError(t, json.Unmarshal(content, &plugin))
	return plugin.ID, plugin.Version
}

func TestThePluginIsTheOneThatMakeDistWrites(t *testing.T) {
	id, version := manifest(t)
	require.Contains(t, strings.Join(read(t).Services["plugin"].Command, " "), "/dist/"+id+"-"+version+".tar.gz")
}

func TestTheServerRunsThePluginAgainstTheSimulator(t *testing.T) {
	id, _ := manifest(t)
	environment := read(t).Services["mattermost"].Environment
	var states map[string]struct{ Enable bool }
	require.NoError(t, json.Unmarshal([]byte(environment["MM_PLUGINSETTINGS_PLUGINSTATES"]), &states))
	require.True(t, states[id].Enable)
	var settings map[string]map[string]string
	require.NoError(t, json.Unmarshal([]byte(environment["MM_PLUGINSETTINGS_PLUGINS"]), &settings))
	require.Contains(t, strings.Join(read(t).Services["simulator"].Command, " "), "-url "+settings[id]["GraphBaseURL"])
}

func TestEverythingListensOnThisMachineOnly(t *testing.T) {
	for name, s := range read(t).Services {
		for _, port := range s.Ports {
			require.True(t, strings.HasPrefix(port, "127.0.0.1:"), "%s: %s", name, port)
		}
	}
}

func TestWhatIsMountedAndDependedOnExists(t *testing.T) {
	c := read(t)
	for name, s := range c.Services {
		require.NotEmpty(t, s.Image, name)
		for _, volume := range s.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if !strings.HasPrefix(source, ".") {
				require.Contains(t, c.Volumes, source, name)
			} else if source != "../../dist" { // make dist writes it
				require.DirExists(t, source)
			}
		}
		for needed := range s.DependsOn {
			require.Contains(t, c.Services, needed, name)
		}
	}
}
