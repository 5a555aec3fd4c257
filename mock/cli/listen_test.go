package cli

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"understudy/mock"
)

// machine opens no real listener: it has the addresses that it is given, and ports that are taken.
type machine struct {
	four, six bool
	taken     string
}

type fakeListener struct {
	net.Listener
	addr *net.TCPAddr
}

func (l fakeListener) Addr() net.Addr { return l.addr }
func (l fakeListener) Close() error   { return nil }

func (m machine) open(_ context.Context, network, address string) (net.Listener, error) {
	if network == "tcp4" && !m.four || network == "tcp6" && !m.six {
		return nil, &net.OpError{Op: "listen", Err: syscall.EADDRNOTAVAIL}
	}
	if address == m.taken {
		return nil, &net.OpError{Op: "listen", Err: syscall.EADDRINUSE}
	}
	parsed := netip.MustParseAddrPort(address)
	if parsed.Port() == 0 {
		parsed = netip.AddrPortFrom(parsed.Addr(), 4711)
	}
	return fakeListener{addr: net.TCPAddrFromAddrPort(parsed)}, nil
}

func TestLocalhostOnEveryMachine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		machine machine
		port    int
		want    string // addresses, or what the error says
		without string
	}{
		{"both", machine{four: true, six: true}, 9, "127.0.0.1:9 [::1]:9", ""},
		{"IPv4 alone", machine{four: true}, 9, "127.0.0.1:9", loopback6},
		{"IPv6 alone", machine{six: true}, 9, "[::1]:9", loopback4},
		{"IPv6 alone, a free port", machine{six: true}, 0, "[::1]:4711", loopback4},
		{"IPv6 alone, a taken port", machine{six: true, taken: "[::1]:9"}, 9, "the port is taken", ""},
		{"both, taken in IPv4", machine{four: true, six: true, taken: "127.0.0.1:9"}, 9, "the port is taken", ""},
		{"both, taken in IPv6", machine{four: true, six: true, taken: "[::1]:9"}, 9, "the port is taken", ""},
		{"neither", machine{}, 9, "this machine has no such address", ""},
	}
	for _, tt := range tests {
		e := &endpoint{flag: flagListen, host: "localhost", port: tt.port}
		got := ""
		if err := e.listenLocalhost(t.Context(), tt.machine.open, tt.port); err != nil {
			if got = e.failure("localhost:9", err).Error(); strings.Contains(got, tt.want) && len(e.listeners) == 0 {
				continue
			}
		}
		var addresses []string
		for _, ln := range e.listeners {
			addresses = append(addresses, ln.Addr().String())
		}
		if all := strings.Join(addresses, " "); got != "" || all != tt.want || e.without != tt.without {
			t.Errorf("%s: listens on %q without %q (%s), want %s without %q", tt.name, all, e.without, got, tt.want, tt.without)
		}
	}
}

func TestFailuresOfLowPorts(t *testing.T) {
	t.Parallel()
	const free = "(--listen localhost:0 takes a free one)"
	tests := []struct {
		port int
		err  error
		want string
	}{
		{443, syscall.EADDRINUSE, "--listen localhost:443: the port is taken, mostly by another web server (IIS, nginx, Apache); stop what holds it, or choose another " + free},
		{8740, syscall.EADDRINUSE, "--listen localhost:8740: the port is taken; stop what holds it, or choose another " + free},
		{443, syscall.EACCES, "--listen localhost:443: this user may not open that port; choose one above 1023 " + free + permission(443, thisSystem())},
		{8740, syscall.EACCES, "--listen localhost:8740: this user may not open that port; choose one above 1023 " + free},
	}
	for _, tt := range tests {
		e := &endpoint{place: flagListen, flag: flagListen, host: "localhost", port: tt.port}
		address := net.JoinHostPort("localhost", strconv.Itoa(tt.port))
		if got := e.failure(address, &net.OpError{Op: "listen", Err: tt.err}).Error(); got != tt.want {
			t.Errorf("%s, want\n%s", got, tt.want)
		}
	}
	for system, want := range map[string]string{"linux": "net.ipv4.ip_unprivileged_port_start=443", "darwin": "sudo"} {
		if got := permission(443, system); !strings.Contains(got, want) {
			t.Errorf("on %s: %q, want %q in it", system, got, want)
		}
	}
}

// TestURLFor asks as callers who reached this program by several names.
func TestURLFor(t *testing.T) {
	t.Parallel()
	tests := []struct{ listens, caller, want string }{
		{"localhost", "localhost", "http://localhost:7"},
		{"localhost", "127.0.0.1", "http://127.0.0.1:7"},
		{"localhost", "::1", "http://[::1]:7"},
		{"localhost", "ci.example", "http://localhost:7"},
		{"127.0.0.1", "::1", "http://127.0.0.1:7"},
		{"", "ci.example", "http://ci.example:7"},
		{"0.0.0.0", "192.0.2.1", "http://192.0.2.1:7"},
		{"192.0.2.1", "localhost", "http://192.0.2.1:7"},
	}
	for _, tt := range tests {
		if got := (&endpoint{host: tt.listens, port: 7}).urlFor(tt.caller); got != tt.want {
			t.Errorf("listening on %q, for a caller at %s: %s, want %s", tt.listens, tt.caller, got, tt.want)
		}
	}
}

// TestAnnouncedAddresses prints for a machine with addresses that the one of this test may not have.
func TestAnnouncedAddresses(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	s := newSettings(all)
	server, err := mock.New(s.played(all))
	if err != nil {
		t.Fatal(err)
	}
	var addresses []netip.Addr
	for _, a := range []string{"127.0.0.1", "::1", "192.0.2.7", "fe80::1", "2001:db8::7"} {
		addresses = append(addresses, netip.MustParseAddr(a))
	}
	const (
		vendors = "\nfrom other machines: "
		own     = "\ncontrol from other machines: "
		four    = "localhost is ::1 alone: this machine has no 127.0.0.1\n"
		six     = "localhost is 127.0.0.1 alone: this machine has no ::1\n"
	)
	tests := []struct {
		name            string
		vendor, control endpoint
		want            []string
		never           []string
	}{
		{"everywhere", endpoint{host: "", port: 1}, endpoint{host: "::", port: 2}, []string{
			vendors + "http://192.0.2.7:1, http://[2001:db8::7]:1\n", own + "http://192.0.2.7:2, http://[2001:db8::7]:2\n",
		}, []string{four, six, "fe80"}},
		{"IPv4", endpoint{host: "localhost", port: 1}, endpoint{host: "0.0.0.0", port: 2}, []string{own + "http://192.0.2.7:2\n"}, []string{vendors, four, six}},
		{"loopback", endpoint{host: "localhost", port: 1}, endpoint{host: "127.0.0.1", port: 2}, nil, []string{vendors, own, four, six}},
		{"without IPv4", endpoint{host: "localhost", without: loopback4}, endpoint{host: "localhost", without: loopback4}, []string{four}, []string{six}},
		{"without IPv6", endpoint{host: "::1"}, endpoint{host: "localhost", without: loopback6}, []string{six}, []string{four}},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		announcement{settings: s, server: server, vendor: &tt.vendor, control: &tt.control, addresses: addresses}.print(&out)
		for _, want := range tt.want {
			if strings.Count(out.String(), want) != 1 {
				t.Errorf("%s: %q is to be printed once in\n%s", tt.name, want, &out)
			}
		}
		for _, never := range tt.never {
			if strings.Contains(out.String(), never) {
				t.Errorf("%s: %q is printed in\n%s", tt.name, never, &out)
			}
		}
	}
}
