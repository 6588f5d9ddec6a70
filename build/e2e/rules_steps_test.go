//go:build unix

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/pkg/errors"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// colleague is the agent to whom conversations are transferred. She is in the queue.
const colleague = 2

// step takes one random step and compares the result with the model.
func (r *ruleWalk) step(ctx context.Context) error {
	steps := []struct {
		name   string
		weight int
		play   func(ctx context.Context) error
	}{
		{"post", 5, r.post},
		{"answer to the customer's post", 3, r.threadReply},
		{"note by command", 2, r.noteByCommand},
		{"note as a post", 2, r.noteAsPost},
		{"answer to a note", 4, r.noteReply},
		{"mention", 1, r.mention},
		{"link", 1, r.link},
		{"file while locked", 1, r.fileWhileLocked},
		{"customer answers", 4, r.answer},
		{"transfer to a colleague", 1, r.toColleague},
		{"transfer to the queue", 1, r.toQueue},
		{"claim", 1, r.claim},
		{"template", 1, r.template},
		{"close", 1, r.close},
		{"reopen", 2, r.reopen},
	}
	sum := 0
	for _, s := range steps {
		sum += s.weight
	}
	chance := r.random.IntN(sum)
	for _, s := range steps {
		if chance -= s.weight; chance < 0 {
			name := s.name + " while " + r.state()
			r.played[s.name]++
			r.history = append(r.history, name)
			return errors.Wrap(s.play(ctx), name)
		}
	}
	return nil
}

// say posts as a member of the channel. allowed is whether the model allows the post. If it does and the post is for the customer, the post
// must arrive.
func (r *ruleWalk) say(ctx context.Context, post *model.Post, allowed, forCustomer bool) (*model.Post, error) {
	post.ChannelId = r.ChannelID
	got, response, err := r.Agent(r.someone()).CreatePost(ctx, post)
	switch {
	case allowed && err != nil:
		return nil, errors.Wrap(err, "it was refused")
	case !allowed && err == nil:
		return nil, errors.New("it was accepted")
	case !allowed && response.StatusCode != http.StatusBadRequest:
		return nil, errors.Wrapf(err, "it was refused with %d", response.StatusCode)
	}
	if allowed && forCustomer {
		r.wanted = append(r.wanted, post.Message)
	}
	return got, nil
}

func (r *ruleWalk) post(ctx context.Context) error {
	_, err := r.say(ctx, &model.Post{Message: r.text("texto")}, r.state() == "open", true)
	return err
}

func (r *ruleWalk) threadReply(ctx context.Context) error {
	if len(r.customers) == 0 {
		return nil
	}
	root := r.customers[r.random.IntN(len(r.customers))]
	_, err := r.say(ctx, &model.Post{Message: r.text("citação"), RootId: root}, r.state() == "open", true)
	return err
}

func (r *ruleWalk) noteByCommand(ctx context.Context) error {
	text := r.text("nota escrita")
	agent := r.someone()
	if _, err := r.Env.ExecuteSlash(ctx, r.Agent(agent), r.ChannelID, "/whatsapp nota "+text); err != nil {
		return err
	}
	posts, err := r.WaitPosts(ctx, r.ChannelID, 1, "the note", func(p *model.Post) bool {
		return p.Type == scenario.TypeNote && p.UserId == r.User(agent).ID && holdsText(p, text)
	})
	if err == nil {
		r.notes = append(r.notes, posts[0].Id)
	}
	return err
}

func (r *ruleWalk) noteAsPost(ctx context.Context) error {
	post, err := r.say(ctx, &model.Post{Message: r.text("nota"), Type: scenario.TypeNote}, true, false)
	if err == nil {
		r.notes = append(r.notes, post.Id)
	}
	return err
}

// noteReply replies in a note's thread, sometimes with a file, sometimes with a text that would be refused elsewhere.
func (r *ruleWalk) noteReply(ctx context.Context) error {
	if len(r.notes) == 0 {
		return nil
	}
	post := &model.Post{Message: r.text("na nota"), RootId: r.notes[r.random.IntN(len(r.notes))]}
	switch r.random.IntN(3) {
	case 0:
		agent := r.members[0]
		file, _, err := r.Agent(agent).UploadFile(ctx, []byte(post.Message), r.ChannelID, "anexo.txt")
		if err != nil {
			return err
		}
		post.FileIds, post.ChannelId = []string{file.FileInfos[0].Id}, r.ChannelID
		_, _, err = r.Agent(agent).CreatePost(ctx, post)
		return err
	case 1:
		post.Message += " @" + r.User(colleague).Username
	}
	got, err := r.say(ctx, post, true, false)
	if err == nil && got.Type != scenario.TypeNote {
		err = errors.Errorf("it has the type %q", got.Type)
	}
	return err
}

