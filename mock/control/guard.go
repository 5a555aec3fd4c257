package control

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"understudy/mock/internal/forward"
)

// guard admits a request before any route is looked at, so that a route added later cannot be forgotten.
type guard struct {
	hosts []hostPort
	token [sha256.Size]byte
	open  bool // no token is asked for
}

func newGuard(config Config) (*guard, error) {
	switch {
	case config.Token == "" && config.Beyond:
		return nil, errors.New("control: other machines can connect, so a token is needed; set Config.Token, or listen on loopback")
	case strings.TrimSpace(config.Token) != config.Token:
		return nil, errors.New("control: the token begins or ends with white space, and no header can show that")
	}
	g := &guard{token: sha256.Sum256([]byte(config.Token)), open: config.Token == ""}
	hosts := config.Hosts
	if hosts == nil {
		hosts = []string{"localhost", "127.0.0.1", "[::1]"}
	}
	for _, text := range hosts {
		h, ok := parseHost(text)
		if !ok {
			return nil, fmt.Errorf("control: %q is no host; write NAME, NAME:PORT, 192.0.2.1:PORT or [2001:db8::1]:PORT", text)
		}
		g.hosts = append(g.hosts, h)
	}
	return g, nil
}

// admit answers and returns false where a request may not go on.
func (g *guard) admit(w http.ResponseWriter, r *http.Request) bool {
	secure(w.Header())
	if len(r.TransferEncoding) > 0 {
		// What follows a chunked body that came with a Content-Length is not to be taken for another request.
		w.Header().Set("Connection", "close")
	}
	host, ok := parseHost(r.Host)
	switch {
	case !ok || !g.serves(host):
		problem(w, http.StatusMisdirectedRequest, "host", "this listener does not answer to that Host")
		return false
	case r.ContentLength > maxBody:
		problem(w, http.StatusRequestEntityTooLarge, "body-too-large", fmt.Sprintf("a body has at most %d bytes here", maxBody))
		return false
	case foreign(r, host):
		problem(w, http.StatusForbidden, "origin", "web pages of another origin may not call this listener")
		return false
	case r.Header.Get(forward.HeaderForwarded) != "":
		// What a simulated vendor sends on goes wherever a caller said: not here.
		problem(w, http.StatusForbidden, "forwarded", "a forwarded push may not reach the control listener")
		return false
	case !g.open && !public(r.URL.EscapedPath()) && !g.authorised(r):
		w.Header().Set("WWW-Authenticate", `Bearer realm="understudy"`)
		problem(w, http.StatusUnauthorized, "token", "show the token that was configured, or printed at the start: Authorization: Bearer TOKEN")
		return false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	return true
}

// public says which paths a probe may ask without a token: they tell nothing but that something is there.
func public(path string) bool { return path == "/healthz" || path == "/readyz" }

// secure sets what every answer carries, refusals included. There are no CORS headers among it, ever.
func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
}

func (g *guard) serves(host hostPort) bool {
	for _, h := range g.hosts {
		if h.name == host.name && (h.port == 0 || h.port == host.port) {
			return true
		}
	}
	return false
}

// authorised compares digests, so that neither content nor length of the token shows in the time taken.
func (g *guard) authorised(r *http.Request) bool {
	given := r.Header.Values("Authorization")
	if len(given) != 1 {
		return false
	}
	kind, token, _ := strings.Cut(given[0], " ")
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return strings.EqualFold(kind, "Bearer") && subtle.ConstantTimeCompare(sum[:], g.token[:]) == 1
}

// foreign says that a web page of another origin asks: by the Origin header, or by the browser's own word where it
// leaves Origin out, as for images and scripts.
func foreign(r *http.Request, host hostPort) bool {
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if site != "same-origin" && site != "none" {
			return true
		}
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || origin != u.Scheme+"://"+u.Host {
			return true
		}
		from, ok := parseHost(u.Host)
		if !ok || from.withPort(u.Scheme) != host.withPort(u.Scheme) {
			return true
		}
	}
	return false
}

// hostPort is a parsed Host: a name in lower case or the text of an address, and its port, 0 when it has none.
type hostPort struct {
	name string
	port uint16
}

func (h hostPort) withPort(scheme string) hostPort {
	if h.port == 0 {
		h.port = 80
		if scheme == "https" {
			h.port = 443
		}
	}
	return h
}

// parseHost reads NAME, IPv4 or [IPv6], each with or without :PORT, and nothing else.
func parseHost(text string) (hostPort, bool) {
	if len(text) > 262 {
		return hostPort{}, false
	}
	name, rest := text, ""
	if strings.HasPrefix(text, "[") {
		end := strings.IndexByte(text, ']')
		if end < 0 {
			return hostPort{}, false
		}
		name, rest = text[1:end], text[end+1:]
		addr, err := netip.ParseAddr(name)
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return hostPort{}, false
		}
		name = addr.String()
	} else {
		if i := strings.IndexByte(text, ':'); i >= 0 {
			name, rest = text[:i], text[i:]
		}
		if !validName(name) {
			return hostPort{}, false
		}
		name = strings.ToLower(name)
	}
	if rest == "" {
		return hostPort{name: name}, true
	}
	digits := strings.TrimPrefix(rest, ":")
	port, err := strconv.ParseUint(digits, 10, 16)
	if rest[0] != ':' || err != nil || port == 0 || digits[0] == '+' {
		return hostPort{}, false
	}
	return hostPort{name, uint16(port)}, true
}

func validName(name string) bool {
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return name != ""
}
