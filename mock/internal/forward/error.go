package forward

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strconv"

	"understudy/mock/internal/diagnosis"
)

// The ids of what can be wrong with a target or an attempt; each is the id of a diagnosis.
const (
	// The text of the URL is at fault.
	TargetWithoutScheme = "forward-target-without-scheme"
	TargetScheme        = "forward-target-scheme"
	TargetMalformed     = "forward-target-malformed"
	TargetUserinfo      = "forward-target-userinfo"
	// The address is not allowed; a name may turn out not to be.
	TargetBlocked = "forward-target-blocked"
	TargetByName  = "forward-target-by-name"
	// The attempt failed.
	Unresolved = "forward-unresolved"
	Refused    = "forward-refused"
	Timeout    = "forward-timeout"
	TLS        = "forward-tls"
	Broken     = "forward-broken"
	Status     = "forward-status"
	Redirect   = "forward-redirect"
	// Nothing was tried: there is no way out, or the client was closed.
	Unavailable = "forward-unavailable"
	Closed      = "forward-closed"
)

// Error is why a target cannot be sent to or an attempt failed.
type Error struct {
	ID string
	// Host is the target's host and port, "" where the URL does not tell one.
	Host string
	// Address is the concrete address that was not allowed.
	Address string
	// Allow is the command line option that would allow the target.
	Allow string
	// Status is the HTTP status of the reply.
	Status int
}

// Error implements error.
func (e *Error) Error() string { return e.Diagnosis().Text("en") }

// Diagnosis is the error for the journal and the delivery log.
func (e *Error) Diagnosis() *diagnosis.Diagnosis {
	d := diagnosis.New(e.ID)
	add := func(name, v string) {
		if v != "" {
			if d.Detail == nil {
				d.Detail = map[string]string{}
			}
			d.Detail[name] = v
		}
	}
	add("host", e.Host)
	add("address", e.Address)
	add("allow", e.Allow)
	if e.ID == TargetWithoutScheme {
		add("fix", "http://"+cmp.Or(e.Host, "HOST:PORT")+"/…")
	}
	if e.Status != 0 {
		add("status", strconv.Itoa(e.Status))
	}
	return d
}

// Final says that the same attempt would fail again: the target itself is at fault.
func (e *Error) Final() bool {
	switch e.ID {
	case TargetWithoutScheme, TargetScheme, TargetMalformed, TargetUserinfo, TargetBlocked, Unavailable:
		return true
	}
	return false
}

// classify puts a stable id in the place of what the HTTP transport says. Which context ended first decides between a
// client that was closed (outer) and a target that was slow (within).
func classify(outer, within context.Context, err error, t target) *Error {
	var own *Error
	var network net.Error
	var operation *net.OpError
	switch {
	case errors.As(err, &own):
		return own
	case outer.Err() != nil:
		return &Error{ID: Closed, Host: t.String()}
	case within.Err() != nil, errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return &Error{ID: Timeout, Host: t.String()}
	case isTLS(err):
		return &Error{ID: TLS, Host: t.String()}
	case errors.As(err, &operation) && operation.Op == "dial":
		return &Error{ID: Refused, Host: t.String()}
	}
	return &Error{ID: Broken, Host: t.String()}
}

func isTLS(err error) bool {
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &certificate) || errors.As(err, &authority) || errors.As(err, &name) ||
		errors.As(err, &record) || errors.As(err, &alert)
}
