package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/lib/pq"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/simulation/host"
)

// where finds the conversation in which people go on with a life: the newest open one,
// else the newest. It looks into the database as somebody who knows it by heart.
func (p *play) where(l *life) (id, channel string, ok bool) {
	var wamids []string
	for _, m := range l.phone.Sent() {
		wamids = append(wamids, m.ID)
	}
	l.mu.Lock()
	known := append([]string{}, l.conversations...)
	l.mu.Unlock()
	var contact, queue string
	err := p.world.DB.QueryRowContext(p.ctx, `SELECT c.id, c.channel_id, c.contact_id, c.queue_id FROM waa_conversations c
		WHERE c.aborted_at = 0 AND (c.id = ANY($1) OR c.id IN (SELECT m.conversation_id FROM waa_messages m WHERE m.wamid <> '' AND m.wamid = ANY($2)))
		ORDER BY c.closed_at = 0 DESC, c.created_at DESC LIMIT 1`, pq.Array(known), pq.Array(wamids)).Scan(&id, &channel, &contact, &queue)
	if err != nil {
		return "", "", false
	}
	c := scenario.Conversation{ID: id, ChannelID: channel}
	c.Contact.ID = contact
	l.learn(c)
	return id, channel, true
}

// member is somebody who can post in a channel; "" = nobody.
func (p *play) member(r *rand.Rand, channel string) string {
	var members []string
	err := p.world.DB.QueryRowContext(p.ctx, `SELECT coalesce(array_agg(m.userid ORDER BY m.userid), '{}') FROM channelmembers m
		WHERE m.channelid = $1 AND m.userid = ANY($2)`, channel, pq.Array(p.agents)).Scan(pq.Array(&members))
	if err != nil || len(members) == 0 {
		return ""
	}
	return pick(r, members...)
}

func start(p *play, l *life, r *rand.Rand)          { p.start(l, r, false, false) }
func startMarketing(p *play, l *life, r *rand.Rand) { p.start(l, r, true, false) }

// startAgain starts for a customer who may well have an open conversation, under another name.
func startAgain(p *play, l *life, r *rand.Rand) { p.start(l, r, false, r.IntN(3) == 0) }

func (p *play) start(l *life, r *rand.Rand, marketing, confirm bool) {
	token := l.token("t")
	n := p.numbers[l.number]
	queue, agent := pick(r, n.queues...), pick(r, p.agents...)
	template := "confirmar_visita"
	if marketing {
		template = "ofertas"
	}
	s := started{life: l.n, token: token, name: "Nome " + letters(l.n) + " " + letters(l.said), cpf: scenario.NewCustomer(1000*l.n + l.said).CPF, marketing: marketing, began: p.world.Now()}
	body := map[string]any{
		"account_id": n.account, "queue_id": queue, "template": map[string]string{"name": template, "language": "pt_BR"},
		"variables": map[string]string{"body_1": token}, "customer": map[string]string{"name": s.name, "cpf": s.cpf, "phone": "+" + l.phone.Customer().Number},
	}
	if confirm {
		body["confirm"] = true
	}
	if r.IntN(4) == 0 {
		body["confirm"], body["reason"] = true, "combinado com o cliente"
	}
	p.ask(l, r, agent, fmt.Sprintf("starts with %s %s as %s", template, token, s.name), http.MethodPost, "/conversations", body, func(status int, answer []byte) {
		s.status, s.at, s.code = status, p.world.Now(), refusal(answer)
		p.record.start(s)
		if status == http.StatusCreated || status == http.StatusAccepted {
			p.learn(l, answer)
		}
	})
}

// refusal is the code of an error.
func refusal(answer []byte) string {
	var said struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	_ = json.Unmarshal(answer, &said)
	return said.Error.Code
}

// learn remembers the conversation of an answer.
func (p *play) learn(l *life, answer []byte) {
	var c scenario.Conversation
	if json.Unmarshal(answer, &c) == nil && c.ID != "" {
		l.learn(c)
	}
}

func template(p *play, l *life, r *rand.Rand) {
	id, _, ok := p.where(l)
	if !ok {
		return
	}
	s := started{life: l.n, token: l.token("t"), marketing: r.IntN(3) == 0, began: p.world.Now()}
	name := "confirmar_visita"
	if s.marketing {
		name = "ofertas"
	}
	body := map[string]any{"template": map[string]string{"name": name, "language": "pt_BR"}, "variables": map[string]string{"body_1": s.token}, "confirm": true}
	if r.IntN(2) == 0 {
		body["reason"] = "combinado com o cliente"
	}
	p.ask(l, r, pick(r, p.agents...), "sends the template "+name+" "+s.token, http.MethodPost, "/conversations/"+id+"/template", body, func(status int, answer []byte) {
		s.status, s.at, s.code = status, p.world.Now(), refusal(answer)
		p.record.start(s)
	})
}

// say posts in the channel of a life's conversation.
func (p *play) say(l *life, r *rand.Rand, userID string, np host.NewPost) {
	p.sayOver(p.node(r), l, userID, np)
}

