package store

import (
	"context"
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// encodeData is a text's data as it is stored.
func encodeData(data map[string]any) (string, error) {
	if data == nil {
		return "{}", nil
	}
	text, err := json.Marshal(data)
	return string(text), errors.Wrap(err, "could not encode a text's data")
}

// Lines returns the lines that a conversation's channel does not show yet, in their order.
func (s *Store) Lines(ctx context.Context, conversationID string) ([]domain.ChannelEvent, error) {
	rows := []struct {
		ID      int64
		TextKey string `db:"text_key"`
		Data    []byte
	}{}
	err := s.db.SelectContext(ctx, &rows, "SELECT id, text_key, data FROM waa_lines WHERE conversation_id = $1 ORDER BY id", conversationID)
	if err != nil {
		return nil, wrapErr(err, "could not read the lines")
	}
	lines := make([]domain.ChannelEvent, len(rows))
	for i, row := range rows {
		lines[i] = domain.ChannelEvent{ID: row.ID}
		lines[i].Text.Key = row.TextKey
		if err := json.Unmarshal(row.Data, &lines[i].Text.Data); err != nil {
			return nil, errors.Wrap(err, "could not decode a line")
		}
	}
	return lines, nil
}

// LineShown deletes a line that the channel shows now.
func (s *Store) LineShown(ctx context.Context, id int64) error {
	_, err := exec(ctx, s.db, "DELETE FROM waa_lines WHERE id = $1", id)
	return wrapErr(err, "could not forget a line")
}

// AppendEvent stores a line that the conversation's channel is to show.
func (t *tx) AppendEvent(conversationID string, text domain.Text) error {
	data, err := encodeData(text.Data)
	if err != nil {
		return err
	}
	_, err = exec(t.ctx, t.r, "INSERT INTO waa_lines (conversation_id, text_key, data) VALUES ($1, $2, $3)", conversationID, text.Key, data)
	return wrapErr(err, "could not store a line")
}

// OweLine stores a line that a conversation's channel is to show, unless one of
// its kind waits to be shown already; see package channelsync.
func (s *Store) OweLine(ctx context.Context, conversationID string, text domain.Text) error {
	data, err := encodeData(text.Data)
	if err != nil {
		return err
	}
	_, err = exec(ctx, s.db, `INSERT INTO waa_lines (conversation_id, text_key, data) SELECT $1::text, $2::text, $3
		WHERE NOT EXISTS (SELECT 1 FROM waa_lines WHERE conversation_id = $1 AND text_key = $2)`, conversationID, text.Key, data)
	return wrapErr(err, "could not store a line")
}
