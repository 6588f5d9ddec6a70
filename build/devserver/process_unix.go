//go:build unix && !linux

package main

import "syscall"

// childAttributes puts a child into its own process group. This kernel has no death signal, so if the launcher dies, only the watchdog
// stops its children.
func childAttributes(o *owner, _ syscall.Signal) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if o != nil {
		attributes.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
	return attributes
}
