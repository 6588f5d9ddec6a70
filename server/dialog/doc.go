// Package dialog asks an agent for what a start or a further template needs: it builds the steps of the dialog and takes
// their submissions. It decides nothing; package service does, and the dialog shows what that refuses at the field it is
// about. Package command opens the dialogs, package app mounts their submissions under /api/v1/dialog/.
package dialog
