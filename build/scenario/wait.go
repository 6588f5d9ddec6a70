//go:build unix

package scenario

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/testenv"
)

// wait looks at a check until it finds nothing wrong.
func wait(ctx context.Context, what string, check func() error) error {
	return testenv.WaitFor(ctx, what, func() (bool, error) {
		err := check()
		return err == nil, err
	})
}
