package inbound

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// aheadAllowed is how far Meta's clock may be ahead of ours before we stop believing it.
const aheadAllowed = 5 * time.Minute

// Inbound takes one stored item of a webhook after the other to its place.
type Handler struct {
	Store    Store
	Statuses *StatusHandler
	Changes  *ChangeHandler
	Posts    interface {
		posting.Poster
		posting.Reactor
		EditPost(ctx context.Context, postID, message string, props map[string]any) error
	}
	Localizer    posting.Localizer
	Clock        domain.Clock
	NewID        func() string
	WakeChannels func() // wakes the mirror
	WakeMedia    func() // wakes the media queue
	// Settings are those that hold now.
	Settings func() domain.Settings
}

// Handle is the inbox's job handler.
func (in *Handler) Handle(ctx context.Context, job jobqueue.Job) (jobqueue.Outcome, error) {
	var item whatsapp.Item
	if err := json.Unmarshal(job.Payload, &item); err != nil {
		return jobqueue.Dead("the stored item cannot be read"), nil //nolint:nilerr // the reason is kept with the job
	}
	switch item.Kind {
	case whatsapp.KindMessage:
		return in.message(ctx, job, item)
	case whatsapp.KindStatus:
		return in.Statuses.Handle(ctx, job, item)
	case whatsapp.KindEcho:
		return in.echo(ctx, job, item)
	case whatsapp.KindCall:
		return in.call(ctx, job, item)
	case whatsapp.KindInvalid:
		return jobqueue.Dead(item.Reason), nil
	default:
		return in.Changes.Handle(ctx, job, item)
	}
}

func (in *Handler) message(ctx context.Context, job jobqueue.Job, item whatsapp.Item) (jobqueue.Outcome, error) {
	m, err := item.Message()
	if err != nil {
		return jobqueue.Dead(err.Error()), nil
	}
	account, err := in.Store.AccountByNumber(ctx, item.PhoneNumberID)
	if errors.Is(err, domain.ErrNotFound) {
		return jobqueue.Dead("the number was removed"), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	if m.Type == whatsapp.TypeSystem {
		return in.system(ctx, job, account, m)
	}
	return in.deliver(ctx, job, account, item, m)
}

// deliver takes what a customer did to its conversation.
func (in *Handler) deliver(ctx context.Context, job jobqueue.Job, account *domain.Account, item whatsapp.Item, m *whatsapp.Message) (jobqueue.Outcome, error) {
	who := personOf(item, m)
	a, err := in.resolve(ctx, account, who, m, in.sentAt(job))
	switch {
	case errors.Is(err, domain.ErrNoQueue):
		return QueueMissing(job, account.ID, who), nil
	case errors.Is(err, errNoAccount), errors.Is(err, errNobody):
		return jobqueue.Dead(err.Error()), nil
	case err != nil:
		return jobqueue.Outcome{}, err
	}
	if a.Archived && a.Conversation.ClosedAt == 0 {
		return in.await(ctx, job, &a.Conversation)
	}
	told := false
	if m.Reaction != nil && a.PostID == "" {
		told, err = in.reaction(ctx, job, a, who, m)
	}
	outcome := jobqueue.Done()
	if err == nil && !told {
		outcome, err = in.take(ctx, job, a, who, m)
	}
	if errors.Is(err, errEnded) {
		return jobqueue.RetryIn(domain.WaitForChannel, err.Error()), nil
	}
	return outcome, err
}

// save stores a message in a conversation; errEnded where that ended since it was looked for.
func (in *Handler) save(ctx context.Context, message *domain.Message, who domain.WhatsAppIdentity, m *whatsapp.Message, now int64) (saved *domain.Message, before, after *domain.Conversation, err error) {
	saved, before, after, err = in.Store.SaveInbound(ctx, message, who, m.OpensWindow(), now)
	if errors.Is(err, domain.ErrNotFound) {
		err = errEnded
	}
	return saved, before, after, err
}

var (
	errEnded     = errors.New("the start of its conversation was refused meanwhile")
	errNoAccount = errors.New("the number was removed")
	errNobody    = errors.New("the sender has neither a number nor a user id")
)

// resolve finds the conversation of a message, reopens the one that a customer
// comes back to, or makes that of somebody who writes first or long after. What
// the cache says of the number may be old, so its row is read.
func (in *Handler) resolve(ctx context.Context, account *domain.Account, who domain.WhatsAppIdentity, m *whatsapp.Message, at int64) (*domain.InboundTarget, error) {
	answers := about(m)
	a, err := in.Store.ResolveTarget(ctx, account.ID, m.ID, answers, who)
	if !errors.Is(err, domain.ErrNotFound) {
		return a, err
	}
	if changesAnother(m) {
		if a, err := in.ofTarget(ctx, account.ID, about(m)); !errors.Is(err, domain.ErrNotFound) {
			return a, err
		}
	}
	if who.PhoneKey == "" && who.UserID == "" {
		return nil, errNobody
	}
	account, err = in.Store.Account(ctx, account.ID)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return nil, errNoAccount
	case err != nil:
		return nil, err
	}
	settings := in.Settings()
	c, how, err := in.Store.OpenForInbound(ctx, domain.NewSender{
		AccountID: account.ID, DefaultQueueID: account.DefaultQueueID, Answers: answers, Who: who, Now: in.Clock.Now(),
		Reopens: func(c *domain.Conversation) bool { return c.ReopensFor(at, settings) },
	})
	if err != nil {
		return nil, err
	}
	if how == domain.Reopened {
		in.WakeChannels()
	}
	a = &domain.InboundTarget{Conversation: *c}
	if c.ChannelID != "" {
		a.Archived, err = in.Store.ChannelArchived(ctx, c.ChannelID)
	}
	return a, err
}

