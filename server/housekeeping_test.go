package main

import (
	"context"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

type heard []string

func (h *heard) Warn(_ string, keyValuePairs ...any) { *h = append(*h, keyValuePairs[1].(string)) }

func TestADutyThatFailsKeepsNoOtherFromBeingDone(t *testing.T) {
	var done []string
	does := func(name string, more bool, err error) duty {
		return duty{name, func(context.Context) (bool, error) { done = append(done, name); return more, err }}
	}
	log := &heard{}
	more := keepHouse(context.Background(), log, []duty{
		does("retention", true, errors.New("a person cannot be erased")), does("finished jobs", true, nil), does("drafts", false, nil),
	})
	require.Equal(t, []string{"retention", "finished jobs", "drafts"}, done)
	require.Equal(t, []string{"retention"}, []string(*log))
	require.True(t, more, "of finished jobs there are more")
	require.False(t, keepHouse(context.Background(), log, []duty{does("retention", true, errors.New("again"))}), "what fails waits for the next round")
}
