package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// endpoint is an address that is listened on: one listener, or one per loopback family for localhost.
type endpoint struct {
	place     string // of the setting, which errors begin with
	flag      string // that chooses it, for what errors advise
	host      string // as it was asked for
	port      int    // in fact
	listeners []net.Listener
	// without is the address of localhost that this machine does not have; "" when it has both.
	without string
	// tls is what a listener needs that speaks TLS, nil for one that does not.
	tls *tls.Config
}

// The addresses that localhost stands for.
const (
	loopback4 = "127.0.0.1"
	loopback6 = "::1"
)

// opener opens a listener, as [net.ListenConfig.Listen] does.
type opener func(ctx context.Context, network, address string) (net.Listener, error)

// parseListen splits HOST:PORT. No host stands for every address of the machine.
func parseListen(s setting) (host string, port int, err error) {
	host, number, err := net.SplitHostPort(s.text)
	if err != nil {
		return "", 0, fmt.Errorf("%s %q: write HOST:PORT, such as localhost:8740 or [::1]:8740", s.place, oneLine(s.text, 80))
	}
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("%s %q: the port is a number from 0 to 65535; 0 takes a free one", s.place, oneLine(s.text, 80))
	}
	return host, int(n), nil
}

// reachedAt is HOST:PORT by which this machine calls what listens by a setting; the usual one where a free port is taken.
func (s setting) reachedAt(usual string) string {
	host, port, err := parseListen(s)
	if err != nil || port == 0 {
		return usual
	}
	return net.JoinHostPort(callHost(host), strconv.Itoa(port))
}

// listen opens the listeners of an address. The name localhost means 127.0.0.1 and ::1 on the same port: clients
// disagree on which of the two they try first, and on whether they try the other.
func listen(ctx context.Context, flag string, s setting) (*endpoint, error) {
	host, port, err := parseListen(s)
	if err != nil {
		return nil, err
	}
	e := &endpoint{place: s.place, flag: flag, host: host, port: port}
	open := (&net.ListenConfig{}).Listen
	if !strings.EqualFold(host, "localhost") {
		ln, err := open(ctx, "tcp", s.text)
		if err != nil {
			return nil, e.failure(s.text, err)
		}
		e.take(ln)
		return e, nil
	}
	if err := e.listenLocalhost(ctx, open, port); err != nil {
		return nil, e.failure(s.text, err)
	}
	return e, nil
}

// attempts is how often a free port is drawn that may turn out to be taken in the other family.
const attempts = 20

func (e *endpoint) listenLocalhost(ctx context.Context, open opener, port int) error {
	var failed error
	for range attempts {
		four, err := open(ctx, "tcp4", net.JoinHostPort(loopback4, strconv.Itoa(port)))
		if err != nil {
			return e.listenWithout4(ctx, open, port, err)
		}
		got := four.Addr().(*net.TCPAddr).Port
		six, err := open(ctx, "tcp6", net.JoinHostPort(loopback6, strconv.Itoa(got)))
		if err == nil {
			e.take(four)
			e.take(six)
			return nil
		}
		if !has(ctx, open, "tcp6", loopback6) {
			e.take(four)
			e.without = loopback6
			return nil
		}
		_ = four.Close()
		failed = err
		if port != 0 {
			break
		}
	}
	return failed
}

// listenWithout4 takes ::1 alone where 127.0.0.1 failed because the machine does not have it.
func (e *endpoint) listenWithout4(ctx context.Context, open opener, port int, failed error) error {
	if has(ctx, open, "tcp4", loopback4) || !has(ctx, open, "tcp6", loopback6) {
		return failed
	}
	six, err := open(ctx, "tcp6", net.JoinHostPort(loopback6, strconv.Itoa(port)))
	if err != nil {
		return err
	}
	e.take(six)
	e.without = loopback4
	return nil
}

// has says whether this machine has an address at all. The codes that would tell differ between systems, so it is tried
// with a free port.
func has(ctx context.Context, open opener, network, host string) bool {
	ln, err := open(ctx, network, net.JoinHostPort(host, "0"))
	if err != nil {
		return false
	}
	_ = ln.Close()
	return true
}

func (e *endpoint) take(ln net.Listener) {
	e.listeners = append(e.listeners, ln)
	e.port = ln.Addr().(*net.TCPAddr).Port
}

