package forward

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"understudy/mock/internal/diagnosis"
)

// target is a URL that may be sent to as far as its text goes.
type target struct {
	url string
	// host is a name in lower case without a final dot, or the text of addr.
	host string
	// addr is set when the host is an address already.
	addr netip.Addr
	port uint16
}

// String is the target's host and port; nothing else of a URL is safe to show.
func (t target) String() string { return net.JoinHostPort(t.host, strconv.Itoa(int(t.port))) }

// parseTarget reads a URL with scheme http or https, a host, and no userinfo.
func parseTarget(raw string) (target, *Error) {
	raw = strings.TrimSpace(raw)
	scheme, _, found := strings.Cut(raw, "://")
	if !found || strings.ContainsAny(scheme, "/?#") {
		failure := &Error{ID: TargetWithoutScheme}
		if t, err := parseTarget("http://" + strings.TrimPrefix(raw, "//")); err == nil {
			failure.Host = t.String()
		}
		return target{}, failure
	}
	u, err := url.Parse(raw)
	if err != nil {
		return target{}, &Error{ID: TargetMalformed}
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return target{}, &Error{ID: TargetScheme}
	}
	t := target{port: 80}
	if u.Scheme == "https" {
		t.port = 443
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return target{}, &Error{ID: TargetMalformed}
		}
		t.port = uint16(n)
	}
	var ok bool
	if t.host, t.addr, ok = parseHost(u.Hostname()); !ok {
		return target{}, &Error{ID: TargetMalformed}
	}
	if u.User != nil {
		return target{}, &Error{ID: TargetUserinfo, Host: t.String()}
	}
	u.Fragment, u.RawFragment = "", ""
	t.url = u.String()
	return t, nil
}

// parseHost reads an address or a host name. Names are ASCII letters, digits, '.', '-' and '_', so that one can be put
// into a command line as it is.
func parseHost(s string) (host string, addr netip.Addr, ok bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap()
		return a.WithZone("").String(), a, true
	}
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	if s == "" || len(s) > 253 || s[0] == '-' {
		return "", netip.Addr{}, false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return "", netip.Addr{}, false
		}
	}
	return s, netip.Addr{}, true
}

// Explain says before anything is sent why a target will not or may not be reached; nil means that nothing speaks
// against it. What a name resolves to is not known here: unless it is localhost or listed as HOST:PORT, the diagnosis
// says that only allowed addresses will be taken.
func (c *Client) Explain(rawURL string) *diagnosis.Diagnosis {
	if c == nil {
		return (&Error{ID: Unavailable}).Diagnosis()
	}
	t, failure := parseTarget(rawURL)
	if failure != nil {
		if failure.ID == TargetWithoutScheme && failure.Host != "" {
			// Its address may be blocked as well; one look shows both.
			if t, err := parseTarget("http://" + failure.Host); err == nil {
				if d := c.explain(t); d != nil {
					failure.Allow = d.Allow
				}
			}
		}
		return failure.Diagnosis()
	}
	if failure = c.explain(t); failure != nil {
		return failure.Diagnosis()
	}
	return nil
}

func (c *Client) explain(t target) *Error {
	switch {
	case t.addr.IsValid():
		if !c.policy.allows(t.host, t.addr, t.port) {
			return blockedError(t, t.addr)
		}
	case t.host != "localhost" && !c.policy.lists(t.host, t.port):
		return &Error{ID: TargetByName, Host: t.String(), Allow: allowLine(t, netip.Addr{})}
	}
	return nil
}
