//go:build unix

package scenario

import (
	"context"
	"fmt"
	"net/http"
)

// Customer is a person as an agent enters them.
type Customer struct {
	Name  string `json:"name"`
	CPF   string `json:"cpf"`
	Phone string `json:"phone"` // E.164
}

// NewCustomer makes up the customer with a number from 0 to 9,999,999. Each has a different name, CPF and phone.
func NewCustomer(n int) Customer {
	return Customer{Name: fmt.Sprintf("Cliente %d", n), CPF: cpf(n + 100_000_000), Phone: fmt.Sprintf("+55119%08d", 80_000_000+n)}
}

// cpf appends the two check digits to nine digits.
func cpf(nine int) string {
	digits := fmt.Sprintf("%09d", nine)
	for range 2 {
		sum := 0
		for i, d := range digits {
			sum += int(d-'0') * (len(digits) + 1 - i)
		}
		digits += fmt.Sprint(sum * 10 % 11 % 10)
	}
	return digits
}

// Variables returns values for the positional template.
func Variables() map[string]string {
	return map[string]string{"header_1": "7305", "body_1": "Marina", "body_2": "12/11", "body_3": "9h e 12h"}
}

// StartRequest returns the REST body of a start with the positional template.
func (w *World) StartRequest(c Customer) map[string]any {
	return map[string]any{
		"account_id": w.Account.ID, "queue_id": w.Queue.ID, "variables": Variables(), "customer": c,
		"template": map[string]string{"name": w.Positional.Name, "language": w.Positional.Language},
	}
}

// Start starts a conversation over REST with the positional template. It returns when the conversation has its channel.
func (w *World) Start(ctx context.Context, agent int, customer Customer) (Conversation, error) {
	var c Conversation
	err := w.Ask(ctx, w.Agent(agent), http.MethodPost, "/conversations", w.StartRequest(customer), http.StatusCreated, &c)
	return c, err
}

// Opened calls Start and lets the customer answer, so that the window is open when it returns.
func (w *World) Opened(ctx context.Context, agent int, customer Customer) (Conversation, error) {
	c, err := w.Start(ctx, agent, customer)
	if err != nil {
		return c, err
	}
	if _, err := w.Phone(customer.Phone).Reply("oi"); err != nil {
		return c, err
	}
	return w.WaitState(ctx, agent, c.ID, "open")
}
