//go:build unix

package scenario

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// wait looks at a check until it finds nothing wrong, as long as testenv.WaitFor would. What it says in the end is the last thing that
// was wrong, and not that the last look came too late.
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