// sayOver is say over one node.
func (p *play) sayOver(n *Node, l *life, userID string, np host.NewPost) {
	np.Props = map[string]any{}
	p.world.Go("post "+np.Message, n, func(ctx context.Context) {
		made, appErr := n.As(userID).Post(ctx, np)
		switch {
		case appErr != nil:
			p.story.Note(l.n, "%s on node %s posts %q: refused, %s", p.names[userID], n.Name, np.Message, appErr.Message)
		case made != nil:
			p.record.stood(made.Id, p.world.Now())
			p.story.Note(l.n, "%s on node %s posts %q: %s", p.names[userID], n.Name, np.Message, made.Id)
		}
	})
}

// speaker picks somebody who is in the life's channel; "" where there is nobody, or no channel.
func (p *play) speaker(l *life, r *rand.Rand) (who, channel string) {
	_, channel, ok := p.where(l)
	if !ok || channel == "" {
		return "", ""
	}
	return p.member(r, channel), channel
}

func post(p *play, l *life, r *rand.Rand) {
	who, channel := p.speaker(l, r)
	if who == "" {
		return
	}
	p.say(l, r, who, host.NewPost{ChannelID: channel, Message: l.token("a") + " " + pick(r, "bom dia", "vou ver", "até logo")})
}

// ask asks the customer something with buttons.
func ask(p *play, l *life, r *rand.Rand) {
	p.act(l, r, "asks", "interactive", map[string]any{
		"type": "buttons", "body": l.token("a") + " pode ser?", "buttons": []map[string]string{{"id": "sim", "title": "Sim"}, {"id": "nao", "title": "Não"}},
	}, nil)
}

// askForNumber asks the customer to share the number, which a tap does.
func askForNumber(p *play, l *life, r *rand.Rand) {
	p.act(l, r, "asks for the number", "interactive", map[string]any{"type": "phone_request", "body": l.token("a") + " qual é o seu número?"}, nil)
}

// posts posts several times at once, on whatever nodes.
func posts(p *play, l *life, r *rand.Rand) {
	for range 2 + r.IntN(3) {
		post(p, l, r)
	}
}

// pluginOff ends the plugin of a node for some minutes, in which the node's server goes on, while all nodes have theirs.
func pluginOff(p *play, l *life, r *rand.Rand) {
	n := p.node(r)
	if !p.world.allUp() {
		return
	}
	p.story.Note(l.n, "the plugin of node %s is off", n.Name)
	n.DropFor(time.Duration(4+r.IntN(4)) * time.Minute)
}

// postsThere posts over the nodes whose plugin is off.
func postsThere(p *play, l *life, r *rand.Rand) {
	for _, n := range p.world.Nodes {
		if who, channel := p.speaker(l, r); who != "" && !n.Up() {
			p.sayOver(n, l, who, host.NewPost{ChannelID: channel, Message: l.token("a") + " ainda aqui"})
		}
	}
}

func postFile(p *play, l *life, r *rand.Rand) {
	who, channel := p.speaker(l, r)
	if who == "" {
		return
	}
	text, n := l.token("a")+" segue a foto", p.node(r)
	p.world.Go("post a file", n, func(ctx context.Context) {
		file := n.As(who).Upload(ctx, channel, "foto.jpg", "image/jpeg", []byte(text))
		made, appErr := n.As(who).Post(ctx, host.NewPost{ChannelID: channel, Message: text, FileIDs: []string{file}, Props: map[string]any{}})
		if appErr == nil && made != nil {
			p.record.stood(made.Id, p.world.Now())
			p.story.Note(l.n, "%s on node %s posts %q with a file: %s", p.names[who], n.Name, text, made.Id)
		}
	})
}

// ownPost is a post of an agent's in the life's channel.
func (p *play) ownPost(l *life, r *rand.Rand) (id, author string) {
	_, channel, ok := p.where(l)
	if !ok || channel == "" {
		return "", ""
	}
	_ = p.world.DB.QueryRowContext(p.ctx, `SELECT p.id, p.userid FROM posts p WHERE p.channelid = $1 AND p.userid = ANY($2) AND p.type = '' AND p.deleteat = 0
		ORDER BY p.createat DESC OFFSET $3 LIMIT 1`, channel, pq.Array(p.agents), r.IntN(3)).Scan(&id, &author)
	return id, author
}

func changePost(p *play, l *life, r *rand.Rand) {
	id, author := p.ownPost(l, r)
	if id == "" {
		return
	}
	n := p.node(r)
	p.world.Go("edit a post", n, func(ctx context.Context) {
		appErr := n.As(author).EditPost(ctx, id, l.token("e")+" corrigido")
		p.story.Note(l.n, "%s edits post %s: %s", p.names[author], id, said(appErr))
	})
}

