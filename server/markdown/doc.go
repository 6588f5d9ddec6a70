// Package markdown translates between the text that people write on WhatsApp and the Markdown that Mattermost shows. It is
// pure: text in, text out.
//
//   - ToMattermost shows a customer's message in a post, with WhatsApp's formatting and nothing that acts.
//   - ToWhatsApp writes an agent's post with WhatsApp's formatting.
//   - Escape, Code and Defuse put a single value into a text of ours; they and ToMattermost are the only places that escape Markdown.
//   - Clean drops control characters from any text of a stranger.
//
// Package i18n calls Escape for every value of a text in a post. Packages inbound, outbound, posting, dialog and command
// call the others.
package markdown
