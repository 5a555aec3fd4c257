// Package forward sends what a simulated vendor sends on to its customers, to allowed targets only.
//
// Targets come from callers, so nothing about them is trusted. Whether one is allowed is decided on the concrete address
// at the moment of dialling, after names are resolved; nothing follows a redirect, a proxy or a cookie, and time and
// bytes are bounded.
package forward

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// HeaderForwarded marks a request that a simulator sent on. Whoever gets one does not send it on again.
const HeaderForwarded = "Understudy-Forwarded"

// Config says where a [Client] may send to and how long it waits. Its zero value allows loopback only.
type Config struct {
	// Allow widens the targets beyond loopback, which is always allowed. An entry is "private" (RFC 1918 and fc00::/7),
	// a CIDR, or HOST:PORT: what that name resolves to, on that port. Link-local and metadata addresses, carrier-grade
	// NAT and other addresses with a special meaning need a CIDR that covers them.
	Allow []string
	// DialTimeout bounds resolving and connecting, TLSTimeout the handshake, HeaderTimeout the wait for the head of the
	// reply, Timeout all of it. Zero means 5, 5, 10 and 15 seconds of real time.
	DialTimeout, TLSTimeout, HeaderTimeout, Timeout time.Duration
	// MaxReplyBytes bounds what is read of a reply; 0 means 64 KiB.
	MaxReplyBytes int64
	// Concurrent bounds the requests under way at once; 0 means 32.
	Concurrent int
	// Lookup resolves host names; nil means the system's resolver.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
}

// Client posts to allowed targets and keeps account of the work under way. The zero value allows loopback only; a nil
// Client sends nothing. It is safe for concurrent use.
type Client struct {
	config Config
	policy policy
	lanes  lanes

	once      sync.Once
	transport *http.Transport
	places    chan struct{}
}

// New returns a Client. The error names the entry of Allow that cannot be read, and what would be right.
func New(config Config) (*Client, error) {
	p, err := parsePolicy(config.Allow)
	if err != nil {
		return nil, err
	}
	return &Client{config: config, policy: p}, nil
}

func (c *Client) prepare() {
	c.once.Do(func() {
		set := func(d *time.Duration, standard time.Duration) {
			if *d == 0 {
				*d = standard
			}
		}
		set(&c.config.DialTimeout, 5*time.Second)
		set(&c.config.TLSTimeout, 5*time.Second)
		set(&c.config.HeaderTimeout, 10*time.Second)
		set(&c.config.Timeout, 15*time.Second)
		if c.config.MaxReplyBytes == 0 {
			c.config.MaxReplyBytes = 64 << 10
		}
		if c.config.Concurrent == 0 {
			c.config.Concurrent = 32
		}
		if c.config.Lookup == nil {
			c.config.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
				return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
			}
		}
		c.places = make(chan struct{}, c.config.Concurrent)
		// A connection is used once: the decision about an address is never older than the request.
		c.transport = &http.Transport{
			DialContext:            c.dial,
			TLSHandshakeTimeout:    c.config.TLSTimeout,
			ResponseHeaderTimeout:  c.config.HeaderTimeout,
			MaxResponseHeaderBytes: c.config.MaxReplyBytes,
			DisableKeepAlives:      true,
			DisableCompression:     true,
		}
	})
}