// failure words an error with what to do about it.
func (e *endpoint) failure(address string, err error) error {
	free := net.JoinHostPort(e.host, "0")
	switch {
	case taken(err):
		return fmt.Errorf("%s %s: the port is taken%s; stop what holds it, or choose another (%s %s takes a free one)", e.place, address, usualHolder(e.port), e.flag, free)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s %s: this user may not open that port; choose one above 1023 (%s %s takes a free one)%s", e.place, address, e.flag, free, permission(e.port, thisSystem()))
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s %s: this machine has no such address; write one of its own, or localhost:%d", e.place, address, e.port)
	}
	return fmt.Errorf("%s %s: %w; write an address of this machine, such as localhost:%d", e.place, address, err, e.port)
}

// usualHolder says what often has a port.
func usualHolder(port int) string {
	if port == 80 || port == 443 {
		return ", mostly by another web server (IIS, nginx, Apache)"
	}
	return ""
}

// permission says how a user comes to open a low port.
func permission(port int, system string) string {
	switch {
	case port == 0 || port > 1023:
		return ""
	case system == "linux":
		return fmt.Sprintf(", or allow it: sudo sysctl net.ipv4.ip_unprivileged_port_start=%d", port)
	}
	return ", or run it with sudo"
}

// taken knows the word of Unix systems and the numbers of Windows: WSAEADDRINUSE, and WSAEACCES where another process
// has the port for itself or the system reserves it.
func taken(err error) bool {
	var number syscall.Errno
	return errors.Is(err, syscall.EADDRINUSE) || runtime.GOOS == "windows" && errors.As(err, &number) && (number == 10048 || number == 10013)
}

// serve answers on one of the listeners until the server is shut down.
func (e *endpoint) serve(server *http.Server, ln net.Listener) error {
	if e.tls == nil {
		return server.Serve(ln)
	}
	return server.ServeTLS(ln, "", "")
}

func (e *endpoint) close() {
	for _, ln := range e.listeners {
		_ = ln.Close()
	}
}

// beyondLoopback says whether other machines can connect.
func (e *endpoint) beyondLoopback() bool {
	return slices.ContainsFunc(e.listeners, func(ln net.Listener) bool {
		return !ln.Addr().(*net.TCPAddr).AddrPort().Addr().Unmap().IsLoopback()
	})
}

// url is the address for callers on this machine.
func (e *endpoint) url() string {
	return e.scheme() + "://" + net.JoinHostPort(callHost(e.host), strconv.Itoa(e.port))
}

// urlFor is the address for a caller who reached this program as host. Where every address of the machine is listened on,
// and between the names of loopback, that is how the caller reaches this listener too.
func (e *endpoint) urlFor(host string) string {
	if unspecified(e.host) || strings.EqualFold(e.host, "localhost") && isLoopback(host) {
		return e.scheme() + "://" + net.JoinHostPort(host, strconv.Itoa(e.port))
	}
	return e.url()
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.Unmap().IsLoopback()
}

func (e *endpoint) scheme() string { return schemeOf(e.tls != nil) }

func schemeOf(tls bool) string {
	if tls {
		return "https"
	}
	return "http"
}

// callHost is the host by which this machine calls what listens on host.
func callHost(host string) string {
	switch host {
	case "", "::":
		return "localhost"
	case "0.0.0.0":
		return "127.0.0.1"
	}
	return host
}

// unspecified says whether a host stands for every address of the machine.
func unspecified(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "" || err == nil && addr.Unmap().IsUnspecified()
}

// others are the URLs for callers on other machines, when every one of the machine's addresses is listened on.
func (e *endpoint) others(addresses []netip.Addr) []string {
	if !unspecified(e.host) {
		return nil
	}
	var urls []string
	for _, addr := range addresses {
		if !addr.IsLoopback() && !addr.IsLinkLocalUnicast() && (e.host != "0.0.0.0" || addr.Is4()) {
			urls = append(urls, e.scheme()+"://"+netip.AddrPortFrom(addr, uint16(e.port)).String())
		}
	}
	return urls
}

// hosts are the values of the Host header under which the endpoint may be called.
func (e *endpoint) hosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "[::1]"}
	add := func(host string) {
		if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
			host = "[" + addr.WithZone("").String() + "]"
		}
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	if e.host != "" && !unspecified(e.host) {
		add(e.host)
	}
	if unspecified(e.host) {
		for _, addr := range machineAddresses() {
			add(addr.String())
		}
		if name, err := os.Hostname(); err == nil && regexp.MustCompile(`^[A-Za-z0-9._-]+$`).MatchString(name) {
			add(name)
		}
	}
	return hosts
}

func machineAddresses() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var addresses []netip.Addr
	for _, a := range list {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			addresses = append(addresses, prefix.Addr().Unmap())
		}
	}
	return addresses
}
