//go:build unix

package scenario

import (
	"context"
	_ "embed"
	"net"
	"net/http"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/phonepage"
)

// These values describe the simulated business. The plugin gets the same values when it is set up.
const (
	displayPhone = "+55 11 5555-0100"
	accessToken  = "EAAworld0access0token0that0must0never0be0logged"
	appSecret    = "world0app0secret0that0must0never0be0logged"
	VerifyToken  = "world0verify0token"
)

// These are the prices in a world. The plan and the simulator use the same ones, so that the plugin's ledger can be compared with Meta's
// bill.
const (
	Currency            = "BRL"
	FreeServiceMessages = 1 // free-text messages per month that cost nothing
	MonthlyLimit        = 500.0
)

// Prices returns the price of each category in the currency's main unit. All are different, so that a mix-up is noticed.
func Prices() map[string]float64 {
	return map[string]float64{
		cloudapi.CategoryMarketing: 0.3125, cloudapi.CategoryUtility: 0.0355,
		cloudapi.CategoryAuthentication: 0.0365, cloudapi.CategoryService: 0.0215,
	}
}

// templates are Meta's, in its own JSON.
//
//go:embed templates.json
var templates string

// startSimulator starts the Cloud API and the phones' page on a free port of this machine.
func (w *World) startSimulator(ctx context.Context, change func(*cloudapi.Settings)) error {
	settings := cloudapi.DefaultSettings()
	settings.Currency, settings.Prices, settings.FreeServiceMessages = Currency, Prices(), FreeServiceMessages
	if change != nil {
		change(&settings)
	}
	w.Sim = cloudapi.New(cloudapi.Options{Settings: &settings})
	w.Number = w.Sim.AddNumber(cloudapi.Number{
		Display: displayPhone, VerifiedName: "Loja Simulada", Token: accessToken, AppSecret: appSecret,
	})
	if _, err := w.Sim.AddTemplates(w.Number.WABAID, templates); err != nil {
		return errors.Wrap(err, "the simulator does not take the templates")
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Wrap(err, "cannot listen")
	}
	w.SimURL = "http://" + listener.Addr().String()
	w.Sim.SetBaseURL(w.SimURL)
	w.http = &http.Server{Handler: phonepage.Handler(w.Sim), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = w.http.Serve(listener) }() // until Close
	if err := w.writeClock(); err != nil {
		return err
	}
	go w.followClock()
	return nil
}
