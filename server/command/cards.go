package command

import (
	"context"
	"regexp"
	"strings"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// maxCardName bounds the name of a place or a person, in characters.
const maxCardName = 256

// coordinates stand at the beginning of a place: two numbers with a comma, a semicolon or a space between them.
var coordinates = regexp.MustCompile(`^(-?\d{1,3}(?:\.\d+)?\s*[,;\s]\s*-?\d{1,3}(?:\.\d+)?)(?:[\s,;]+(.*))?$`)

func (c *Command) location(ctx context.Context, in *call) (string, error) {
	m := coordinates.FindStringSubmatch(in.rest)
	if m == nil {
		return in.text("command.location_usage"), nil
	}
	latitude, longitude, ok := whatsapp.ParseCoordinates(m[1])
	if !ok {
		return in.text("command.location_usage"), nil
	}
	place := whatsapp.Location{Latitude: latitude, Longitude: longitude, Name: truncate(unquote(m[2]))}
	return "", c.SendLocation(ctx, in.UserID, in.ChannelID, place)
}

// trailingPhone is a number at the end of a text.
var trailingPhone = regexp.MustCompile(`^(.*?)[\s,;:]*(\+?[\d(][\d\s().\-/]{6,}\d)$`)

func (c *Command) contact(ctx context.Context, in *call) (string, error) {
	m := trailingPhone.FindStringSubmatch(strings.Join(strings.Fields(in.rest), " "))
	if m == nil {
		return in.text("command.contact_usage"), nil
	}
	name := domain.CleanName(truncate(unquote(m[1])))
	if name == "" {
		return in.text("command.contact_usage"), nil
	}
	return "", c.SendContact(ctx, in.UserID, in.ChannelID, name, m[2])
}

func truncate(text string) string {
	runes := []rune(strings.TrimSpace(text))
	return string(runes[:min(len(runes), maxCardName)])
}
