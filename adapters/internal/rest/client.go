// Package rest sends the requests of every adapter: it joins addresses, bounds and decodes replies, repeats what is safe to repeat,
// keeps tokens fresh, reads JSON strictly and keeps secrets out of errors and logs. It knows no vendor.
package rest

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"understudy/adapters"
)

// Options configure a Client.
type Options struct {
	// Vendor is the vendor id that errors and log records carry.
	Vendor string
	// BaseURL is absolute, http or https, and may have a path, which is kept: an operation's path is appended to it.
	BaseURL string
	// HTTP is the caller's configuration.
	HTTP adapters.Config
	// MaxBody replaces the default of 8 MiB for a vendor with larger replies. HTTP.MaxBody wins.
	MaxBody int64
	// Secrets are masked wherever they appear in a vendor's text. Empty strings are ignored.
	Secrets []string
}

// Client sends calls to one base URL. Make one with New; it is safe for concurrent use.
type Client struct {
	vendor, base, userAgent string
	transport               http.RoundTripper
	timeout, maxWait        time.Duration
	maxBody                 int64
	attempts                int
	backoff                 func(retry int) time.Duration
	logger                  *slog.Logger
	secrets                 []string
}

// New checks the options and fills the defaults. Its error is an *adapters.Error with adapters.ErrInvalid.
func New(o Options) (*Client, error) {
	base, err := joinable(o.BaseURL, o.HTTP.AllowPlainHTTP)
	if err != nil {
		return nil, Invalid(o.Vendor, "", "%w", err)
	}
	c := &Client{
		vendor: o.Vendor, base: base, userAgent: o.HTTP.UserAgent, transport: o.HTTP.Transport, timeout: o.HTTP.Timeout,
		maxWait: o.HTTP.MaxWait, maxBody: o.HTTP.MaxBody, attempts: o.HTTP.Attempts, backoff: o.HTTP.Backoff, logger: o.HTTP.Logger,
		secrets: o.Secrets,
	}
	if c.timeout < 0 || c.maxWait < 0 || c.maxBody < 0 || c.attempts < 0 {
		return nil, Invalid(o.Vendor, "", "HTTP: Timeout, MaxWait, MaxBody and Attempts must not be negative")
	}
	if c.userAgent == "" {
		c.userAgent = "understudy-adapter"
	}
	if c.transport == nil {
		c.transport = ownTransport()
	}
	if c.timeout == 0 {
		c.timeout = 30 * time.Second
	}
	if c.maxWait == 0 {
		c.maxWait = 30 * time.Second
	}
	if c.maxBody == 0 {
		c.maxBody = max(o.MaxBody, 8<<20)
	}
	if c.attempts == 0 {
		c.attempts = 3
	}
	if c.backoff == nil {
		c.backoff = exponential
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// RenewTimeout is how long a token's renewal may take in all: every attempt at its full length and the pauses between them. Of
// absurdly large settings only so much counts that the product fits.
func (c *Client) RenewTimeout() time.Duration {
	return time.Duration(min(c.attempts, 100)) * (min(c.timeout, 24*time.Hour) + min(c.maxWait, 10*time.Second))
}

// Invalid makes the error for arguments and configuration that are refused before anything is sent. The text is the client's own
// and must not quote a secret or a personal datum.
func Invalid(vendor, operation, format string, args ...any) *adapters.Error {
	return &adapters.Error{
		Vendor: vendor, Operation: operation, Condition: adapters.ErrInvalid, Fault: adapters.FaultCaller,
		Err: fmt.Errorf(format, args...),
	}
}

// joinable checks a base URL and gives it without a trailing slash. No error quotes the URL: it may hold credentials.
func joinable(base string, allowPlain bool) (string, error) {
	u, err := url.Parse(base)
	switch {
	case base == "":
		return "", fmt.Errorf("BaseURL is empty: give the vendor's address, for instance https://host/path")
	case err != nil:
		return "", fmt.Errorf("BaseURL is not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("BaseURL must begin with https:// or http://")
	case u.Hostname() == "":
		return "", fmt.Errorf("BaseURL has no host")
	case u.User != nil:
		return "", fmt.Errorf("BaseURL must not hold a user or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", fmt.Errorf("BaseURL must not have a query or a fragment")
	case u.Scheme == "http" && !allowPlain && !loopback(u.Hostname()):
		return "", fmt.Errorf("BaseURL is http:// to another machine: use https://, or set HTTP.AllowPlainHTTP if the network is trusted")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// ownTransport is a pool of its own, so that closing or changing http.DefaultTransport elsewhere has no effect here.
func ownTransport() http.RoundTripper {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		return t.Clone()
	}
	return &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second}
}

// exponential is 200 ms, 400 ms, 800 ms … up to 5 s, of which a random half is taken off so that many clients do not return together.
func exponential(retry int) time.Duration {
	d := 5 * time.Second
	if retry < 6 {
		d = min(d, 200*time.Millisecond<<max(retry-1, 0))
	}
	return d - rand.N(d/2+1)
}
