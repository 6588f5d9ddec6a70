// Package outbound takes what waits in the outbox to WhatsApp. The outbox's
// jobqueue.Worker calls Worker.Handle, a dialog that waits for the answer calls
// SyncSender.SendNow, and both read the message and its permission from the store
// and send it through cloudapi. Beside that it fills templates in
// (TemplateComposer), uploads files (Uploader), acts on Meta's refusals
// (FailureEffects, which inbound calls too) and sends read receipts and the typing
// indicator (Receipts).
package outbound
