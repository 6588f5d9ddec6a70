//go:build !linux

package storetest

import (
	"os/exec"
	"syscall"
)

func unprivileged(string) (*syscall.SysProcAttr, error) { return nil, nil } //nolint:nilnil // as we are

func runAs(cmd *exec.Cmd, _ *syscall.SysProcAttr) { cmd.SysProcAttr = &syscall.SysProcAttr{} }

// stopWithUs does nothing: other systems cannot tell a child that its parent
// ended. An interrupt reaches it as a member of the same process group.
func stopWithUs(*exec.Cmd) {}
