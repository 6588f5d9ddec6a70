package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "github.com/lib/pq" // the driver of the pool
	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/plugin"
)

const (
	// deliveriesPath is where a webhook is stored. The query names the app's secret, so that this needs no settings.
	deliveriesPath = "/deliveries"
	// poolSize is as large as that of our plugin.
	poolSize = 16
	// maxBody is the largest delivery that is read, in bytes.
	maxBody = 4 << 20
	// signatureHeader is Meta's header with the signature of the body.
	signatureHeader = "X-Hub-Signature-256"
)

// inbox stores deliveries with one INSERT each, which is the least that a webhook that loses nothing has to do. The unique key stands for
// recognizing a delivery that comes again. The statement is prepared, so that it costs one round trip and no planning. The zero value is
// ready.
type inbox struct {
	once   sync.Once
	insert *sql.Stmt
	err    error
}

func (i *inbox) open(api plugin.API) error {
	i.once.Do(func() {
		db, err := sql.Open("postgres", *api.GetUnsanitizedConfig().SqlSettings.DataSource)
		if err != nil {
			i.err = errors.Wrap(err, "cannot open the database")
			return
		}
		db.SetMaxOpenConns(poolSize)
		db.SetMaxIdleConns(poolSize)
		if _, err := db.ExecContext(context.Background(), `CREATE TABLE IF NOT EXISTS waa_bench_inbox (
			id bigserial PRIMARY KEY, dedupe_key text NOT NULL UNIQUE, payload bytea NOT NULL, created_at bigint NOT NULL)`); err != nil {
			i.err = errors.Wrap(err, "cannot make the table")
			return
		}
		i.insert, err = db.PrepareContext(context.Background(),
			"INSERT INTO waa_bench_inbox (dedupe_key, payload, created_at) VALUES ($1, $2, $3) ON CONFLICT (dedupe_key) DO NOTHING")
		i.err = errors.Wrap(err, "cannot prepare the statement")
	})
	return i.err
}

// receive stores a delivery if its signature is right.
func (i *inbox) receive(api plugin.API, r *http.Request) error {
	if err := i.open(api); err != nil {
		return err
	}
	// The length is only in the header. Each read of the body is a remote call, also the one that finds its end.
	length, err := strconv.Atoi(r.Header.Get("Content-Length"))
	if err != nil || length < 1 || length > maxBody {
		return errors.New("the length is missing")
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r.Body, body); err != nil {
		return errors.Wrap(err, "cannot read the body")
	}
	mac := hmac.New(sha256.New, []byte(r.URL.Query().Get("secret")))
	_, _ = mac.Write(body) // this never fails
	signature := strings.TrimPrefix(r.Header.Get(signatureHeader), "sha256=")
	if !hmac.Equal([]byte(signature), []byte(hex.EncodeToString(mac.Sum(nil)))) {
		return errors.New("the signature is wrong")
	}
	_, err = i.insert.ExecContext(r.Context(), signature, body, time.Now().UnixMilli())
	return errors.Wrap(err, "cannot store the delivery")
}
