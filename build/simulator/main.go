// Command simulator stands in for Meta's WhatsApp Cloud API and shows the customers' phones on a web page. See the README in this folder.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/cloudapi"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulator/phonepage"
)

//go:embed templates.json
var exampleTemplates string

// options are the command line's options.
type options struct {
	addr, url, webhook, verifyToken, appSecret, token string
	phoneNumberID, wabaID, display, templates         string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var o options
	f := flag.NewFlagSet("simulator", flag.ContinueOnError)
	f.StringVar(&o.addr, "addr", "127.0.0.1:8090", "address to listen on")
	f.StringVar(&o.url, "url", "", "address under which the plugin reaches it, without a slash at the end; default: where it listens")
	f.StringVar(&o.webhook, "webhook", "", "URL of the plugin's webhook; subscribed to as soon as it answers")
	f.StringVar(&o.verifyToken, "verify-token", "simulator-verify-token", "verify token of the webhook")
	f.StringVar(&o.appSecret, "app-secret", "simulator-app-secret", "secret that signs the webhooks")
	f.StringVar(&o.token, "token", "simulator-access-token", "access token the plugin sends with")
	f.StringVar(&o.phoneNumberID, "phone-number-id", "106540352242922", "id of the business number")
	f.StringVar(&o.wabaID, "waba-id", "102290129340398", "id of the WhatsApp Business Account")
	f.StringVar(&o.display, "display-phone", "+55 11 5555-0100", "the business number as a person writes it")
	f.StringVar(&o.templates, "templates", "", "JSON file with templates: an array, or Meta's list; default: a few examples")
	return o, f.Parse(args)
}

// run serves requests until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	sim, err := build(o)
	if err != nil {
		return err
	}
	defer sim.Close()
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", o.addr)
	if err != nil {
		return err
	}
	base := o.url
	if base == "" {
		base = "http://" + listener.Addr().String()
	}
	sim.SetBaseURL(base)
	server := &http.Server{Handler: phonepage.Handler(sim), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		sim.Close() // ends the event streams
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		_ = server.Shutdown(last)
	}()
	describe(out, base, o)
	if o.webhook != "" {
		go subscribe(ctx, sim, o, out)
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// build creates the simulator with the one number that the flags describe.
func build(o options) (*cloudapi.Server, error) {
	templates := exampleTemplates
	if o.templates != "" {
		body, err := os.ReadFile(o.templates)
		if err != nil {
			return nil, err
		}
		templates = string(body)
	}
	settings := cloudapi.DefaultSettings()
	settings.SentDelay, settings.DeliveredDelay = 300*time.Millisecond, 700*time.Millisecond
	sim := cloudapi.New(cloudapi.Options{Settings: &settings, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)), KeepRequests: 5000, KeepDeliveries: 5000})
	sim.AddNumber(cloudapi.Number{ID: o.phoneNumberID, WABAID: o.wabaID, Display: o.display, VerifiedName: "Loja Simulada", Token: o.token, AppSecret: o.appSecret})
	if _, err := sim.AddTemplates(o.wabaID, templates); err != nil {
		sim.Close()
		return nil, err
	}
	return sim, nil
}

// subscribe repeats the subscription until the webhook answers the handshake.
func subscribe(ctx context.Context, sim *cloudapi.Server, o options, out io.Writer) {
	for {
		err := sim.Subscribe(o.wabaID, o.webhook, o.verifyToken)
		if err == nil {
			_, _ = fmt.Fprintf(out, "Webhook subscribed: %s\n", o.webhook)
			return
		}
		_, _ = fmt.Fprintf(out, "Webhook not subscribed yet: %v\n", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(5 * time.Second):
		}
	}
}

// describe prints the values to enter in the plugin.
func describe(out io.Writer, base string, o options) {
	_, _ = fmt.Fprintf(out, `WhatsApp Cloud API simulator on %[1]s

Phones of the customers:  %[1]s/  (English: %[1]s/?lang=en)

In the plugin's settings:
  GraphBaseURL     %[1]s
In the account (System Console, or POST accounts):
  phone_number_id  %[2]s
  waba_id          %[3]s
  display_phone    %[4]s
  access_token     %[5]s
  app_secret       %[6]s
  verify_token     %[7]s
The webhook is the account's webhook_url. Give it with -webhook, or later:
  curl -H 'Content-Type: application/json' %[1]s/simulator/subscribe -d '{"waba_id":"%[3]s","callback_url":"...","verify_token":"%[7]s"}'

`, base, o.phoneNumberID, o.wabaID, o.display, o.token, o.appSecret, o.verifyToken)
}
