// Package dialog asks an agent for what something needs that does not fit behind a command: a start, a template, a close, a
// question, a quick reply. It builds the steps of the dialogs and takes their submissions. It decides nothing; package service does, and the dialog shows what that refuses at the field it is
// about. Package command opens the dialogs, package app mounts their submissions under /api/v1/dialog/.
package dialog
