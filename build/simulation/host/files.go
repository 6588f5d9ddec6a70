package host

import (
	"context"
	"io"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"
)

func (s *Server) fileInfo(id string) *model.FileInfo {
	f := &model.FileInfo{}
	if !s.one("SELECT id, creatorid, coalesce(postid, ''), coalesce(channelid, ''), coalesce(deleteat, 0), createat, name, size, mimetype FROM fileinfo WHERE id = $1", []any{id},
		&f.Id, &f.CreatorId, &f.PostId, &f.ChannelId, &f.DeleteAt, &f.CreateAt, &f.Name, &f.Size, &f.MimeType) {
		return nil
	}
	return f
}

func (s *Server) addFile(id, userID, channelID, name, mime string, content []byte) {
	s.mu.Lock()
	s.files[id] = content
	s.mu.Unlock()
	s.exec("INSERT INTO fileinfo (id, creatorid, channelid, createat, name, size, mimetype) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
		id, userID, channelID, millis(), name, len(content), mime)
}

func (p Person) upload(_ context.Context, channelID, name, mime string, content []byte) string {
	id := p.node.server.NewID()
	p.node.server.addFile(id, p.UserID, channelID, name, mime, content)
	return id
}

func (a *API) GetFileInfo(id string) (*model.FileInfo, *model.AppError) {
	return through2(a, "GetFileInfo", func() (*model.FileInfo, *model.AppError) {
		if info := a.n.server.fileInfo(id); info != nil {
			return info, nil
		}
		return nil, errFile
	})
}

func (a *API) GetFile(id string) ([]byte, *model.AppError) {
	return through2(a, "GetFile", func() ([]byte, *model.AppError) {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		content, ok := a.n.server.files[id]
		if !ok {
			return nil, errFile
		}
		return slices.Clone(content), nil
	})
}

func (a *API) CreateUploadSession(us *model.UploadSession) (*model.UploadSession, error) {
	session, appErr := through2(a, "CreateUploadSession", func() (*model.UploadSession, *model.AppError) {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		made := *us
		made.CreateAt = millis()
		a.n.server.uploads[us.Id] = &upload{session: made}
		return &made, nil
	})
	return session, plainError(appErr)
}

func (a *API) GetUploadSession(id string) (*model.UploadSession, error) {
	session, appErr := through2(a, "GetUploadSession", func() (*model.UploadSession, *model.AppError) {
		a.n.server.mu.Lock()
		defer a.n.server.mu.Unlock()
		u := a.n.server.uploads[id]
		if u == nil {
			return nil, notFound("GetUploadSession")
		}
		session := u.session
		return &session, nil
	})
	return session, plainError(appErr)
}

// UploadData appends to an upload; what was read before the reader failed is kept.
func (a *API) UploadData(us *model.UploadSession, r io.Reader) (*model.FileInfo, error) {
	data, readErr := io.ReadAll(r) // outside of the call: it is read from Meta, which is a call of its own
	info, appErr := through2(a, "UploadData", func() (*model.FileInfo, *model.AppError) {
		s := a.n.server
		s.mu.Lock()
		u := s.uploads[us.Id]
		if u == nil {
			s.mu.Unlock()
			return nil, notFound("UploadData")
		}
		u.data = append(u.data, data...)
		u.session.FileOffset = int64(len(u.data))
		whole, session, content := u.session.FileOffset >= u.session.FileSize, u.session, u.data
		if whole {
			delete(s.uploads, us.Id)
		}
		s.mu.Unlock()
		if !whole {
			return nil, nil
		}
		id := session.ReqFileId
		if id == "" {
			id = s.NewID()
		}
		s.addFile(id, session.UserId, session.ChannelId, session.Filename, "", content)
		return s.fileInfo(id), nil
	})
	if readErr != nil {
		return nil, readErr
	}
	return info, plainError(appErr)
}

// plainError keeps a nil *model.AppError from becoming an error that is not nil.
func plainError(appErr *model.AppError) error {
	if appErr == nil {
		return nil
	}
	return appErr
}
