package jobs

import (
	"context"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"
)

// fakeDutyLog keeps the names of the duties that failed.
type fakeDutyLog []string

func (l *fakeDutyLog) Warn(_ string, keyValuePairs ...any) {
	*l = append(*l, keyValuePairs[1].(string))
}
func (*fakeDutyLog) Error(string, ...any) {}

func TestADutyThatFailsKeepsNoOtherFromBeingDone(t *testing.T) {
	var done []string
	does := func(name string, more bool, err error) duty {
		return duty{name, func(context.Context) (bool, error) { done = append(done, name); return more, err }}
	}
	log := &fakeDutyLog{}
	more := doAll(context.Background(), log, []duty{
		does("retention", true, errors.New("a person cannot be erased")), does("finished jobs", true, nil), does("drafts", false, nil),
	})
	require.Equal(t, []string{"retention", "finished jobs", "drafts"}, done)
	require.Equal(t, []string{"retention"}, []string(*log))
	require.True(t, more, "of finished jobs there are more")
	require.False(t, doAll(context.Background(), log, []duty{does("retention", true, errors.New("again"))}), "what fails waits for the next run")
}
