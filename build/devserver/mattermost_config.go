package main

import (
	"maps"
	"path/filepath"

	"github.com/mattermost/mattermost/server/public/model"
)

// defaultPluginID is the plugin that gets the settings if there is no bundle.
const defaultPluginID = "whatsapp-ativo"

// serverSettings holds what differs from server to server and from run to run.
type serverSettings struct {
	address        string // host and port of the server
	metricsAddress string // host and port of its metrics
	dataSource     string
	connections    int    // size of its connection pool
	dir            string // its working folder
	files          string // the folder of uploaded files, shared by all servers
	locale         string
	maxChannels    int64
	pluginID       string // "" without a bundle
	pluginConfig   map[string]any
}

func (s *serverSettings) url() string        { return "http://" + s.address }
func (s *serverSettings) configFile() string { return filepath.Join(s.dir, "config", "config.json") }

// serverConfig returns the server's whole configuration. It consists of Mattermost's defaults, changed where a server for tests must
// differ: its addresses and folders, nothing sent to the outside, plugins without signatures, and no limits that a test would reach.
func serverConfig(s *serverSettings) *model.Config {
	config := &model.Config{}
	config.SetDefaults()

	service := &config.ServiceSettings
	*service.SiteURL = s.url()
	*service.ListenAddress = s.address
	*service.AllowedUntrustedInternalConnections = "127.0.0.1 localhost ::1"
	*service.EnableUserAccessTokens = true
	*service.EnableBotAccountCreation = true
	*service.EnablePostUsernameOverride = true // customers' names stand over what they wrote
	*service.EnableAPITeamDeletion = true
	*service.EnableAPIChannelDeletion = true
	*service.EnableAPIUserDeletion = true
	*service.EnableTutorial = false
	*service.EnableOnboardingFlow = false
	*service.EnableDesktopLandingPage = false
	*service.EnableLocalMode = false

	sql := &config.SqlSettings
	*sql.DriverName = model.DatabaseDriverPostgres
	*sql.DataSource = s.dataSource
	*sql.MaxOpenConns = s.connections
	*sql.MaxIdleConns = s.connections

	// Each server has one log file. What the server logs to the console goes to the same place as its stderr and that of its plugins.
	logs := &config.LogSettings
	*logs.EnableConsole = true
	*logs.ConsoleLevel = "INFO"
	*logs.ConsoleJson = true
	*logs.EnableFile = false

	team := &config.TeamSettings
	*team.MaxUsersPerTeam = 100000
	*team.MaxChannelsPerTeam = s.maxChannels

	*config.FileSettings.Directory = s.files + string(filepath.Separator)
	*config.ImportSettings.Directory = filepath.Join(s.dir, "import")
	*config.ExportSettings.Directory = filepath.Join(s.dir, "export")
	*config.RateLimitSettings.Enable = false
	// The server's own jobs are housekeeping that no test lives long enough to need, and a server that runs them takes up to fifteen
	// seconds to stop. MM_JOBSETTINGS_RUNJOBS and MM_JOBSETTINGS_RUNSCHEDULER turn them on.
	*config.JobSettings.RunJobs = false
	*config.JobSettings.RunScheduler = false
	*config.MetricsSettings.Enable = true
	*config.MetricsSettings.ListenAddress = s.metricsAddress
	*config.LocalizationSettings.DefaultServerLocale = s.locale
	*config.LocalizationSettings.DefaultClientLocale = s.locale

	silence(config)
	allowPlugin(config, s)
	return config
}

// silence turns off everything that would contact other machines.
func silence(config *model.Config) {
	*config.ServiceSettings.EnableSecurityFixAlert = false
	*config.ServiceSettings.EnableLinkPreviews = false
	*config.ServiceSettings.EnableEmailInvitations = false
	*config.ServiceSettings.EnableGifPicker = false
	*config.LogSettings.EnableDiagnostics = false
	*config.LogSettings.EnableSentry = false
	*config.EmailSettings.SendEmailNotifications = false
	*config.EmailSettings.SendPushNotifications = false
	*config.EmailSettings.RequireEmailVerification = false
	*config.EmailSettings.EnablePreviewModeBanner = false
	*config.AnnouncementSettings.AdminNoticesEnabled = false
	*config.AnnouncementSettings.UserNoticesEnabled = false
	*config.MetricsSettings.EnableClientMetrics = false
	*config.MessageExportSettings.EnableExport = false
	*config.PluginSettings.EnableMarketplace = false
	*config.PluginSettings.EnableRemoteMarketplace = false
}

// allowPlugin allows plugins without a signature to be uploaded and stores the settings of ours.
func allowPlugin(config *model.Config, s *serverSettings) {
	plugins := &config.PluginSettings
	*plugins.Enable = true
	*plugins.EnableUploads = true
	*plugins.RequirePluginSignature = false
	*plugins.AutomaticPrepackagedPlugins = false
	*plugins.Directory = filepath.Join(s.dir, "plugins")
	*plugins.ClientDirectory = filepath.Join(s.dir, "client-plugins")
	if len(s.pluginConfig) > 0 {
		id := s.pluginID
		if id == "" {
			id = defaultPluginID
		}
		plugins.Plugins[id] = maps.Clone(s.pluginConfig)
	}
}
