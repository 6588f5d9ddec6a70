package command

import (
	"context"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/markdown"
)

// optOutLimit is how many people the list of who opted out shows.
const optOutLimit = 30

// consent shows what is on record of the customer's consent, or records it: where it came from and a note, or that
// it was taken back.
func (c *Command) consent(ctx context.Context, in *call) (string, error) {
	view, err := c.here(ctx, in)
	if err != nil {
		return "", err
	}
	word, note := splitWord(in.rest)
	switch word = domain.Fold(word); word {
	case "":
		return c.consentText(ctx, in, view.Contact.Consent()) + "\n\n" + in.text("command.consent_usage"), nil
	case "revogar", "revoke":
		_, err = c.Service.SetConsent(ctx, in.UserID, view.ContactID, domain.ConsentRevoked, domain.ConsentGiven{Note: unquote(note)})
	default:
		_, err = c.Service.SetConsent(ctx, in.UserID, view.ContactID, domain.ConsentGranted, domain.ConsentGiven{Origin: word, Note: unquote(note)})
	}
	return in.text("command.consent_done"), err
}

// consentText says in one line what is on record of a consent.
func (c *Command) consentText(ctx context.Context, in *call, consent domain.Consent) string {
	return in.text("consent."+consent.Status.Word(), "At", consent.At, "Who", c.username(ctx, consent.By), "Origin", in.origin(consent.Origin), "Note", consent.Note)
}

// origin is the word for where a consent came from; one of other software's stays as it is.
func (c *call) origin(origin string) string {
	key := "consent.origin_" + origin
	if word := c.text(key); word != key && origin != "" {
		return word
	}
	return origin
}

// optOuts lists who opted out, and when, of the queues that the user supervises.
func (c *Command) optOuts(ctx context.Context, in *call) (string, error) {
	contacts, total, err := c.Service.Consents(ctx, in.UserID, domain.ConsentRevoked, "", 0, optOutLimit)
	if err != nil {
		return "", err
	}
	if total == 0 {
		return in.text("command.optouts_none"), nil
	}
	lines := []string{in.text("command.optouts_title", "Count", total), ""}
	for _, contact := range contacts {
		lines = append(lines, "- **"+markdown.Escape(contact.Name)+"** · "+markdown.Code(contact.Phone)+" · "+c.consentText(ctx, in, contact.Consent()))
	}
	if more := total - len(contacts); more > 0 {
		lines = append(lines, "- "+in.text("command.mine_more", "More", more))
	}
	return strings.Join(lines, "\n"), nil
}
