package mattermost

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	// wholeFile is the size, in bytes, up to which a file is fetched in a single call
	// of the plugin API.
	wholeFile = 256 << 10
	// sessionLife is how long a session that the plugin creates for itself may live at
	// most. It is ended earlier, as soon as it is no longer used.
	sessionLife = 2 * time.Hour
)

// FileInfo returns a file's metadata; see posting.FileReader. It returns
// domain.ErrNotFound if there is no such file or it was deleted.
func (p *Port) FileInfo(_ context.Context, fileID string) (*posting.FileInfo, error) {
	info, appErr := p.api.GetFileInfo(fileID)
	if appErr != nil {
		return nil, wrap(appErr, "could not read about a file")
	}
	if info == nil {
		return nil, errors.Wrap(errNothing, "could not read about a file")
	}
	if info.DeleteAt != 0 {
		return nil, domain.ErrNotFound
	}
	return &posting.FileInfo{
		File:      posting.File{ID: info.Id, Name: info.Name, MIME: info.MimeType, Size: info.Size},
		CreatorID: info.CreatorId, PostID: info.PostId, ChannelID: info.ChannelId, CreatedAt: info.CreateAt,
	}, nil
}

// FileHead returns at most the first size bytes of a file; see posting.FileReader.
func (p *Port) FileHead(ctx context.Context, fileID string, size int64) ([]byte, error) {
	r, err := p.openFile(ctx, fileID, size)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	head, err := io.ReadAll(io.LimitReader(r, size))
	return head, errors.Wrap(err, "could not read a file")
}

// OpenFile opens a file for reading. The plugin API can only return a file as a whole,
// so all but small files are streamed over the server's own REST API instead of being
// held in memory. It returns domain.ErrNotFound if there is no such file.
func (p *Port) OpenFile(ctx context.Context, fileID string) (io.ReadCloser, error) {
	return p.openFile(ctx, fileID, 0)
}

// openFile opens a file. If head is greater than zero, only the first head bytes are
// needed, and no more are requested of a large file.
func (p *Port) openFile(ctx context.Context, fileID string, head int64) (io.ReadCloser, error) {
	info, err := p.FileInfo(ctx, fileID)
	if err != nil {
		return nil, err
	}
	if info.Size > wholeFile {
		return p.streamFile(ctx, info, head, p.bots.Plugin)
	}
	data, appErr := p.api.GetFile(fileID)
	if appErr != nil {
		return nil, wrap(appErr, "could not read a file")
	}
	if int64(len(data)) != info.Size {
		return nil, errors.Wrap(errNothing, "could not read a file")
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// streamFile reads a file over REST with a session that ends when the reader is
// closed. The session is the bot's or, if the bot may not read the file, that of the
// user who uploaded it.
func (p *Port) streamFile(ctx context.Context, info *posting.FileInfo, head int64, userID string) (io.ReadCloser, error) {
	address, client, err := p.ownServer()
	if err != nil {
		return nil, err
	}
	session, appErr := p.api.CreateSession(&model.Session{
		UserId: userID, Roles: model.SystemUserRoleId, ExpiresAt: model.GetMillis() + sessionLife.Milliseconds(),
	})
	if appErr != nil {
		return nil, wrap(appErr, "could not begin a session for a file")
	}
	if session == nil {
		return nil, errors.Wrap(errNothing, "could not begin a session for a file")
	}
	end := func() {
		_ = p.api.RevokeSession(session.Id)
		client.CloseIdleConnections()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/api/v4/files/"+url.PathEscape(info.ID), nil)
	if err != nil {
		end()
		return nil, errors.New("could not ask for a file")
	}
	request.Header.Set("Authorization", "Bearer "+session.Token)
	if head > 0 {
		request.Header.Set("Range", "bytes=0-"+strconv.FormatInt(head-1, 10))
	}
	response, err := client.Do(request)
	if err != nil {
		end()
		return nil, errors.New("the server could not be reached for a file") // the error itself contains an address
	}
	if response.StatusCode == http.StatusForbidden && userID == p.bots.Plugin {
		// The bot is not a member of the file's channel. Everybody may read a file
		// that they uploaded themselves.
		_ = response.Body.Close()
		end()
		return p.streamFile(ctx, info, head, info.CreatorID)
	}
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusPartialContent {
		_ = response.Body.Close()
		end()
		if response.StatusCode == http.StatusNotFound {
			return nil, errors.Wrap(domain.ErrNotFound, "could not read a file")
		}
		return nil, errors.Errorf("the server answered %d for a file", response.StatusCode)
	}
	return &sessionBody{ReadCloser: response.Body, end: end}, nil
}

// sessionBody is a response body that ends its session when it is closed.
type sessionBody struct {
	io.ReadCloser
	end func()
}

// Close closes the response body and ends the session, even if closing fails.
func (b *sessionBody) Close() error {
	err := b.ReadCloser.Close()
	b.end()
	return errors.Wrap(err, "could not close a file")
}

// ownServer returns the address of the server that runs this plugin, and a client for
// it. The address is the one on which the server listens locally.
func (p *Port) ownServer() (address string, client *http.Client, err error) {
	config := p.api.GetConfig()
	if config == nil || config.ServiceSettings.ListenAddress == nil {
		return "", nil, errors.Wrap(errNothing, "could not read where the server listens")
	}
	host, port, err := net.SplitHostPort(*config.ServiceSettings.ListenAddress)
	if err != nil {
		return "", nil, errors.New("the server's listening address cannot be used")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	transport := &http.Transport{Proxy: nil, ResponseHeaderTimeout: 30 * time.Second}
	scheme, prefix := "http", ""
	site, err := url.Parse(p.SiteURL())
	if err == nil {
		prefix = strings.TrimRight(site.Path, "/")
	}
	if security := config.ServiceSettings.ConnectionSecurity; security != nil && *security == model.ConnSecurityTLS {
		scheme = "https"
		if site != nil { // the certificate is issued for the public host name
			transport.TLSClientConfig = &tls.Config{ServerName: site.Hostname(), MinVersion: tls.VersionTLS12}
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port) + prefix, &http.Client{Transport: transport}, nil
}

// wrapOr is wrap for a call whose result is wrong even if it returned no error: it
// then returns errNothing.
func wrapOr(appErr *model.AppError, doing string) error {
	if appErr == nil {
		return errors.Wrap(errNothing, doing)
	}
	return wrap(appErr, doing)
}

// PostFiles returns the ids of a post's files, and the post's channel. It returns
// domain.ErrNotFound if the post is gone.
func (p *Port) PostFiles(ctx context.Context, postID string) (fileIDs []string, channelID string, err error) {
	post, err := p.standing(ctx, postID)
	if err != nil {
		return nil, "", err
	}
	return post.FileIds, post.ChannelId, nil
}

// MayRead reports whether a user may read a channel: as its member, as a member of its
// team if the channel is public, or as a system administrator.
func (p *Port) MayRead(ctx context.Context, userID, channelID string) (bool, error) {
	return p.records.ServerMayRead(ctx, channelID, userID)
}
