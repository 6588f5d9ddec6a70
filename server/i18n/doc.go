// Package i18n holds every text that a person reads, in Portuguese and English, and writes times and amounts as each
// language does. The texts are in texts/<language>/*.json, one flat object of key and text a file; every key is in both.
//
// Bundle.Text is for what is no Markdown, such as dialogs and the REST API, and Bundle.Markdown for posts. Packages that do not
// speak to people name a text by its key (domain.Text); api, command, dialog and the packages that write posts have it written.
package i18n
