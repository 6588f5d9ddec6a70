//go:build release

package main

import "github.com/pkg/errors"

const hasServer = false

func runServer([]string) error { return errors.New("this program was built without the server") }

func serverFiles() string { return "" }
