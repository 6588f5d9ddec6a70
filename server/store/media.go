package store

import (
	"context"
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// MediaQueue is the queue of customers' files that are on their way.
func (s *Store) MediaQueue() *Queue { return newQueue(s, mediaTable) }

// AddMedia stores a file to fetch, once per message.
func (s *Store) AddMedia(ctx context.Context, accountID string, file *domain.MediaFile) error {
	payload, err := json.Marshal(file)
	if err != nil {
		return errors.Wrap(err, "could not encode a file")
	}
	key := keyOf(file.WAMID, maxLane)
	_, err = exec(ctx, s.db, `INSERT INTO waa_media (lane, ord, dedupe_key, account_id, payload, created_at, conversation_id, file_id)
		VALUES ($1, $2, $1, $3, $4, `+clock+`, $5, $6) ON CONFLICT (dedupe_key) DO NOTHING`, key, file.At, accountID, payload, file.ConversationID, s.newID())
	return wrapErr(err, "could not store a file to fetch")
}

// Upload reads how far a job's file came; domain.ErrNotFound.
func (s *Store) Upload(ctx context.Context, jobID int64) (domain.Upload, error) {
	var u struct {
		FileID     string `db:"file_id"`
		UploadID   string `db:"upload_id"`
		UploadFrom int64  `db:"upload_from"`
	}
	err := s.db.GetContext(ctx, &u, "SELECT file_id, upload_id, upload_from FROM waa_media WHERE id = $1", jobID)
	return domain.Upload{FileID: u.FileID, ID: u.UploadID, From: u.UploadFrom}, wrapErr(err, "could not read an upload")
}

// SaveUpload stores how far it came; jobqueue.ErrLost if the owner's lease is gone.
func (s *Store) SaveUpload(ctx context.Context, owner string, jobID int64, u domain.Upload) error {
	n, err := exec(ctx, s.db, jobSQL(mediaTable, "UPDATE {table} SET file_id = $3, upload_id = $4, upload_from = $5 WHERE {held}"), jobID, owner, u.FileID, u.ID, u.From)
	if err == nil && n == 0 {
		return jobqueue.ErrLost
	}
	return wrapErr(err, "could not store an upload")
}

// MediaConversation is the conversation of a message whose file was to be fetched; domain.ErrNotFound.
func (s *Store) MediaConversation(ctx context.Context, wamid string) (id string, err error) {
	err = s.db.GetContext(ctx, &id, "SELECT conversation_id FROM waa_media WHERE dedupe_key = $1", keyOf(wamid, maxLane))
	return id, wrapErr(err, "could not look for a file")
}

// TryMediaAgain makes a file that did not come due now; one that came, or is
// being fetched at this moment, stays as it is.
func (s *Store) TryMediaAgain(ctx context.Context, wamid string) error {
	_, err := exec(ctx, s.db, `UPDATE waa_media SET finished_at = 0, dead_at = 0, attempts = 0, due_at = 0, reason = ''
		WHERE dedupe_key = $1 AND lease_owner = '' AND (finished_at = 0 OR dead_at > 0)`, keyOf(wamid, maxLane))
	return wrapErr(err, "could not try a file again")
}
