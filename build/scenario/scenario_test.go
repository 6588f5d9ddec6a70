//go:build unix

package scenario

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/pkg/errors"
	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

func TestPlay(t *testing.T) {
	wrong := errors.New("wrong")
	step := func(name string, vital bool, err error) Step {
		return Step{Name: name, Vital: vital, Do: func(context.Context) error { return err }}
	}
	tests := []struct {
		name  string
		steps []Step
		errs  []error
		sum   Summary
	}{
		{"all well", []Step{step("a", true, nil), step("b", false, nil)}, []error{nil, nil}, Summary{Passed: 2}},
		{"a step that is not vital fails alone", []Step{step("a", false, wrong), step("b", false, nil)}, []error{wrong, nil}, Summary{1, 1}},
		{"nothing is reached behind a vital one", []Step{step("a", true, wrong), step("b", false, nil), step("c", true, nil)}, []error{wrong, errNotReached, errNotReached}, Summary{0, 3}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var errs []error
			sum := Play(t.Context(), test.steps, func(r Result) { errs = append(errs, r.Err) })
			require.Equal(t, test.errs, errs)
			require.Equal(t, test.sum, sum)
		})
	}
}

func TestPlayEndsAStepThatHangs(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	hangs := Step{Do: func(ctx context.Context) error { cancel(); <-ctx.Done(); return ctx.Err() }}
	require.Equal(t, Summary{Failed: 1}, Play(ctx, []Step{hangs}, func(r Result) { require.ErrorIs(t, r.Err, context.Canceled) }))
}

func TestNewCustomer(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range []int{0, 1, 2, 77, 9_999, 123_456, 9_999_999} {
		c := NewCustomer(n)
		document, ok := domain.ParseDocument(c.CPF)
		require.True(t, ok, c.CPF)
		phone, ok := domain.ParsePhone(c.Phone, "BR")
		require.True(t, ok, c.Phone)
		require.Equal(t, c.Phone, phone)
		for _, key := range []string{c.Name, string(document), phone} {
			require.False(t, seen[key], key)
			seen[key] = true
		}
	}
}

func TestTheSimulatorTakesTheTemplates(t *testing.T) {
	sim := cloudapi.New(cloudapi.Options{})
	defer sim.Close()
	number := sim.AddNumber(cloudapi.Number{})
	taken, err := sim.AddTemplates(number.WABAID, templates)
	require.NoError(t, err)
	var written []json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(templates), &written))
	require.Len(t, taken, len(written))
}
