package store

import (
	"context"
	"encoding/json"

	"github.com/lib/pq"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
)

// MediaQueue is the queue of customers' files that are on their way.
func (s *Store) MediaQueue() *Queue { return newQueue(s, mediaTable) }

// AddMedia stores a file to fetch for a message that has its post, once per message. A
// file that was fetched before its post was known is attached to the post by its job,
// which begins again.
func (s *Store) AddMedia(ctx context.Context, accountID string, file *domain.MediaFile) error {
	payload, err := json.Marshal(file)
	if err != nil {
		return errors.Wrap(err, "could not encode a file")
	}
	key := keyOf(file.WAMID, maxLane)
	_, err = exec(ctx, s.db, `INSERT INTO waa_media (lane, ord, dedupe_key, account_id, payload, created_at, conversation_id, file_id, post_id)
		VALUES ($1, $2, $1, $3, $4, `+clock+`, $5, $6, $7) ON CONFLICT (dedupe_key) DO UPDATE SET
			post_id = excluded.post_id, payload = excluded.payload, conversation_id = excluded.conversation_id, finished_at = 0, dead_at = 0, due_at = 0, reason = ''
			WHERE waa_media.post_id = ''`, key, file.At, accountID, payload, file.ConversationID, s.newID(), file.PostID)
	return wrapErr(err, "could not store a file to fetch")
}

// PrefetchMedia stores files to fetch for messages that have no post yet, once per message.
func (s *Store) PrefetchMedia(ctx context.Context, accountID string, files []domain.MediaFile) error {
	n := len(files)
	keys, payloads, ids, conversations, times := make([]string, n), make([][]byte, n), make([]string, n), make([]string, n), make([]int64, n)
	for i := range files {
		payload, err := json.Marshal(&files[i])
		if err != nil {
			return errors.Wrap(err, "could not encode a file")
		}
		keys[i], payloads[i], ids[i], conversations[i], times[i] = keyOf(files[i].WAMID, maxLane), payload, s.newID(), files[i].ConversationID, files[i].At
	}
	err := retryDeadlock(func() error { // two processes may have the same messages, in another order
		_, err := exec(ctx, s.db, `INSERT INTO waa_media (lane, ord, dedupe_key, account_id, payload, created_at, conversation_id, file_id)
			SELECT r.key, r.at, r.key, $1, r.payload, `+clock+`, r.conversation, r.file
			FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::text[], $6::text[]) WITH ORDINALITY AS r (key, at, payload, conversation, file, n) ORDER BY r.n
			ON CONFLICT (dedupe_key) DO NOTHING`, accountID, pq.Array(keys), pq.Array(times), pq.Array(payloads), pq.Array(conversations), pq.Array(ids))
		return err
	})
	return wrapErr(err, "could not store files to fetch")
}

// MediaProgress reads how far a message's file came; domain.ErrNotFound where nothing fetches it yet.
func (s *Store) MediaProgress(ctx context.Context, wamid string) (domain.MediaProgress, error) {
	var row struct {
		FileID   string `db:"file_id"`
		Uploaded bool   `db:"uploaded"`
		Over     bool   `db:"over"`
	}
	err := s.db.GetContext(ctx, &row, "SELECT file_id, uploaded_at > 0 AS uploaded, finished_at > 0 OR post_id <> '' AS over FROM waa_media WHERE dedupe_key = $1", keyOf(wamid, maxLane))
	progress := domain.MediaProgress{Over: row.Over}
	if row.Uploaded {
		progress.FileID = row.FileID
	}
	return progress, wrapErr(err, "could not read how far a file came")
}

// MediaUploaded notes that a job's file is whole in Mattermost, and wakes the message
// that waits for it. postID is the post that the job knows of ("" = none). It returns the
// message's post; where there is none yet, the job is over: the post is made with the
// file, or AddMedia begins the job again. jobqueue.ErrLost if the owner's lease is gone.
func (s *Store) MediaUploaded(ctx context.Context, owner string, jobID int64, wamid, postID string) (post string, woken bool, err error) {
	var row struct {
		PostID string `db:"post_id"`
		Woken  bool   `db:"woken"`
	}
	const alone = "post_id = '' AND $3 = ''"
	err = s.db.GetContext(ctx, &row, jobSQL(mediaTable, `WITH file AS (
			UPDATE {table} SET uploaded_at = {now}, post_id = CASE WHEN post_id = '' THEN $3 ELSE post_id END, reason = '',
				finished_at = CASE WHEN `+alone+` THEN {now} ELSE 0 END, payload = CASE WHEN `+alone+` THEN '' ELSE payload END,
				lease_owner = CASE WHEN `+alone+` THEN '' ELSE lease_owner END, lease_until = CASE WHEN `+alone+` THEN 0 ELSE lease_until END
			WHERE {held} RETURNING post_id
		), woken AS (
			UPDATE waa_inbox SET due_at = 0, waits_for = '' WHERE finished_at = 0 AND waits_for <> '' AND waits_for = $4 AND EXISTS (SELECT FROM file) RETURNING id
		)
		SELECT post_id, EXISTS (SELECT FROM woken) AS woken FROM file`), jobID, owner, postID, domain.WaitsForFile(wamid))
	if err = wrapErr(err, "could not note an upload"); errors.Is(err, domain.ErrNotFound) {
		err = jobqueue.ErrLost
	}
	return row.PostID, row.Woken, err
}

// Upload reads how far a job's file came; domain.ErrNotFound.
func (s *Store) Upload(ctx context.Context, jobID int64) (domain.Upload, error) {
	var u struct {
		FileID     string `db:"file_id"`
		UploadID   string `db:"upload_id"`
		UploadFrom int64  `db:"upload_from"`
		PostID     string `db:"post_id"`
	}
	err := s.db.GetContext(ctx, &u, "SELECT file_id, upload_id, upload_from, post_id FROM waa_media WHERE id = $1", jobID)
	return domain.Upload{FileID: u.FileID, ID: u.UploadID, From: u.UploadFrom, PostID: u.PostID}, wrapErr(err, "could not read an upload")
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
