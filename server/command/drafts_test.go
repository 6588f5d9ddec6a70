package command

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestDraftsOfMine(t *testing.T) {
	o := newFakeOffice()
	require.Contains(t, o.in(t, "here", "rascunhos"), "não tem rascunhos")
	o.box.drafts = []*domain.Draft{{ID: "1", AuthorID: "me"}, {ID: "2", AuthorID: "ana"}, {ID: "3", AuthorID: "me"}}
	require.Empty(t, o.in(t, "here", "drafts"))
	require.Len(t, o.asked, 1)
	require.Contains(t, o.asked[0], "whisper here me **Rascunhos")
	require.Contains(t, o.asked[0], "[1 3]", "somebody else's are not listed")
	require.Contains(t, o.in(t, "town-square", "rascunhos"), "só funciona no canal")
}

func TestNoteTriggers(t *testing.T) {
	o := newFakeOffice()
	for _, typed := range []string{"/nota ligar às 15h", "/note ligar às 15h", "/NOTA ligar às 15h"} {
		t.Run(typed, func(t *testing.T) {
			o.asked = nil
			require.Empty(t, o.in(t, "here", typed))
			require.Equal(t, []string{"note conv ligar às 15h"}, o.asked, typed)
		})
	}
	require.Contains(t, o.in(t, "here", "/nota"), "Escreva a nota")
	for _, trigger := range NoteTriggers() {
		definition := NoteDefinition(texts(t), "pt-BR", trigger)
		require.NoError(t, definition.AutocompleteData.IsValid())
		require.Equal(t, trigger, definition.Trigger)
	}
}
