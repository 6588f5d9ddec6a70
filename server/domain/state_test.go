package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestStateAt(t *testing.T) {
	const day = 24 * 3600 * 1000
	for name, c := range map[string]struct {
		conv Conversation
		now  int64
		want State
	}{
		"just started":                      {Conversation{LastTemplateAt: 10}, 11, Waiting},
		"answered":                          {Conversation{LastTemplateAt: 10, WindowUntil: 20 + day}, 21, Open},
		"the last millisecond":              {Conversation{WindowUntil: 100}, 99, Open},
		"the window's end":                  {Conversation{LastTemplateAt: 10, WindowUntil: 100}, 100, Expired},
		"template after the window":         {Conversation{LastTemplateAt: 100, WindowUntil: 100}, 101, Waiting},
		"template inside the window, over":  {Conversation{LastTemplateAt: 99, WindowUntil: 100}, 101, Expired},
		"closed wins over an open window":   {Conversation{ClosedAt: 5, WindowUntil: 100}, 50, Closed},
		"customer wrote first, window over": {Conversation{WindowUntil: 100}, 100, Expired},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, c.conv.StateAt(c.now))
		})
	}
}

func TestAnsweredNeverShortensTheWindow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var c Conversation
		var last int64
		for _, at := range rapid.SliceOf(rapid.Int64Range(1, 1e12)).Draw(rt, "timestamps") {
			before := c.WindowUntil
			c.ExtendWindow(at)
			last = max(last, at)
			require.GreaterOrEqual(rt, c.WindowUntil, before)
			require.Equal(rt, last+WindowLength.Milliseconds(), c.WindowUntil)
			require.LessOrEqual(rt, c.WindowFrom, c.LastInboundAt)
			require.True(rt, c.WasOpenAt(c.LastInboundAt))
		}
	})
}

func TestStatusMovesOnlyForward(t *testing.T) {
	all := []Status{"", Pending, Unknown, Sent, Delivered, Read, Failed, NotSent}
	rapid.Check(t, func(rt *rapid.T) {
		var s Status
		for _, next := range rapid.SliceOf(rapid.SampledFrom(all)).Draw(rt, "statuses") {
			if s.Advances(next) {
				require.Greater(rt, next.Rank(), s.Rank())
				require.False(rt, s == Failed || s == NotSent, "the end is the end")
				require.False(rt, next == Failed && (s == Delivered || s == Read), "what was delivered did not fail")
				s = next
			}
		}
	})
}
