//go:build unix

package scenario

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// wait repeats a check until it finds nothing wrong, for as long as testenv.WaitFor would. Its error is the last thing that the check found
// wrong, and not that the context expired during the last check.
func wait(ctx context.Context, what string, check func() error) error {
	var last error
	return testenv.WaitFor(ctx, what, func() (bool, error) {
		err := check()
		if err != nil && ctx.Err() != nil && last != nil {
			err = last
		}
		last = err
		return err == nil, err
	})
}
