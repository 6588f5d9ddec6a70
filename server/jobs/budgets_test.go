package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// fakePlans is what a round of Budgets sees of the database.
type fakePlans struct {
	Store

	turn   bool
	facts  map[string]int64
	warned [][3]int64 // month, since, now
	err    error
	now    int64
}

func (p *fakePlans) Now() int64 { return p.now }

func (p *fakePlans) TryInterval(_ context.Context, name string, every time.Duration) (bool, error) {
	return p.turn && name == "budgets" && every == budgetEvery, nil
}
func (p *fakePlans) State(_ context.Context, name string) (int64, error) { return p.facts[name], nil }
func (p *fakePlans) SetState(_ context.Context, name string, value int64) error {
	p.facts[name] = value
	return nil
}
func (p *fakePlans) WarnPlans(_ context.Context, month, since, now int64) error {
	if p.err == nil {
		p.warned = append(p.warned, [3]int64{month, since, now})
	}
	return p.err
}

func TestBudgetsLookAtWhatWasChargedSinceTheLastRound(t *testing.T) {
	const begin = int64(1_795_000_000_000)
	store, told := &fakePlans{turn: true, facts: map[string]int64{}, now: begin}, 0
	b := &Budgets{Store: store, WakeNotices: func() { told++ }, Clock: store}
	round := func() error {
		more, err := b.Run(context.Background())
		require.False(t, more)
		return err
	}
	overlap := budgetOverlap.Milliseconds()
	month := domain.MonthStart(begin)

	require.NoError(t, round())
	store.now += 15_000
	require.NoError(t, round())
	require.Equal(t, [][3]int64{{month, -overlap, begin}, {month, begin - overlap, store.now}}, store.warned)
	require.Equal(t, 2, told)

	store.turn = false
	require.NoError(t, round())
	require.Len(t, store.warned, 2, "another node does it")

	store.turn, store.err = true, errors.New("no database")
	last := store.now
	store.now += 600_000
	require.Error(t, round())
	store.err = nil
	store.now += 15_000
	require.NoError(t, round())
	require.Equal(t, last-overlap, store.warned[2][1], "a round that failed is made up for")
	require.Equal(t, 3, told)
}
