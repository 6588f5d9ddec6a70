package dialog

import (
	"context"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// typeLookup is the type of a request in which a form asks for what a select may offer.
const typeLookup = "dialog_lookup"

// lookUp returns the known customers that fit what is typed into the select. A failure finds nobody: the fields can be typed.
func (d *Dialogs) lookUp(ctx context.Context, r reader, body *model.SubmitDialogRequest) *model.LookupDialogResponse {
	response := &model.LookupDialogResponse{Items: []model.DialogSelectOption{}}
	query, _, problem := field(body.Submission, "query")
	if problem != "" || len(query) > maxPhone {
		return response
	}
	found, err := d.Service.Customers(ctx, r.userID, query)
	if err != nil {
		d.LogError("A search for customers failed", "user_id", r.userID, "error", err.Error())
		return response
	}
	for _, c := range found {
		response.Items = append(response.Items, model.DialogSelectOption{Text: knownText(c), Value: c.ID})
	}
	return response
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
