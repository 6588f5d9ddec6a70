package command

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func (o *fakeOffice) Customers(_ context.Context, _, query string) ([]*domain.KnownCustomer, error) {
	o.asked = append(o.asked, "customers "+query)
	if query != "529.982.247-25" {
		return nil, o.answer
	}
	last := *o.view.Conversation
	last.Contact, last.ClosedAt = domain.Contact{}, 1
	return []*domain.KnownCustomer{{Contact: domain.Contact{Name: "Ana *x*", Phone: "+5511987654321", CPFMasked: "***.982.247-**"}, Last: last}}, nil
}

func TestKnownCustomers(t *testing.T) {
	o := newFakeOffice()
	found := o.in(t, "town-square", "cliente 529.982.247-25")
	for _, want := range []string{"[Ana \\*x\\*](http://mm/team/channels/wa-conv)", "`+5511987654321`", "`***.982.247-**`", "Encerrado"} {
		require.Contains(t, found, want)
	}
	require.Contains(t, o.in(t, "here", `customer "ninguém assim"`), "Nenhum cliente encontrado")
	require.Equal(t, []string{"customers 529.982.247-25", "customers ninguém assim"}, o.asked)
	require.Contains(t, o.in(t, "town-square", "cliente"), "só funciona no canal de um atendimento")

	o.views = map[domain.State][]*domain.View{"": {o.view}}
	history := o.in(t, "here", "cliente")
	require.Contains(t, history, "Atendimentos com")
	require.Contains(t, history, "http://mm/team/channels/wa-conv")
}