// await lets a message wait while the mirror brings the channel back that
// somebody archived or deleted, or makes another: what is posted there nobody sees.
func (in *Handler) await(ctx context.Context, job jobqueue.Job, c *domain.Conversation) (jobqueue.Outcome, error) {
	if err := in.Store.MakeDue(ctx, c.ID, in.Clock.Now()); err != nil {
		return jobqueue.Outcome{}, err
	}
	in.WakeChannels()
	return jobqueue.WaitFor(domain.WaitsForChannel(c.ID), jobqueue.GrowingPause(domain.WaitForChannel, domain.WaitFirst, job.Attempts), "the channel is archived or deleted"), nil
}

// ofTarget is the conversation, closed or not, of the message that another one is about.
func (in *Handler) ofTarget(ctx context.Context, accountID, wamid string) (*domain.InboundTarget, error) {
	target, err := in.Store.MessageByWAMID(ctx, accountID, wamid)
	if err != nil {
		return nil, err
	}
	if target.AccountID != accountID || target.PostID == "" {
		return nil, domain.ErrNotFound
	}
	c, err := in.Store.Conversation(ctx, target.ConversationID)
	if err != nil {
		return nil, err
	}
	if c.ArchivedAt != 0 { // nothing can be shown there any more
		return nil, domain.ErrNotFound
	}
	return &domain.InboundTarget{Conversation: *c}, nil
}

// sentAt is when the customer did it, milliseconds since epoch: Meta's
// timestamp, unless that is missing or far ahead of us.
func (in *Handler) sentAt(job jobqueue.Job) int64 {
	now := in.Clock.Now()
	if latest := now + aheadAllowed.Milliseconds(); job.Order <= 0 || job.Order > latest {
		return now
	}
	return job.Order
}

// take stores a message and makes its post. Where the window is open already
// that is done the other way round, which saves a statement; else the post must
// not be seen before an answer to it is allowed.
func (in *Handler) take(ctx context.Context, job jobqueue.Job, a *domain.InboundTarget, who domain.WhatsAppIdentity, m *whatsapp.Message) (jobqueue.Outcome, error) {
	replaces := isPlaceholder(a.Kind) && !isPlaceholder(m.Type) // Meta first called it unsupported
	if a.PostID != "" && !replaces {
		return jobqueue.Done(), nil
	}
	now, at := in.Clock.Now(), in.sentAt(job)
	c := &a.Conversation
	message := &domain.Message{
		ID: in.NewID(), ConversationID: c.ID, AccountID: c.AccountID, ContactID: c.ContactID,
		Direction: domain.Inbound, Kind: m.Type, WAMID: m.ID, CreatedAt: at,
	}
	// the post may exist where this job, or another process's, got that far and no further
	again := job.Attempts > 1 || a.MessageID != ""
	if replaces || c.ChannelID == "" || c.StateAt(now) != domain.Open {
		saved, before, after, err := in.save(ctx, message, who, m, now)
		if err != nil {
			return jobqueue.Outcome{}, err
		}
		a.MessageID, a.News = saved.ID, false
		message.WAMID = saved.WAMID // as its post has it
		if before.StateAt(now) != after.StateAt(now) || after.ChannelID == "" {
			in.WakeChannels()
		}
		if after.ChannelID == "" {
			return ChannelMissing(job, after, now), nil
		}
		c.ChannelID = after.ChannelID
	}
	if a.PostID != "" {
		message.PostID = a.PostID
		return in.replace(ctx, a, message, m)
	}
	if a.Kind == KindWithheld { // a crash came before the line that stands for it
		return in.withhold(ctx, job, a, message, who, m)
	}
	postID, err := in.post(ctx, job, c, m, again)
	switch {
	case errors.Is(err, posting.ErrRefused):
		return in.withhold(ctx, job, a, message, who, m)
	case errors.Is(err, domain.ErrNotFound) && c.ClosedAt == 0: // the channel was deleted
		return in.await(ctx, job, c)
	case err != nil:
		return jobqueue.Outcome{}, err
	}
	message.PostID = postID
	if err := in.fetchLater(ctx, message, c.ChannelID, m); err != nil {
		return jobqueue.Outcome{}, err
	}
	return jobqueue.DoneBy(func(ctx context.Context, owner string, lease time.Duration) (*jobqueue.Job, error) {
		return in.Store.CompleteInbound(ctx, owner, job.ID, a, message, who, m.OpensWindow(), now, lease)
	}), nil
}

