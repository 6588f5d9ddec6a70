package relay

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/convert"
)

// FileInfo is a file as Mattermost knows it.
type FileInfo struct {
	convert.File
	CreatorID string
	PostID    string // "" while no post has it
	ChannelID string
	CreatedAt int64 // when it was uploaded, milliseconds since epoch
}

// FileInfos tells about files of Mattermost's.
type FileInfos interface {
	// FileInfo answers conversation.ErrNotFound for a file that is not there (any more).
	FileInfo(ctx context.Context, fileID string) (*FileInfo, error)
	// FileHead reads the first bytes of a file, so many at most.
	FileHead(ctx context.Context, fileID string, size int64) ([]byte, error)
}

// fitFiles checks the files of a post by Meta's rules, in the order in which
// people see them: as they were uploaded (the server keeps no order in the
// post). A file that is not the post's own is none of its files.
func (j *Judge) fitFiles(ctx context.Context, p Posted) (kinds []string, files []convert.File, problem *convert.Problem, err error) {
	infos := make([]*FileInfo, 0, len(p.FileIDs))
	for _, id := range p.FileIDs {
		info, err := j.Files.FileInfo(ctx, id)
		if errors.Is(err, conversation.ErrNotFound) || err == nil && !ownFile(info, p) {
			return nil, nil, &convert.Problem{Key: "post.file_gone"}, nil
		} else if err != nil {
			return nil, nil, nil, err
		}
		infos = append(infos, info)
	}
	slices.SortStableFunc(infos, func(a, b *FileInfo) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), strings.Compare(a.Name, b.Name))
	})
	for _, info := range infos {
		kind, file, problem, err := fitFile(ctx, j.Files, info)
		if err != nil || problem != nil {
			return nil, nil, problem, err
		}
		kinds, files = append(kinds, kind), append(files, file)
	}
	return kinds, files, nil, nil
}

// fitFile is convert.Fit over Mattermost's files.
func fitFile(ctx context.Context, from FileInfos, info *FileInfo) (kind string, file convert.File, problem *convert.Problem, err error) {
	var head []byte
	if convert.NeedsHead(info.File) {
		if head, err = from.FileHead(ctx, info.ID, convert.HeadSize); err != nil {
			return "", convert.File{}, nil, err
		}
	}
	kind, file, problem = convert.Fit(info.File, head)
	return kind, file, problem, nil
}

// ownFile keeps a post from sending somebody else's file.
func ownFile(info *FileInfo, p Posted) bool {
	if info.PostID != "" {
		return info.PostID == p.ID
	}
	return info.CreatorID == p.UserID
}
