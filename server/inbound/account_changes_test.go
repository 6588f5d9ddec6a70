package inbound

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

func TestWhatMetaSaysOfANumber(t *testing.T) {
	for _, c := range []struct {
		update               whatsapp.AccountUpdate
		quality, restriction string
	}{
		{whatsapp.AccountUpdate{Field: "phone_number_quality_update", Event: "FLAGGED"}, "RED", ""},
		{whatsapp.AccountUpdate{Field: "phone_number_quality_update", Event: "UNFLAGGED"}, "GREEN", ""},
		{whatsapp.AccountUpdate{Field: "phone_number_quality_update", Event: "THROUGHPUT_UPGRADE"}, "", ""},
		{whatsapp.AccountUpdate{Field: "account_update", Event: "DISABLED_UPDATE", BanState: "SCHEDULE_FOR_DISABLE"}, "", "DISABLED_UPDATE, SCHEDULE_FOR_DISABLE"},
		{whatsapp.AccountUpdate{Field: "account_update", Event: "DISABLED_UPDATE", BanState: "REINSTATE"}, "", "-"},
		{whatsapp.AccountUpdate{
			Field: "account_update", Event: "ACCOUNT_RESTRICTION", Restrictions: []whatsapp.Restriction{{Type: "RESTRICTED_X", Expiration: 1_800_000_000_000}},
		}, "", "ACCOUNT_RESTRICTION, RESTRICTED_X 2027-01-15T08:00:00Z"},
	} {
		require.Equal(t, c.quality, qualityOf(&c.update), c.update)
		require.Equal(t, c.restriction, restrictionOf(&c.update), c.update)
	}
}

func TestNewsOfOneNumberAreOfThatNumber(t *testing.T) {
	account := &domain.Account{DisplayPhone: "+551155550100"}
	for phone, want := range map[string]bool{"+55 11 5555-0100": true, "": true, "551155550101": false} {
		require.Equal(t, want, concerns(&whatsapp.AccountUpdate{Field: "phone_number_quality_update", DisplayPhone: phone}, account), phone)
	}
	require.True(t, concerns(&whatsapp.AccountUpdate{Field: "account_update", DisplayPhone: "551155550101"}, account), "the business account is everybody's")
}
