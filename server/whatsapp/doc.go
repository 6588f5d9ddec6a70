// Package whatsapp speaks Meta's WhatsApp Business Cloud API. It sends messages, transfers files, reads and fills in
// templates, says what Meta's errors mean and takes webhooks apart. It knows nothing of Mattermost, stores nothing and
// holds no account: package cloudapi calls it for the accounts of the database, package webhook and package inbound for
// what Meta delivers, and packages outbound, dialog and service for templates and messages.
//
// The files are ordered by their prefix:
//
//   - client_*: the calls of the Graph API. Client, its errors and what it sends.
//   - verdict*: what an error means, for the message and for the people concerned. Classify and ClassifyCode.
//   - template_*: the placeholders of a template, its message and its text. Template.Variables, Build and Render.
//   - webhook_*: a delivery's way from its signature (VerifySignature) to its items (Split) and what they hold (Item.Message, ...).
//   - content.go: the contents that sent and received messages share.
//   - json_*: reading JSON whose shape Meta does not promise; used by all of the others.
//
// It is one package because its parts share those contents and that reading of JSON, and because sending, too, takes
// templates: in packages of their own each of them would need two more beneath it.
package whatsapp