func deletePost(p *play, l *life, r *rand.Rand) {
	id, author := p.ownPost(l, r)
	if id == "" {
		return
	}
	n := p.node(r)
	p.world.Go("delete a post", n, func(ctx context.Context) {
		appErr := n.As(author).DeletePost(ctx, id)
		p.story.Note(l.n, "%s deletes post %s: %s", p.names[author], id, said(appErr))
	})
}

func said(appErr *model.AppError) string {
	if appErr != nil {
		return "refused, " + appErr.Message
	}
	return "done"
}

func note(p *play, l *life, r *rand.Rand) {
	id, channel, ok := p.where(l)
	if !ok {
		return
	}
	text := l.token("n") + " só entre nós"
	if who := p.member(r, channel); who != "" && r.IntN(2) == 0 {
		p.say(l, r, who, host.NewPost{ChannelID: channel, Message: text, Type: "custom_waa_note"})
		return
	}
	p.ask(l, r, pick(r, p.agents...), "notes "+text, http.MethodPost, "/conversations/"+id+"/note", map[string]string{"text": text}, nil)
}

// act makes a request about the life's conversation.
func (p *play) act(l *life, r *rand.Rand, what, verb string, body any, then func(id string, status int)) {
	id, _, ok := p.where(l)
	if !ok {
		return
	}
	p.ask(l, r, pick(r, p.agents...), what+" "+id, http.MethodPost, "/conversations/"+id+"/"+verb, body, func(status int, _ []byte) {
		if then != nil {
			then(id, status)
		}
	})
}

func transfer(p *play, l *life, r *rand.Rand) {
	to := pick(r, p.agents...)
	p.act(l, r, "transfers to "+p.names[to], "transfer", map[string]string{"user_id": to}, nil)
}

func returnToQueue(p *play, l *life, r *rand.Rand) {
	p.act(l, r, "returns to a queue", "transfer", map[string]string{"queue_id": pick(r, p.numbers[l.number].queues...)}, nil)
}

func claim(p *play, l *life, r *rand.Rand) { p.act(l, r, "claims", "claim", nil, nil) }

func closeIt(p *play, l *life, r *rand.Rand) {
	asked := p.world.Now()
	p.act(l, r, "closes", "close", map[string]string{"reason": "resolvido"}, func(id string, status int) {
		if status == http.StatusOK {
			p.record.forbid("conversation "+id, asked, p.world.Now())
		}
	})
}

func reopen(p *play, l *life, r *rand.Rand) {
	if id, _, ok := p.where(l); ok {
		p.record.allow("conversation "+id, p.world.Now()) // it may be open before the answer is here
	}
	p.act(l, r, "reopens", "reopen", nil, nil)
}

// invite adds somebody of the team to the channel.
func invite(p *play, l *life, r *rand.Rand) {
	_, channel, ok := p.where(l)
	if !ok || channel == "" {
		return
	}
	who, guest, n := p.member(r, channel), pick(r, p.agents...), p.node(r)
	if who == "" {
		return
	}
	p.world.Go("invite", n, func(ctx context.Context) {
		appErr := n.As(who).AddMember(ctx, channel, guest)
		p.story.Note(l.n, "%s invites %s: %s", p.names[who], p.names[guest], said(appErr))
	})
}

func leave(p *play, l *life, r *rand.Rand) {
	_, channel, ok := p.where(l)
	if !ok || channel == "" {
		return
	}
	who, n := p.member(r, channel), p.node(r)
	if who == "" {
		return
	}
	p.record.departs(who, p.world.Now())
	p.world.Go("leave", n, func(ctx context.Context) {
		appErr := n.As(who).RemoveMember(ctx, channel, who)
		p.story.Note(l.n, "%s leaves the channel: %s", p.names[who], said(appErr))
	})
}

func archive(p *play, l *life, r *rand.Rand) {
	_, channel, ok := p.where(l)
	if !ok || channel == "" {
		return
	}
	n := p.node(r)
	p.world.Go("archive", n, func(ctx context.Context) {
		appErr := n.As(p.admin).ArchiveChannel(ctx, channel, false)
		p.story.Note(l.n, "admin archives the channel: %s", said(appErr))
	})
}

func rename(p *play, l *life, r *rand.Rand) {
	_, channel, ok := p.where(l)
	if !ok || channel == "" {
		return
	}
	n, name := p.node(r), "pedido-"+letters(r.IntN(100000))
	p.world.Go("rename", n, func(ctx context.Context) {
		appErr := n.As(p.admin).RenameChannel(ctx, channel, name, "", "")
		p.story.Note(l.n, "admin renames the channel to %s: %s", name, said(appErr))
	})
}

// look reads what an agent would look at.
func look(p *play, l *life, r *rand.Rand) {
	id, _, ok := p.where(l)
	if !ok {
		return
	}
	path := pick(r, "/conversations?mine=1", "/conversations/"+id, "/conversations/"+id+"/messages", "/conversations?state=open")
	p.ask(l, r, pick(r, p.agents...), "looks at "+path, http.MethodGet, path, nil, nil)
}
