package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPricesOfAMoment(t *testing.T) {
	price := func(micros Money) Prices { return Prices{Utility: micros} }
	plan := &Plan{QueueID: "q", Prices: price(1), PriceChanges: []PriceChange{{From: 300, Prices: price(3)}, {From: 200, Prices: price(2)}}}
	for at, want := range map[int64]Money{0: 1, 199: 1, 200: 2, 299: 2, 300: 3, 9999: 3} {
		require.Equal(t, want, plan.PricesAt(at).Of("UTILITY"), at)
		require.Equal(t, want, plan.List().At(at).Of("utility"), at)
		later := plan.AsOf(at)
		require.Equal(t, price(want), later.Prices, "in force at %d", at)
		require.Equal(t, Money(3), later.PricesAt(10_000).Of("utility"), "what is to come stays")
	}
	require.Equal(t, []PriceChange{{From: 200, Prices: price(2)}, {From: 300, Prices: price(3)}}, plan.AsOf(0).PriceChanges)
	require.Empty(t, plan.AsOf(300).PriceChanges)
	require.True(t, plan.AsOf(250).SameTerms(plan.AsOf(250)))
	require.False(t, plan.AsOf(250).SameTerms(plan.AsOf(150)))
	require.Zero(t, PriceList(nil).At(5))
}

func TestRulesOfVariables(t *testing.T) {
	rules := Rules{"a": {MaxLength: 3}, "b": {Default: "x"}}
	for _, c := range []struct {
		element     string
		metas, want int
	}{{"a", 10, 3}, {"a", 2, 2}, {"a", 0, 3}, {"b", 10, 10}, {"c", 10, 10}} {
		require.Equal(t, c.want, rules.Limit(c.element, c.metas), c)
	}
	require.Nil(t, rules.Broken(map[string]string{"a": "çéã", "b": "long enough"}), "characters, not bytes")
	require.Contains(t, rules.Broken(map[string]string{"a": "abcd"}), "a")
	require.Nil(t, Rules(nil).Broken(map[string]string{"a": "abcd"}))
}
