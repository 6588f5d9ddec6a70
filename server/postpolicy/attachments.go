package postpolicy

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

// fitFiles checks the files of a post by Meta's rules, in the order in which
// people see them: as they were uploaded (the server keeps no order in the
// post). A file that is not the post's own is none of its files.
func (j *Policy) fitFiles(ctx context.Context, p posting.IncomingPost) (kinds []string, files []posting.File, problem *posting.Problem, err error) {
	infos := make([]*posting.FileInfo, 0, len(p.FileIDs))
	for _, id := range p.FileIDs {
		info, err := j.Files.FileInfo(ctx, id)
		if errors.Is(err, domain.ErrNotFound) || err == nil && !ownFile(info, p) {
			return nil, nil, &posting.Problem{Key: "post.file_gone"}, nil
		} else if err != nil {
			return nil, nil, nil, err
		}
		infos = append(infos, info)
	}
	slices.SortStableFunc(infos, func(a, b *posting.FileInfo) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), strings.Compare(a.Name, b.Name))
	})
	for _, info := range infos {
		kind, file, problem, err := posting.CheckMattermostFile(ctx, j.Files, info)
		if err != nil || problem != nil {
			return nil, nil, problem, err
		}
		kinds, files = append(kinds, kind), append(files, file)
	}
	return kinds, files, nil, nil
}

// ownFile keeps a post from sending somebody else's file.
func ownFile(info *posting.FileInfo, p posting.IncomingPost) bool {
	if info.PostID != "" {
		return info.PostID == p.ID
	}
	return info.CreatorID == p.UserID
}
