package events

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/whatsapp-ativo/mattermost-plugin-whatsapp-ativo/server/domain"
)

// resolves is a resolver that knows one name's addresses.
func resolves(addresses ...string) func(context.Context, string) ([]netip.Addr, error) {
	return func(context.Context, string) ([]netip.Addr, error) {
		found := make([]netip.Addr, len(addresses))
		for i, a := range addresses {
			found[i] = netip.MustParseAddr(a)
		}
		return found, nil
	}
}

func TestAddressesThatMayNotBeCalled(t *testing.T) {
	g := &Guard{Allowed: func() string { return "" }, Lookup: resolves("93.184.215.14")}
	for name, addresses := range map[string][]string{
		"loopback": {"127.0.0.1", "127.8.9.1", "::1"}, "unspecified": {"0.0.0.0", "::", "0.1.2.3"}, "private": {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"},
		"link-local": {"169.254.1.1", "fe80::1"}, "metadata of clouds": {"169.254.169.254", "fd00:ec2::254", "100.100.100.200"}, "unique local": {"fc00::1", "fd12:3456::1"},
		"carrier": {"100.64.0.1", "100.127.255.255"}, "mapped": {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe"}, "compatible": {"::127.0.0.1", "::10.0.0.1"},
		"NAT64": {"64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1"}, "6to4": {"2002:7f00:1::", "2002:a00:1::1"}, "Teredo": {"2001:0:102:304::1"}, "site-local": {"fec0::1"},
		"multicast": {"224.0.0.1", "ff02::1", "239.255.255.250"}, "reserved": {"240.0.0.1", "255.255.255.255", "192.0.0.8", "198.18.0.1"},
		"documentation": {"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"}, "discard": {"100::1"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, a := range addresses {
				require.Equal(t, "events.url_private", g.Check(t.Context(), "https://"+net.JoinHostPort(a, "8443")+"/x").Key, a)
				behind := &Guard{Allowed: g.Allowed, Lookup: resolves("93.184.215.14", a)}
				require.Equal(t, "events.url_private", behind.Check(t.Context(), "https://crm.example/x").Key, "a name that leads to %s, among others", a)
				_, err := (&Guard{Allowed: g.Allowed, Lookup: resolves(a)}).Dial(t.Context(), "tcp", "crm.example:443", false)
				require.ErrorIs(t, err, ErrNotPublic, a)
			}
		})
	}
	for _, good := range []string{"https://crm.example", "https://crm.example:8443/a?b=c", "https://93.184.215.14/", "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/", "https://1.1.1.1/", "https://172.32.0.1/"} {
		require.Empty(t, g.Check(t.Context(), good).Key, good)
	}
	for _, bad := range []string{"", "crm.example", "ftp://crm.example", "https://", "https:///x", "https://user:pass@crm.example", "https://a b", "https://crm.example/\n", "javascript:alert(1)", "https://é.example/"} {
		require.Equal(t, "events.url_invalid", g.Check(t.Context(), bad).Key, bad)
	}
	for _, plain := range []string{"http://crm.example", "http://93.184.215.14", "http://10.0.0.1"} {
		require.Equal(t, "events.url_plain", g.Check(t.Context(), plain).Key, plain)
	}
	require.Equal(t, "events.url_private", g.Check(t.Context(), "http://127.0.0.1:9/x").Key)
}

// What has an odd form of an address is a name for Go, and goes where the resolver says.
func TestOddFormsOfAnAddress(t *testing.T) {
	g := &Guard{Allowed: func() string { return "" }, Lookup: resolves("127.0.0.1")}
	for _, odd := range []string{"2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost", "LOCALHOST.", "crm.localhost"} {
		require.Equal(t, "events.url_private", g.Check(t.Context(), "https://"+odd+"/").Key, odd)
	}
}

func TestWhatTheServersSettingNames(t *testing.T) {
	for _, c := range []struct {
		allowed, url, resolved string
		ok                     bool
	}{
		{"127.0.0.1", "http://127.0.0.1:8080/x", "", true},
		{"localhost", "http://127.0.0.1:8080/x", "", false},
		{"localhost", "http://localhost:8080/x", "127.0.0.1", true},
		{"a b,localhost\tc", "http://LOCALHOST:8080/x", "::1", true},
		{"10.0.0.0/8", "https://crm.example", "10.9.8.7", true},
		{"10.0.0.0/8", "https://crm.example", "192.168.0.1", false},
		{"10.0.0.0/8", "http://10.1.1.1", "", false},
		{"crm.example", "https://crm.example", "fd00::1", true},
		{"crm.example", "https://other.example", "fd00::1", false},
		{"169.254.0.0/16", "https://[::ffff:169.254.169.254]/", "", true},
	} {
		g := &Guard{Allowed: func() string { return c.allowed }}
		if c.resolved != "" {
			g.Lookup = resolves(c.resolved)
		}
		require.Equal(t, c.ok, g.Check(t.Context(), c.url).Key == "", "%+v", c)
	}
}

// A name may lead elsewhere when it is called than when it was checked.
func TestANameThatLeadsElsewhereLater(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the inside was reached") }))
	defer inside.Close()
	_, port, err := net.SplitHostPort(inside.Listener.Addr().String())
	require.NoError(t, err)
	g := &Guard{Allowed: func() string { return "" }, Lookup: resolves("93.184.215.14")}
	url := "https://crm.example:" + port + "/x"
	require.Empty(t, g.Check(t.Context(), url).Key)
	g.Lookup = resolves("127.0.0.1")
	result := NewPoster(g, nil).Post(t.Context(), toDeliver(url), []byte("{}"))
	require.Equal(t, domain.DeliveryResult{Error: domain.DeliveryNotPublic}, result)

	g.Allowed = func() string { return "crm.example" }
	g.Lookup = resolves("10.0.0.1")
	_, err = g.Dial(t.Context(), "tcp", "crm.example:80", true)
	require.ErrorIs(t, err, ErrNotPublic, "http is for loopback alone, whatever is allowed")
}
