package main

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/api"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/config"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/conversation"
	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/whatsapp"
)

// meta is the Cloud API client of the settings that hold now.
type meta struct {
	client atomic.Pointer[whatsapp.Client]
}

func (m *meta) use(settings config.Settings) {
	m.client.Store(whatsapp.NewClient(whatsapp.Options{BaseURL: settings.GraphBaseURL, Version: settings.GraphVersion}))
}

// Send sends one message.
func (m *meta) Send(ctx context.Context, cred whatsapp.Credentials, out whatsapp.Outgoing) (whatsapp.Sent, error) {
	return m.client.Load().Send(ctx, cred, out)
}

// Probe asks Meta about an account's number, token and webhooks; see api.Prober.
func (m *meta) Probe(ctx context.Context, account *conversation.Account) (api.Probe, error) {
	client, cred := m.client.Load(), credentials(account)
	number, err := client.PhoneNumber(ctx, cred)
	if err != nil {
		return api.Probe{}, refusalOf(err)
	}
	probe := api.Probe{
		DisplayPhone: number.DisplayPhone, VerifiedName: number.VerifiedName, QualityRating: number.QualityRating, Status: number.Status,
	}
	if apps, err := client.SubscribedApps(ctx, cred); err == nil {
		probe.Subscribed = len(apps) > 0
	}
	if token, err := client.DebugToken(ctx, cred); err == nil {
		probe.TokenExpiresAt, probe.Scopes = token.ExpiresAt, token.Scopes
	}
	return probe, nil
}

// FetchTemplates reads all templates of an account; see api.TemplateFetcher.
func (m *meta) FetchTemplates(ctx context.Context, account *conversation.Account) ([]conversation.Template, error) {
	var fetched []conversation.Template
	err := m.client.Load().Templates(ctx, credentials(account), func(t whatsapp.Template) error {
		definition, err := json.Marshal(t)
		if err != nil {
			return errors.Wrap(err, "could not keep a template")
		}
		fetched = append(fetched, conversation.Template{
			AccountID: account.ID, MetaID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, Status: t.Status,
			Text: t.Text(), Definition: definition,
		})
		return nil
	})
	if err != nil {
		return nil, refusalOf(err)
	}
	return fetched, nil
}

func credentials(account *conversation.Account) whatsapp.Credentials {
	return whatsapp.Credentials{PhoneNumberID: account.PhoneNumberID, WABAID: account.WABAID, Token: account.AccessToken}
}

// refusalOf turns an error of the client into words for an administrator.
func refusalOf(err error) error {
	v := whatsapp.Classify(err)
	if v.Outcome != whatsapp.Refused {
		return conversation.Refuse(conversation.CodeUnavailable, conversation.T("refusal.whatsapp_unavailable"))
	}
	return &conversation.Refusal{Code: conversation.CodeMetaRefused, MetaCode: v.Code, Text: conversation.T("refusal.meta", "Words", v)}
}
