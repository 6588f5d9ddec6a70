package posting

import "context"

// FileInfo is a file as Mattermost knows it.
type FileInfo struct {
	File
	CreatorID string
	PostID    string // "" while no post has it
	ChannelID string
	CreatedAt int64 // when it was uploaded, milliseconds since epoch
}

// FileInfos tells about files of Mattermost's.
type FileInfos interface {
	// FileInfo answers domain.ErrNotFound for a file that is not there (any more).
	FileInfo(ctx context.Context, fileID string) (*FileInfo, error)
	// FileHead reads the first bytes of a file, so many at most.
	FileHead(ctx context.Context, fileID string, size int64) ([]byte, error)
}

// FitFile is posting.Fit over Mattermost's files.
func FitFile(ctx context.Context, from FileInfos, info *FileInfo) (kind string, file File, problem *Problem, err error) {
	var head []byte
	if NeedsHead(info.File) {
		if head, err = from.FileHead(ctx, info.ID, HeadSize); err != nil {
			return "", File{}, nil, err
		}
	}
	kind, file, problem = Fit(info.File, head)
	return kind, file, problem, nil
}
