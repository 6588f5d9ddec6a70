package main

import "syscall"

// childAttributes puts a child into its own process group and makes the kernel end it when the launcher dies.
func childAttributes(o *owner, deathSignal syscall.Signal) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: deathSignal}
	if o != nil {
		attributes.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
	return attributes
}