func (r *ruleWalk) mention(ctx context.Context) error {
	who := []string{"here", "channel", r.User(colleague).Username}[r.random.IntN(3)]
	_, err := r.say(ctx, &model.Post{Message: r.text("olha isso @" + who)}, false, false)
	return err
}

func (r *ruleWalk) link(ctx context.Context) error {
	inside := fmt.Sprintf("%s/%s/pl/%s", r.Agent(0).URL, r.Env.Team.Name, model.NewId())
	_, err := r.say(ctx, &model.Post{Message: r.text("veja " + inside)}, false, false)
	return err
}

func (r *ruleWalk) fileWhileLocked(ctx context.Context) error {
	if r.state() == "open" {
		return nil
	}
	agent := r.someone()
	file, _, err := r.Agent(agent).UploadFile(ctx, []byte("segredo"), r.ChannelID, "anexo.txt")
	if err != nil {
		return err
	}
	_, _, err = r.Agent(agent).CreatePost(ctx, &model.Post{ChannelId: r.ChannelID, Message: r.text("arquivo"), FileIds: []string{file.FileInfos[0].Id}})
	return errorUnless(err != nil, "a file was accepted while %s", r.state())
}

// act requests a change over REST and expects a certain status.
func (r *ruleWalk) act(ctx context.Context, agent int, action string, body map[string]any, wanted int) (scenario.Conversation, error) {
	var c scenario.Conversation
	return c, r.Ask(ctx, r.Agent(agent), http.MethodPost, "/conversations/"+r.ID+"/"+action, body, wanted, &c)
}

func (r *ruleWalk) unlessClosed() int {
	if r.closed {
		return http.StatusConflict
	}
	return http.StatusOK
}

func (r *ruleWalk) toColleague(ctx context.Context) error {
	id := r.User(colleague).ID
	if _, err := r.act(ctx, r.agent, "transfer", map[string]any{"user_id": id}, r.unlessClosed()); err != nil || r.closed {
		return err
	}
	r.attendant = id
	if !slices.Contains(r.members, colleague) {
		r.members = append(r.members, colleague)
	}
	return nil
}

func (r *ruleWalk) toQueue(ctx context.Context) error {
	_, err := r.act(ctx, r.agent, "transfer", map[string]any{"queue_id": r.Queue.ID}, r.unlessClosed())
	if err == nil && !r.closed {
		r.attendant = ""
	}
	return err
}

func (r *ruleWalk) claim(ctx context.Context) error {
	id := r.User(r.agent).ID
	wanted := r.unlessClosed()
	if r.attendant != "" && r.attendant != id {
		wanted = http.StatusConflict
	}
	c, err := r.act(ctx, r.agent, "claim", nil, wanted)
	if err != nil || wanted != http.StatusOK {
		return err
	}
	r.attendant = id
	return errorUnless(c.AttendantID == id && c.OwnerID == id, "attendant %q, owner %q", c.AttendantID, c.OwnerID)
}

// template sends another template if the model says that one may follow.
func (r *ruleWalk) template(ctx context.Context) error {
	c, err := r.World.Conversation(ctx, r.Admin(), r.ID)
	if err != nil {
		return err
	}
	if err := errorUnless(c.State == r.state() || r.edge(), "it is %q and should be %q", c.State, r.state()); err != nil {
		return err
	}
	state := r.state()
	if state == "closed" || r.edge() || r.Now()-r.templateAt < 6*60*60*1000+60_000 {
		return nil
	}
	if _, err := r.act(ctx, r.agent, "template", map[string]any{
		"template": map[string]string{"name": r.Positional.Name, "language": r.Positional.Language}, "variables": scenario.Variables(), "confirm": true,
	}, http.StatusOK); err != nil {
		return err
	}
	r.templateAt = r.Now()
	return nil
}

// edge reports whether the window ends at about this moment. Then both states are acceptable, because the clocks differ a little.
func (r *ruleWalk) edge() bool {
	off := r.Now() - r.windowUntil
	return off > -2000 && off < 2000
}

func (r *ruleWalk) close(ctx context.Context) error {
	_, err := r.act(ctx, r.agent, "close", map[string]any{"reason": "resolvido"}, r.unlessClosed())
	r.closed = r.closed || err == nil
	return err
}

func (r *ruleWalk) reopen(ctx context.Context) error {
	if !r.closed {
		return nil
	}
	_, err := r.act(ctx, r.agent, "reopen", nil, http.StatusOK)
	r.closed = err != nil
	return err
}
