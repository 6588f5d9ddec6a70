// Package command is the slash command `/whatsapp` (and its short forms `/nota` and `/note`). It reads what an agent types,
// asks package service to do it, and returns a text that only this agent sees. Package main registers the command and calls
// Execute; the dialogs of `novo` and `modelo` are package dialog's.
package command