// post makes the message's post, once.
func (in *Handler) post(ctx context.Context, job jobqueue.Job, c *domain.Conversation, m *whatsapp.Message, again bool) (string, error) {
	post := posting.Post{
		ChannelID: c.ChannelID, Message: shown(in.Localizer, m), PendingID: m.ID,
		Props: map[string]any{posting.PropKind: posting.KindInbound, posting.PropWAMID: m.ID, posting.UnsafeLinks: "true"},
	}
	if err := in.place(ctx, &post, c, m); err != nil {
		return "", err
	}
	return posting.EnsurePost(ctx, in.Posts, post, posting.PropWAMID, again, job.CreatedAt-time.Minute.Milliseconds())
}

// replace edits the placeholder of a message that Meta first called unsupported.
func (in *Handler) replace(ctx context.Context, a *domain.InboundTarget, message *domain.Message, m *whatsapp.Message) (jobqueue.Outcome, error) {
	var props map[string]any
	if Fetchable(m) {
		props = posting.MediaProps(in.Localizer)
	}
	if err := in.Posts.EditPost(ctx, a.PostID, shown(in.Localizer, m), props); errors.Is(err, posting.ErrRefused) {
		return jobqueue.Dead(withheld), nil
	} else if err != nil {
		return jobqueue.Outcome{}, err
	}
	if err := in.fetchLater(ctx, message, a.Conversation.ChannelID, m); err != nil {
		return jobqueue.Outcome{}, err
	}
	return jobqueue.Done(), in.Store.SetKind(ctx, a.MessageID, m.Type)
}

// rootOf finds the thread of the message that a customer answers, in the same conversation.
func (in *Handler) rootOf(ctx context.Context, wamid string, c *domain.Conversation) (string, error) {
	quoted, err := in.Store.MessageByWAMID(ctx, c.AccountID, wamid)
	if errors.Is(err, domain.ErrNotFound) {
		return "", nil // older than us
	} else if err != nil {
		return "", err
	}
	if quoted.ConversationID != c.ID || quoted.PostID == "" {
		return "", nil
	}
	root, err := in.Posts.RootOf(ctx, quoted.PostID)
	if errors.Is(err, domain.ErrNotFound) {
		return "", nil
	}
	return root, err
}

// place puts a post into the thread of the message it is about, unless it is a
// tap on that one's buttons, and lets it wait for its file.
func (in *Handler) place(ctx context.Context, post *posting.Post, c *domain.Conversation, m *whatsapp.Message) error {
	if Fetchable(m) {
		maps.Copy(post.Props, posting.MediaProps(in.Localizer))
	}
	if about(m) == "" || m.Type == whatsapp.TypeButton || m.Type == whatsapp.TypeInteractive {
		return nil // a tap is the answer that everybody waits for: not hidden in a thread
	}
	root, err := in.rootOf(ctx, about(m), c)
	post.RootID = root
	return err
}

// fetchLater leaves the message's file to the media queue. It comes before the
// message's own job ends, so that no file is forgotten.
func (in *Handler) fetchLater(ctx context.Context, message *domain.Message, channelID string, m *whatsapp.Message) error {
	if !Fetchable(m) {
		return nil
	}
	err := in.Store.AddMedia(ctx, message.AccountID, &domain.MediaFile{
		ConversationID: message.ConversationID, ChannelID: channelID, PostID: message.PostID, WAMID: message.WAMID, At: message.CreatedAt,
		Kind: m.Type, MediaID: m.Media.ID, MimeType: m.Media.MimeType, SHA256: m.Media.SHA256, Filename: m.Media.Filename,
	})
	in.WakeMedia()
	return err
}

func isPlaceholder(kind string) bool {
	return kind == whatsapp.TypeUnsupported || kind == whatsapp.TypeUnknown || kind == KindWithheld
}

func personOf(item whatsapp.Item, m *whatsapp.Message) domain.WhatsAppIdentity {
	who := domain.WhatsAppIdentity{
		WAID: item.Contact.WaID, UserID: item.Contact.UserID, Name: domain.CleanName(item.Contact.Name),
		Username: domain.CleanName(strings.TrimPrefix(item.Contact.Username, "@")),
	}
	if who.WAID == "" {
		who.WAID = m.From
	}
	if who.UserID == "" {
		who.UserID = m.FromUserID
	}
	who.PhoneKey = domain.PhoneKey(who.WAID)
	return who
}
