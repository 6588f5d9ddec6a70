package doctor

import (
	"context"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// erasures looks whether who was erased is gone, and whether the server lets people go.
func (d *Doctor) erasures(ctx context.Context) ([]domain.Finding, error) {
	e, err := d.Store.Forgetting(ctx, "")
	if err != nil {
		return nil, err
	}
	f := domain.Finding{Check: "erasure"}
	switch posts, channels := d.MayErase(); {
	case e.Late > 0:
		f.Text, f.Fix = domain.T("doctor.erasure_late", "Count", e.Late), domain.T("doctor.erasure_late_fix")
	case len(e.Stays) > 0:
		f.Text, f.Fix = domain.T("doctor.erasure_stays"), domain.T("doctor.erasure_stays_fix")
	case posts && channels:
		f.OK, f.Text = true, domain.T("doctor.erasure_on")
	default:
		f.OK, f.Text = true, domain.T("doctor.erasure_off")
	}
	return []domain.Finding{f}, nil
}
