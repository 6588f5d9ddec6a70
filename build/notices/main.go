// Command notices writes the licences of everything that the bundle contains of others: the Go modules that are linked into the
// plugin on any of its platforms, and Go itself. The web part brings nothing of others along: React and the like are the web client's.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

func main() {
	output := flag.String("o", "NOTICE.txt", "the file to write")
	flag.Parse()
	text, err := write(".")
	if err == nil {
		err = os.WriteFile(*output, text, 0o644) //nolint:gosec // everybody may read it
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// module is one that is linked.
type module struct {
	Path, Version, Dir string
	Main               bool
	Replace            *module
}

// write returns the notices of what is linked into ./server of the repository at root.
func write(root string) ([]byte, error) {
	modules, err := linked(root)
	if err != nil {
		return nil, err
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, errors.Wrap(err, "cannot ask for Go's folder")
	}
	modules = append(modules, module{Path: "go (the standard library)", Dir: strings.TrimSpace(string(goroot))})
	var out bytes.Buffer
	fmt.Fprint(&out, "WhatsApp Ativo for Mattermost contains the work of others, under the licences below.\n",
		"The source of what is under the Mozilla Public License 2.0 is at the address of its name, in the version named.\n")
	for _, m := range modules {
		if err := one(&out, m); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// linked lists the modules of all platforms, each once.
func linked(root string) ([]module, error) {
	found := map[string]module{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		list := exec.Command("go", "list", "-deps", "-json=Module", "./server")
		list.Dir = root
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := list.Output()
		if err != nil {
			return nil, errors.Wrap(err, "cannot list what is linked")
		}
		for in := json.NewDecoder(bytes.NewReader(out)); ; {
			var p struct{ Module *module }
			if err := in.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, errors.Wrap(err, "cannot read what is linked")
			}
			if p.Module == nil || p.Module.Main {
				continue
			}
			m := *p.Module
			if m.Replace != nil {
				m.Dir = m.Replace.Dir
			}
			found[m.Path] = m
		}
	}
	modules := make([]module, 0, len(found))
	for _, m := range found {
		modules = append(modules, m)
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.Path, b.Path) })
	return modules, nil
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// one writes a module with its licence and notices, which it must have.
func one(out *bytes.Buffer, m module) error {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return errors.Wrap(err, "cannot read the module "+m.Path)
	}
	fmt.Fprintf(out, "\n%s\n%s %s\n", strings.Repeat("=", 100), m.Path, m.Version)
	texts := 0
	for _, entry := range entries {
		if entry.IsDir() || !licenceFile.MatchString(entry.Name()) || strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.Dir, entry.Name()))
		if err != nil {
			return errors.Wrap(err, "cannot read a licence of "+m.Path)
		}
		texts++
		fmt.Fprintf(out, "\n%s%s:\n\n%s\n", entry.Name(), kind(string(text)), bytes.TrimSpace(text))
	}
	if texts == 0 {
		return errors.New("no licence found of " + m.Path)
	}
	return nil
}

// kind names the licences that ask for more than to be named.
func kind(text string) string {
	if strings.Contains(text, "Mozilla Public License") && strings.Contains(text, "2.0") {
		return " (MPL-2.0)"
	}
	return ""
}
