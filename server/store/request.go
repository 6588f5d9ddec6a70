package store

import (
	"context"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

const (
	// keepRequests is how long the answer of a request with a key is kept, milliseconds.
	keepRequests = "86400000"
	// requestLease is how long a process may work on a request before a repeated one takes
	// over, milliseconds. The one that takes over does not send again what is stored already.
	requestLease = "45000"
)

// requestRow is a request as stored.
type requestRow struct {
	Fingerprint    string `db:"fingerprint"`
	Token          string `db:"token"`
	ConversationID string `db:"conversation_id"`
	MessageID      string `db:"message_id"`
	Answer         string `db:"answer"`
	Status         int    `db:"status"`
}

const requestColumns = "fingerprint, token, conversation_id, message_id, answer, status"

// BeginRequest takes a request with a key, or tells what is known of it; see package api.
func (s *Store) BeginRequest(ctx context.Context, userID, key, fingerprint string) (*domain.Request, error) {
	token := s.newID()
	row := requestRow{}
	old := "w.created_at <= " + clock + " - " + keepRequests
	keep := func(column, anew string) string {
		return column + " = CASE WHEN " + old + " THEN " + anew + " ELSE w." + column + " END"
	}
	err := wrapErr(s.db.GetContext(ctx, &row, `
		INSERT INTO waa_requests AS w (user_id, key, fingerprint, token, lease_until, created_at) VALUES ($1, $2, $3, $4, `+clock+` + `+requestLease+`, `+clock+`)
		ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, token = excluded.token, lease_until = excluded.lease_until,
			`+keep("conversation_id", "''")+", "+keep("message_id", "''")+", "+keep("answer", "''")+", "+keep("status", "0")+", "+keep("created_at", "excluded.created_at")+`
		WHERE `+old+` OR w.fingerprint = excluded.fingerprint AND w.status = 0 AND w.lease_until <= `+clock+`
		RETURNING `+requestColumns, userID, key, fingerprint, token), "could not begin a request")
	if err == nil {
		return &domain.Request{Token: token, MessageID: row.MessageID}, nil
	}
	if !errors.Is(err, domain.ErrNotFound) {
		return nil, err
	}
	if err := s.db.GetContext(ctx, &row, "SELECT "+requestColumns+" FROM waa_requests WHERE user_id = $1 AND key = $2", userID, key); err != nil {
		return nil, wrapErr(err, "could not read a request")
	}
	r := &domain.Request{Conflict: row.Fingerprint != fingerprint, Status: row.Status}
	if row.Answer != "" && !r.Conflict {
		plain, err := s.encrypter.Decrypt(encryptionPlace("waa_requests", "answer", row.Token), row.Answer)
		if err != nil {
			return nil, errors.Wrap(err, "could not decrypt an answer")
		}
		r.Answer = []byte(plain)
	}
	return r, nil
}

// AnswerRequest keeps what was answered.
func (s *Store) AnswerRequest(ctx context.Context, token string, status int, answer []byte, conversationID string) error {
	encrypted, err := s.encrypter.Encrypt(encryptionPlace("waa_requests", "answer", token), string(answer))
	if err != nil {
		return errors.Wrap(err, "could not encrypt an answer")
	}
	_, err = exec(ctx, s.db, `UPDATE waa_requests SET status = $2, answer = $3, conversation_id = CASE WHEN conversation_id = '' THEN $4 ELSE conversation_id END
		WHERE token = $1`, token, status, encrypted, conversationID)
	return wrapErr(err, "could not keep an answer")
}

// ReleaseRequest lets another try of a request begin at once: anew where nothing was stored, else with what was.
func (s *Store) ReleaseRequest(ctx context.Context, token string) error {
	_, err := exec(ctx, s.db, `WITH gone AS (DELETE FROM waa_requests WHERE token = $1 AND message_id = '')
		UPDATE waa_requests SET lease_until = 0 WHERE token = $1 AND message_id <> ''`, token)
	return wrapErr(err, "could not release a request")
}

// Began ties a request to what it stored; ErrNotFound where somebody else took it over.
func (t *tx) LinkRequest(token, conversationID, messageID string) error {
	return execOne(t.ctx, t.r, "could not note what a request stored", "UPDATE waa_requests SET conversation_id = $2, message_id = $3 WHERE token = $1 AND status = 0",
		token, conversationID, messageID)
}
