package channelsync

import (
	"context"
	"slices"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/jobqueue"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/posting"
)

const (
	sidebarLease = 30 * time.Second
	sidebarBatch = 8
	// sidebarAgain is when a category is checked again without being asked for.
	sidebarAgain = 30 * time.Minute
)

// Sidebars keeps in each agent's category "Em Atendimento" the channels of the open
// conversations whose owner or attendant they are. It compares what the database says with
// what the sidebar shows, so that it may be repeated and a crash leaves nothing wrong.
//
// What people arranged themselves is theirs: a channel that they put into a category of their
// own or among the favourites stays there, one that they put into ours stays in ours, and the
// category may have any name and place.
type Sidebars struct {
	Store     Store
	Posts     Mattermost
	Localizer posting.Localizer
	Log       jobqueue.Logger
}

// Run arranges a batch of categories that are due.
func (s *Sidebars) Run(ctx context.Context) (more bool, err error) {
	ctx, lease := jobqueue.WithLease(ctx, time.Now().Add(sidebarLease))
	defer lease.End()
	due, err := s.Store.ClaimSidebars(ctx, sidebarLease, sidebarBatch)
	if err != nil {
		return false, err
	}
	for _, one := range due {
		if err := s.arrange(ctx, one); err != nil && ctx.Err() == nil { // the lease runs out, and then it is tried again
			s.Log.Warn("Could not arrange a sidebar", "user", one.UserID, "team", one.TeamID, "error", err.Error())
		}
	}
	return len(due) == sidebarBatch, nil
}

func (s *Sidebars) arrange(ctx context.Context, one domain.Sidebar) error {
	categories, err := s.Posts.Categories(ctx, one.UserID, one.TeamID)
	if errors.Is(err, domain.ErrNotFound) { // no member of the team any more
		return s.Store.SidebarShown(ctx, one.UserID, one.TeamID, one.DueAt, sidebarAgain)
	} else if err != nil {
		return err
	}
	ours := s.find(categories, one.CategoryID)
	switch {
	case ours == nil && len(one.Channels) > 0:
		err = s.create(ctx, one, categories)
	case ours != nil:
		err = s.update(ctx, one, categories, ours)
	}
	if err != nil {
		return err
	}
	return s.Store.SidebarShown(ctx, one.UserID, one.TeamID, one.DueAt, sidebarAgain)
}

// find returns our category: the one that was recorded, else one with our name, which a crash
// kept from being recorded.
func (s *Sidebars) find(categories []*model.SidebarCategoryWithChannels, id string) *model.SidebarCategoryWithChannels {
	var named *model.SidebarCategoryWithChannels
	for _, c := range categories {
		if c.Type != model.SidebarCategoryCustom {
			continue
		}
		if c.Id == id && id != "" {
			return c
		}
		if named == nil && (c.DisplayName == s.name("pt-BR") || c.DisplayName == s.name("en")) {
			named = c
		}
	}
	return named
}

func (s *Sidebars) name(lang string) string {
	return s.Localizer.Render(lang, "sidebar.category", nil)
}

func (s *Sidebars) create(ctx context.Context, one domain.Sidebar, categories []*model.SidebarCategoryWithChannels) error {
	wanted := without(one.Channels, placed(categories, nil))
	if len(wanted) == 0 { // the person has put each of them elsewhere
		return nil
	}
	id, err := s.Posts.CreateCategory(ctx, one.UserID, one.TeamID, s.Localizer.ForUser(ctx, one.UserID, domain.T("sidebar.category")), wanted)
	if err != nil {
		return err
	}
	return s.Store.SidebarCategory(ctx, one.UserID, one.TeamID, id)
}

func (s *Sidebars) update(ctx context.Context, one domain.Sidebar, categories []*model.SidebarCategoryWithChannels, ours *model.SidebarCategoryWithChannels) error {
	if ours.Id != one.CategoryID {
		if err := s.Store.SidebarCategory(ctx, one.UserID, one.TeamID, ours.Id); err != nil {
			return err
		}
	}
	conversations, err := s.Store.ConversationChannels(ctx, ours.Channels)
	if err != nil {
		return err
	}
	missing := without(without(one.Channels, placed(categories, ours)), setOf(ours.Channels))
	kept := slices.DeleteFunc(slices.Clone(ours.Channels), func(id string) bool { return conversations[id] && !slices.Contains(one.Channels, id) })
	if len(missing) == 0 && len(kept) == len(ours.Channels) {
		return nil
	}
	changed := []*model.SidebarCategoryWithChannels{{SidebarCategory: ours.SidebarCategory, Channels: slices.Concat(missing, kept)}}
	// a channel is in one category only: what comes into ours leaves the server's
	come := setOf(missing)
	for _, c := range categories {
		if c.Type != model.SidebarCategoryChannels || !slices.ContainsFunc(c.Channels, func(id string) bool { return come[id] }) {
			continue
		}
		changed = append(changed, &model.SidebarCategoryWithChannels{SidebarCategory: c.SidebarCategory, Channels: without(c.Channels, come)})
	}
	return s.Posts.UpdateCategories(ctx, one.UserID, one.TeamID, changed)
}

// placed are the channels that the person put somewhere on purpose, beside ours.
func placed(categories []*model.SidebarCategoryWithChannels, ours *model.SidebarCategoryWithChannels) map[string]bool {
	set := map[string]bool{}
	for _, c := range categories {
		if c != ours && (c.Type == model.SidebarCategoryCustom || c.Type == model.SidebarCategoryFavorites) {
			for _, id := range c.Channels {
				set[id] = true
			}
		}
	}
	return set
}

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// without leaves out what is in the set; the slice stays as it is.
func without(ids []string, set map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return set[id] })
}
