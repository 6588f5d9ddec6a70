package cloudapi

import (
	"slices"
	"strings"
)

// Customer is a person with a phone. Numbers are digits with the country code.
type Customer struct {
	Number   string `json:"number"` // as it is dialled, ninth digit included: 5511987654321
	Name     string `json:"name"`   // profile name
	Username string `json:"username,omitempty"`
	BSUID    string `json:"bsuid"` // business-scoped user id: BR. and digits

	NotOnWhatsApp  bool `json:"not_on_whatsapp"`  // sends fail with 131026
	DropNinthDigit bool `json:"drop_ninth_digit"` // wa_id lacks Brazil's ninth digit
	Off            bool `json:"off"`              // the phone is off: no status after sent
	NoMarketing    bool `json:"no_marketing"`     // has refused marketing messages (131050)
	// MarketingCapped refuses marketing templates with 131049.
	MarketingCapped bool `json:"marketing_capped"`
	// BlockedNumbers are the phone number ids that this person has blocked. Their messages stay at the status sent.
	BlockedNumbers []string `json:"blocked_numbers,omitempty"`

	// These fields say what webhooks leave out about this person.
	HideNumber bool `json:"hide_number"` // no wa_id, from, recipient_id: BSUID only
	HideBSUID  bool `json:"hide_bsuid"`
	HideName   bool `json:"hide_name"` // no profile at all
}

// customer is the stored person together with what is on the phone.
type customer struct {
	Customer
	key  string     // canonical number
	chat []*Message // what is on the phone, both ways, in order
	wait []*Message // sent while the phone was off
}

// WaID returns the form of this person's number that Meta uses.
func (c Customer) WaID() string {
	if c.DropNinthDigit && isBrazilianMobile(c.Number) {
		return c.Number[:4] + c.Number[5:]
	}
	return c.Number
}

func isBrazilianMobile(digits string) bool {
	return len(digits) == 13 && strings.HasPrefix(digits, "55") && digits[4] == '9'
}

// canonical returns the form of a number that identifies the person: Brazilian mobile numbers always have the ninth digit.
func canonical(digits string) string {
	if len(digits) == 12 && strings.HasPrefix(digits, "55") && digits[4] >= '6' {
		return digits[:4] + "9" + digits[4:]
	}
	return digits
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// countryPrefix returns the beginning of the BSUIDs for this number's country.
func countryPrefix(digits string) string {
	for _, c := range []struct{ code, country string }{{"55", "BR"}, {"351", "PT"}, {"54", "AR"}, {"598", "UY"}, {"1", "US"}} {
		if strings.HasPrefix(digits, c.code) {
			return c.country
		}
	}
	return "ZZ"
}

// AddCustomer adds a person, or replaces the data of the one with the same number, who keeps the chat.
func (s *Server) AddCustomer(person Customer) *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Phone{s: s, c: s.putCustomer(person)}
}

func (s *Server) putCustomer(person Customer) *customer {
	person.Number = onlyDigits(person.Number)
	key := canonical(person.Number)
	c := s.customers[key]
	if c == nil {
		c = &customer{key: key}
		s.customers[key] = c
		s.customerOrder = append(s.customerOrder, key)
	}
	if person.Name == "" {
		person.Name = "Cliente " + key[max(0, len(key)-4):]
	}
	if person.BSUID == "" {
		person.BSUID = c.BSUID
	}
	if person.BSUID == "" {
		person.BSUID = countryPrefix(key) + "." + s.digits(16)
	}
	delete(s.bsuids, c.BSUID)
	person.BlockedNumbers = slices.Clone(person.BlockedNumbers)
	c.Customer = person
	s.bsuids[c.BSUID] = c
	s.bump()
	return c
}

// customerOf returns the person with this number, and adds one if there is none.
func (s *Server) customerOf(digits string) *customer {
	if c := s.customers[canonical(digits)]; c != nil {
		return c
	}
	return s.putCustomer(Customer{Number: canonical(digits), NotOnWhatsApp: !s.settings.UnknownOnWhatsApp})
}

// Phone returns the phone of a customer, and adds the person on first use. The number may be written in any way, but with its country code.
func (s *Server) Phone(number string) *Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	digits := canonical(onlyDigits(number))
	c := s.customers[digits]
	if c == nil {
		c = s.putCustomer(Customer{Number: digits})
	}
	return &Phone{s: s, c: c}
}

// Phones returns every phone, in the order they appeared.
func (s *Server) Phones() []*Phone {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*Phone, 0, len(s.customerOrder))
	for _, key := range s.customerOrder {
		list = append(list, &Phone{s: s, c: s.customers[key]})
	}
	return list
}
