package inbound

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// call tells that the customer called, once a call: nobody takes it here. To
// Meta it is as good as a message. Calls that other software makes are not shown.
func (in *Handler) call(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	call, err := item.Call()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	theirs := call.Direction == "USER_INITIATED" || call.Direction == "" && (call.Event == "connect" || call.Event == "terminate")
	if !theirs || call.ID == "" {
		return in.Changes.Handle(ctx, job, item)
	}
	account, err := in.Store.AccountByNumber(ctx, item.PhoneNumberID)
	if errors.Is(err, domain.ErrNotFound) {
		return jobqueue.Dead("the number was removed"), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	return in.deliver(ctx, job, account, item, &whatsapp.Message{ID: call.ID, Type: whatsapp.TypeCall, Timestamp: call.Timestamp})
}
