//go:build unix

package e2e

import (
	"fmt"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/build/scenario"
)

// popup is the web part's window in which a conversation is started.
const popup = `document.querySelector('.WhatsappAtivoModal__box')`

// startInPopup fills in the open window and sends.
func (p *browserPage) startInPopup(template string, c scenario.Customer, variables ...string) {
	p.t.Helper()
	p.fillInPopup(template, c, variables...)
	p.screenshot("popup")
	p.sendPopup()
}

// fillInPopup fills in the open window: the template by a word of its name, the customer, the template's variables in their order.
func (p *browserPage) fillInPopup(template string, c scenario.Customer, variables ...string) {
	p.t.Helper()
	field := func(n int) string { return fmt.Sprintf("%s?.querySelectorAll('input')[%d]", popup, n) }
	p.fill("the template", field(0), template)
	p.enter("")
	cpf := c.CPF[:3] + "." + c.CPF[3:6] + "." + c.CPF[6:9] + "-" + c.CPF[9:]
	for n, value := range append([]string{c.Name, c.Phone, cpf}, variables...) {
		p.fill(fmt.Sprintf("field %d", n+1), field(n+1), value)
	}
}

func (p *browserPage) sendPopup() {
	p.t.Helper()
	p.click("the button that sends", popup+`?.querySelector('[type=submit]')`)
	p.wait("the window to close", "!"+popup)
}
