// A receiver of events: WAA_SECRET=... PORT=8080 go run receiver.go
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// verified reports whether a request is from the plugin and not older than five minutes. While a secret is being
// changed there are two signatures: one of them has to be right.
func verified(secret string, header http.Header, body []byte) bool {
	timestamp := header.Get("X-Waa-Timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	want := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	for _, signature := range strings.Split(header.Get("X-Waa-Signature"), ",") {
		if hmac.Equal([]byte(signature), []byte(want)) {
			return true
		}
	}
	return false
}

func main() {
	var seen sync.Map // in a real receiver: a unique key in a database
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil || !verified(os.Getenv("WAA_SECRET"), r.Header, body) {
			http.Error(w, "not verified", http.StatusUnauthorized)
			return
		}
		var event struct{ ID, Type string }
		if err := json.Unmarshal(body, &event); err == nil {
			if _, again := seen.LoadOrStore(event.ID, true); !again {
				log.Println(event.Type, event.ID) // put it into a queue here: answer first, work later
			}
		}
		w.WriteHeader(http.StatusNoContent)
	})
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), ReadTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
