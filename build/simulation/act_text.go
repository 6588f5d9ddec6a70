package simulation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// laterText is a text that is to be sent by itself, and of which its author was told that it will.
type laterText struct {
	life                 int
	token, author, about string // about is the conversation's id
	due                  time.Time
}

// textLater puts a text in the life's channel off for minutes or hours.
func textLater(p *play, l *life, r *rand.Rand) {
	who, channel := p.speaker(l, r)
	if who == "" {
		return
	}
	id, _, _ := p.where(l)
	token, minutes := l.token("a"), pick(r, 2, 3, 10, 60, 300, 900)
	p.command(l, r, who, channel, fmt.Sprintf("/whatsapp agendar em %d min %s lembrete", minutes, token), func(began time.Time, answer string) {
		if strings.Contains(answer, token) { // a refusal does not repeat the text
			p.record.textPutOff(laterText{life: l.n, token: token, author: who, about: id, due: began.Add(time.Duration(minutes) * time.Minute)})
		}
	})
}

// quickReply keeps a text under a shortcut and posts it by that.
func quickReply(p *play, l *life, r *rand.Rand) {
	who, channel := p.speaker(l, r)
	if who == "" {
		return
	}
	token := l.token("a")
	body := map[string]any{"scope": "personal", "shortcut": token, "title": "Resposta " + token, "text": token + " {{saudacao}}, {{primeiro_nome}}"}
	p.ask(l, r, who, "keeps the quick reply "+token, http.MethodPost, "/quick-replies", body, func(status int, _ []byte) {
		if status != http.StatusCreated {
			return
		}
		p.command(l, r, who, channel, "/r "+token, func(_ time.Time, answer string) {
			if answer == "" {
				p.record.repliedWith(token)
			}
		})
	})
}

// command types a command in a channel as a task of the world's, and calls then with what is answered, unless nothing is.
func (p *play) command(l *life, r *rand.Rand, userID, channel, text string, then func(began time.Time, answer string)) {
	n := p.node(r)
	p.story.Note(l.n, "%s on node %s types %q", p.names[userID], n.Name, text)
	p.world.Go(text, n, func(ctx context.Context) {
		began := p.world.Now()
		if response := n.Command(ctx, userID, channel, text); response != nil {
			p.story.Note(l.n, "  %q is answered with %q", text, response.Text)
			then(began, response.Text)
		}
	})
}

func (r *record) textPutOff(t laterText) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.laterTexts = append(r.laterTexts, t)
}

func (r *record) repliedWith(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replies = append(r.replies, token)
}
