package outbound

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// TemplateFiles reads the files of Mattermost's that a template's header may show.
type TemplateFiles interface {
	posting.FileReader
	// PostFiles lists the files of a post and its channel; domain.ErrNotFound.
	PostFiles(ctx context.Context, postID string) (fileIDs []string, channelID string, err error)
	// MayRead reports whether somebody may read a channel.
	MayRead(ctx context.Context, userID, channelID string) (bool, error)
	SiteURL() string
}

const maxLink = 2000 // Meta's limit of an address, in characters

var (
	objectID = regexp.MustCompile(`^[a-z0-9]{26}$`)
	postLink = regexp.MustCompile(`/(?:_redirect|[a-z0-9-]+)/pl/([a-z0-9]{26})/?$`)
	fileLink = regexp.MustCompile(`/files/([a-z0-9]{26})(?:[/?].*)?$`)
)

// givenFiles is what was given for the files of a template.
type givenFiles struct {
	header   *posting.File
	cards    []*posting.File
	linkName string // the name that the customer sees of a document which Meta fetches
	shown    map[string]string
	wrong    map[string]domain.Text
}

// readFiles reads what the actor gave for headers with a file: an https address,
// which Meta fetches itself, or a file of Mattermost's, by its id or by a link to
// it or to its post. It returns only files that the actor may read and that Meta
// takes; what is wrong is told by element, and so is what to show of a file.
// values get what Build needs of it.
func (c TemplateComposer) readFiles(ctx context.Context, actorID string, t *whatsapp.Template, values map[string]string) (*givenFiles, error) {
	files := &givenFiles{shown: map[string]string{}, wrong: map[string]domain.Text{}}
	for _, v := range t.Variables() {
		given := strings.TrimSpace(values[v.Element])
		if !v.Kind.Media() || given == "" {
			continue
		}
		given, name := splitName(given, v.Kind)
		info, inside, err := c.findFile(ctx, actorID, given)
		if err != nil {
			return nil, err
		}
		switch {
		case !inside && !publicLink(given):
			files.wrong[v.Element] = domain.T("refusal.header_link")
		case !inside && v.Kind == whatsapp.VariableDocument && name == "":
			files.wrong[v.Element] = domain.T("refusal.header_name")
		case !inside: // Meta fetches it
			values[v.Element], files.linkName = given, name
		case info == nil:
			files.wrong[v.Element] = domain.T("refusal.header_gone")
		default:
			if err := c.takeFile(ctx, files, v, info); err != nil {
				return nil, err
			}
			values[v.Element] = info.ID
		}
	}
	return files, nil
}

// takeFile adds a file of Mattermost's, or what is wrong with it.
func (c TemplateComposer) takeFile(ctx context.Context, files *givenFiles, v whatsapp.Variable, info *posting.FileInfo) error {
	kind, file, problem, err := posting.CheckMattermostFile(ctx, c.Files, info)
	switch {
	case err != nil:
		return err
	case problem != nil:
		files.wrong[v.Element] = domain.Text{Key: problem.Key, Data: problem.Data}
	case kind != string(v.Kind):
		files.wrong[v.Element] = map[whatsapp.VariableKind]domain.Text{
			whatsapp.VariableImage: domain.T("refusal.header_image"), whatsapp.VariableVideo: domain.T("refusal.header_video"),
			whatsapp.VariableDocument: domain.T("refusal.header_document"),
		}[v.Kind]
	case v.Card > 0:
		if !slices.ContainsFunc(files.cards, func(other *posting.File) bool { return other.ID == file.ID }) {
			files.cards = append(files.cards, &file)
		}
	default:
		files.header = &file
	}
	files.shown[v.Element] = file.Name
	return nil
}

// splitName separates a link from the name of its document: that is what follows
// the link after a space, else the link's last part; "" = it has none.
func splitName(given string, kind whatsapp.VariableKind) (link, name string) {
	link, name, _ = strings.Cut(given, " ")
	if kind != whatsapp.VariableDocument || !strings.HasPrefix(link, "https://") {
		return given, ""
	}
	if name = posting.CleanFilename(name); name == "" {
		name = posting.LinkFilename(link)
	}
	return link, name
}

// findFile looks for the file that is meant. inside reports whether it is one of
// Mattermost's; info is nil where that is gone or the actor may not read it.
func (c TemplateComposer) findFile(ctx context.Context, actorID, given string) (info *posting.FileInfo, inside bool, err error) {
	fileID := given
	if !objectID.MatchString(given) {
		path, ours := c.pathInside(given)
		if !ours {
			return nil, false, nil
		}
		if post := postLink.FindStringSubmatch(path); post != nil {
			ids, channelID, err := c.Files.PostFiles(ctx, post[1])
			if errors.Is(err, domain.ErrNotFound) || err == nil && len(ids) == 0 {
				return nil, true, nil
			} else if err != nil {
				return nil, true, err
			}
			if may, err := c.Files.MayRead(ctx, actorID, channelID); err != nil || !may {
				return nil, true, err
			}
			fileID = ids[0]
		} else if file := fileLink.FindStringSubmatch(path); file != nil {
			fileID = file[1]
		} else {
			return nil, true, nil
		}
	}
	info, err = c.Files.FileInfo(ctx, fileID)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return nil, true, nil
	case err != nil:
		return nil, true, err
	case info.CreatorID == actorID:
		return info, true, nil
	case info.PostID == "":
		return nil, true, nil
	}
	if may, err := c.Files.MayRead(ctx, actorID, info.ChannelID); err != nil || !may {
		return nil, true, err
	}
	return info, true, nil
}

// pathInside returns the path of a link into this Mattermost server; ours is false for any other text.
func (c TemplateComposer) pathInside(given string) (path string, ours bool) {
	link, linkErr := url.Parse(given)
	site, siteErr := url.Parse(c.Files.SiteURL())
	if linkErr != nil || siteErr != nil || site.Host == "" || !strings.EqualFold(link.Host, site.Host) {
		return "", false
	}
	return link.Path, strings.HasPrefix(link.Path, strings.TrimRight(site.Path, "/")+"/")
}

// publicLink reports whether Meta could fetch an address.
func publicLink(given string) bool {
	link, err := url.Parse(given)
	return err == nil && link.Scheme == "https" && strings.Contains(link.Hostname(), ".") && link.User == nil && len([]rune(given)) <= maxLink
}
