package main

import "time"

// serverPause is how often a plugin makes sure that its server is still there.
const serverPause = time.Second

// watchServer ends the process when the server that started it has died. A killed server leaves its plugins behind: such an orphan still
// has the database, so it would go on taking jobs whose effects can reach nobody, and keep them from the other servers. Nothing is lost
// by ending at once, as with any kill: what it was at goes on elsewhere when its leases are over.
func (p *Plugin) watchServer(stopping <-chan struct{}, exit func(code int)) {
	defer p.recovered("watchServer", nil)
	ticker := time.NewTicker(serverPause)
	defer ticker.Stop()
	for {
		select {
		case <-stopping:
			return
		case <-ticker.C:
			if p.API.GetServerVersion() == "" { // a living server has one; a call that reached nobody returns nothing
				exit(1)
				return
			}
		}
	}
}
