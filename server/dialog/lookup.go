package dialog

import (
	"context"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// typeLookup is the type of a request in which a form asks for what a select may offer.
const typeLookup = "dialog_lookup"

// lookUp returns what fits what is typed into a select: known customers, or quick replies. A failure finds nothing: the fields can
// be typed.
func (d *Dialogs) lookUp(ctx context.Context, r reader, path string, body *model.SubmitDialogRequest) *model.LookupDialogResponse {
	response := &model.LookupDialogResponse{Items: []model.DialogSelectOption{}}
	query, _, problem := field(body.Submission, "query")
	if problem != "" || len(query) > maxPhone {
		return response
	}
	find := d.findCustomers
	if strings.HasSuffix(lookupRepliesURL, path) { // the server takes the plugin's own path away
		find = d.findReplies
	}
	items, err := find(ctx, r, query)
	if err != nil {
		d.LogError("A search of a dialog failed", "user_id", r.userID, "error", err.Error())
		return response
	}
	response.Items = append(response.Items, items...)
	return response
}

func (d *Dialogs) findCustomers(ctx context.Context, r reader, query string) (options []model.DialogSelectOption, err error) {
	found, err := d.Service.Customers(ctx, r.userID, query)
	for _, c := range found {
		options = append(options, model.DialogSelectOption{Text: knownText(c), Value: c.ID})
	}
	return options, err
}

// knownText names a known customer: two of one name differ by their numbers.
func knownText(c *domain.KnownCustomer) string {
	var parts []string
	for _, part := range []string{c.Name, c.Phone, c.CPFMasked} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}
