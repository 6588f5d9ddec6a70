package events

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/pkg/errors"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// ErrNotPublic is returned where a connection would lead to an address that may not be called.
var ErrNotPublic = errors.New("the address is not public")

const (
	dialTimeout   = 5 * time.Second
	lookupTimeout = 3 * time.Second
	maxURL        = 2048 // bytes
)

// Guard decides which addresses may be called: public ones, and those that the server's setting
// AllowedUntrustedInternalConnections names. http is for addresses of the machine itself alone.
type Guard struct {
	// Allowed is the server's setting: hosts, addresses and networks, with blanks or commas between them.
	Allowed func() string
	// Lookup finds the addresses of a name; nil = the system's resolver.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
}

// Check returns what is wrong with an address to which events are to be sent; without a key nothing is. A name that cannot be
// resolved at the moment is no fault: every connection is looked at again.
func (g *Guard) Check(ctx context.Context, address string) domain.Text {
	target, err := url.Parse(address)
	if err != nil || len(address) > maxURL || target.Hostname() == "" || target.User != nil || target.Scheme != "https" && target.Scheme != "http" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return domain.T("events.url_invalid")
	}
	host := target.Hostname()
	var addresses []netip.Addr
	if literal, err := netip.ParseAddr(host); err == nil {
		addresses = []netip.Addr{literal}
	} else {
		ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
		defer cancel()
		addresses, _ = g.lookup(ctx, host) // see above
	}
	plain := target.Scheme == "http"
	if plain && (len(addresses) == 0 || !allLoopback(addresses)) {
		return domain.T("events.url_plain")
	}
	for _, a := range addresses {
		if g.mayCall(host, a, plain) != nil {
			return domain.T("events.url_private")
		}
	}
	return domain.Text{}
}

func (g *Guard) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if g.Lookup != nil {
		return g.Lookup(ctx, host)
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// Dial connects to an address of a URL with the scheme https or, with plain, http. What counts is where the connection goes in the
// end: the name is resolved here, and may lead elsewhere than when it was checked.
func (g *Guard) Dial(ctx context.Context, network, address string, plain bool) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, errors.Wrap(err, "could not read an address")
	}
	dialer := &net.Dialer{Timeout: dialTimeout, Control: func(_, resolved string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(resolved)
		if err != nil {
			return ErrNotPublic
		}
		return g.mayCall(host, to.Addr(), plain)
	}}
	if g.Lookup == nil {
		return dialer.DialContext(ctx, network, address)
	}
	addresses, err := g.Lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	err = errors.New("the name has no address")
	for _, a := range addresses {
		var conn net.Conn
		if conn, err = dialer.DialContext(ctx, network, net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// mayCall returns ErrNotPublic where a connection to a host may not go to an address.
func (g *Guard) mayCall(host string, to netip.Addr, plain bool) error {
	to = embedded(to)
	if plain && !to.IsLoopback() {
		return ErrNotPublic
	}
	if isPublic(to) && !isOwn(to) {
		return nil
	}
	for _, allowed := range strings.FieldsFunc(g.Allowed(), func(r rune) bool { return unicode.IsSpace(r) || r == ',' }) {
		if strings.EqualFold(allowed, host) {
			return nil
		}
		if one, err := netip.ParseAddr(allowed); err == nil && one.Unmap() == to {
			return nil
		}
		if network, err := netip.ParsePrefix(allowed); err == nil && network.Contains(to) {
			return nil
		}
	}
	return ErrNotPublic
}

func allLoopback(addresses []netip.Addr) bool {
	for _, a := range addresses {
		if !embedded(a).IsLoopback() {
			return false
		}
	}
	return true
}

// The ways in which an IPv6 address stands for an IPv4 address.
var (
	nat64      = netip.MustParsePrefix("64:ff9b::/96") // 64:ff9b:1::/48 holds them too, but where is its owner's choice
	sixToFour  = netip.MustParsePrefix("2002::/16")
	compatible = netip.MustParsePrefix("::/96")
)

// embedded returns the IPv4 address to which an IPv6 address leads, or the address itself.
func embedded(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	b := a.As16()
	switch {
	case nat64.Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6]))
	case compatible.Contains(a) && !a.IsUnspecified() && !a.IsLoopback():
		return netip.AddrFrom4([4]byte(b[12:16]))
	}
	return a
}

// reserved are the networks that no public service has, besides those that netip knows: the registries of special purpose
// addresses of IANA, for IPv4 and IPv6.
var reserved = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10")

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// isPublic reports whether an address can belong to somebody on the internet. The addresses at which clouds tell a machine its
// secrets are link-local or unique local ones.
func isPublic(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, network := range reserved {
		if network.Contains(a) {
			return false
		}
	}
	return true
}

// isOwn reports whether an address is one of this machine's, behind which anything may listen that is not meant for others.
func isOwn(a netip.Addr) bool {
	own, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	for _, each := range own {
		if network, ok := each.(*net.IPNet); ok {
			if mine, ok := netip.AddrFromSlice(network.IP); ok && mine.Unmap() == a {
				return true
			}
		}
	}
	return false
}