// Post sends a JSON body to a target once and returns the HTTP status of the reply, 0 when there was none. A reply
// outside 2xx is an error too. Every error is an [*Error] and tells neither path nor query nor userinfo of the URL.
func (c *Client) Post(ctx context.Context, rawURL string, body []byte) (status int, err error) {
	if c == nil {
		return 0, &Error{ID: Unavailable}
	}
	c.prepare()
	t, failure := parseTarget(rawURL)
	if failure != nil {
		return 0, failure
	}
	select {
	case c.places <- struct{}{}:
		defer func() { <-c.places }()
	case <-ctx.Done():
		return 0, &Error{ID: Closed, Host: t.String()}
	}
	within, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(context.WithValue(within, attemptKey{}, attempt{t, within}), http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return 0, &Error{ID: TargetMalformed, Host: t.String()}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "understudy")
	request.Header.Set(HeaderForwarded, "1")
	// A bare transport knows neither redirects nor cookies.
	reply, err := c.transport.RoundTrip(request)
	if err != nil {
		return 0, classify(ctx, within, err, t)
	}
	defer reply.Body.Close()
	// The status has decided; the body is read so that an honest receiver can finish writing.
	_, _ = io.CopyN(io.Discard, reply.Body, c.config.MaxReplyBytes)
	switch {
	case reply.StatusCode >= 200 && reply.StatusCode <= 299:
		return reply.StatusCode, nil
	case reply.StatusCode >= 300 && reply.StatusCode <= 399:
		return reply.StatusCode, &Error{ID: Redirect, Host: t.String(), Status: reply.StatusCode}
	default:
		return reply.StatusCode, &Error{ID: Status, Host: t.String(), Status: reply.StatusCode}
	}
}

// attempt carries the target and the request's context to the dialler, which is told a host and a port only and whose
// own context outlives the request.
type attempt struct {
	target target
	ctx    context.Context
}

type attemptKey struct{}

// dial resolves the target and connects to the first of its addresses that is allowed and answers.
func (c *Client) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	a, ok := ctx.Value(attemptKey{}).(attempt)
	if !ok {
		return nil, &Error{ID: TargetBlocked}
	}
	ctx, cancel := context.WithTimeout(a.ctx, c.config.DialTimeout)
	defer cancel()
	conn, err := c.connect(ctx, network, a.target)
	if err == nil {
		// The connection is the request's alone and ends with it, a handshake under way included.
		context.AfterFunc(a.ctx, func() { _ = conn.Close() })
	}
	return conn, err
}

func (c *Client) connect(ctx context.Context, network string, t target) (net.Conn, error) {
	addresses := []netip.Addr{t.addr}
	if !t.addr.IsValid() {
		var err error
		if addresses, err = c.config.Lookup(ctx, t.host); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, &Error{ID: Unresolved, Host: t.String()}
		}
	}
	var failure, blocked error
	for _, a := range addresses {
		// Each address gets its share of the time, or a silent one would keep the others from being tried.
		d := net.Dialer{Timeout: c.config.DialTimeout / time.Duration(len(addresses)), Control: func(_, concrete string, _ syscall.RawConn) error { return c.permit(t, concrete) }}
		conn, err := d.DialContext(ctx, network, netip.AddrPortFrom(a.Unmap(), t.port).String())
		if err == nil {
			return conn, nil
		}
		var refused *Error
		if errors.As(err, &refused) {
			if blocked == nil {
				blocked = refused
			}
			continue
		}
		failure = err
	}
	switch {
	case failure != nil:
		return nil, failure
	case blocked != nil:
		return nil, blocked
	}
	return nil, &Error{ID: Unresolved, Host: t.String()}
}

// permit decides on the address that a socket is about to be connected to.
func (c *Client) permit(t target, concrete string) error {
	ap, err := netip.ParseAddrPort(concrete)
	if err != nil {
		return &Error{ID: TargetBlocked, Host: t.String()}
	}
	if c.policy.allows(t.host, ap.Addr(), ap.Port()) {
		return nil
	}
	return blockedError(t, ap.Addr())
}

// blockedError says which address of a target is not allowed and what would allow it.
func blockedError(t target, a netip.Addr) *Error {
	a = a.Unmap().WithZone("")
	return &Error{ID: TargetBlocked, Host: t.String(), Address: a.String(), Allow: allowLine(t, a)}
}

// allowLine is the narrowest setting that allows a target at an address; the zero address stands for an unknown one.
func allowLine(t target, a netip.Addr) string {
	if a.IsValid() {
		if judged, _ := embedded(a); special(judged) || special(a) {
			return "--forward-to " + netip.PrefixFrom(judged, judged.BitLen()).String()
		}
	}
	return "--forward-to " + net.JoinHostPort(t.host, strconv.Itoa(int(t.port)))
}
