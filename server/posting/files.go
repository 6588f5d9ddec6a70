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

// FileReader tells about files of Mattermost's.
type FileReader interface {
	// FileInfo answers domain.ErrNotFound for a file that is not there (any more).
	FileInfo(ctx context.Context, fileID string) (*FileInfo, error)
	// FileHead reads the first bytes of a file, so many at most.
	FileHead(ctx context.Context, fileID string, size int64) ([]byte, error)
}

// CheckMattermostFile is CheckFile over Mattermost's files.
func CheckMattermostFile(ctx context.Context, from FileReader, info *FileInfo) (kind string, file File, problem *Problem, err error) {
	var head []byte
	if NeedsSniffing(info.File) {
		if head, err = from.FileHead(ctx, info.ID, SniffSize); err != nil {
			return "", File{}, nil, err
		}
	}
	kind, file, problem = CheckFile(info.File, head)
	return kind, file, problem, nil
}
