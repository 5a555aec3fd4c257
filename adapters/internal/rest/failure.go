package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"syscall"

	"understudy/adapters"
)

// DecodeError is a reply that breaks its contract. The text names the place and what is wrong, never a value.
type DecodeError struct{ Text string }

// Error gives the text.
func (e *DecodeError) Error() string { return e.Text }

// Undecodable makes a DecodeError.
func Undecodable(format string, args ...any) error {
	return &DecodeError{Text: fmt.Sprintf(format, args...)}
}

// hidden carries a cause without its text, because foreign texts quote addresses, headers and bodies.
type hidden struct {
	text  string
	cause error
}

func (h *hidden) Error() string { return h.text }
func (h *hidden) Unwrap() error { return h.cause }

// Hide gives an error that prints text and unwraps to cause.
func Hide(text string, cause error) error { return &hidden{text: text, cause: cause} }

// unsent marks a transport failure before any byte of the request left.
type unsent struct{ error }

func (u unsent) Unwrap() error { return u.error }

// transportFailure turns an error of the transport into a complete condition with a text of our own.
func transportFailure(caller, attempt context.Context, err error) *adapters.Error {
	if e := caller.Err(); e != nil {
		return &adapters.Error{Condition: contextCondition(e), Err: e}
	}
	var network *net.OpError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.As(err, &name):
		return &adapters.Error{Condition: adapters.ErrUnavailable, Err: unsent{Hide("the host name cannot be resolved", name)}}
	case errors.As(err, &certificate):
		// Not retryable: a certificate does not become good by asking again.
		return &adapters.Error{Condition: adapters.ErrRejected, Err: unsent{Hide("the server's certificate is not trusted", certificate)}}
	case errors.As(err, &network) && network.Op == "dial":
		text := "cannot connect"
		if errors.Is(err, syscall.ECONNREFUSED) {
			text = "connection refused"
		}
		return &adapters.Error{Condition: adapters.ErrUnavailable, Err: unsent{Hide(text, network)}}
	case attempt.Err() != nil:
		return &adapters.Error{Condition: adapters.ErrTimeout, Err: Hide("no complete reply within HTTP.Timeout", nil)}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &adapters.Error{Condition: adapters.ErrTimeout, Err: Hide("the connection timed out", nil)}
	case errors.As(err, &network):
		return &adapters.Error{Condition: adapters.ErrUnavailable, Err: Hide("the connection broke", network)}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &adapters.Error{Condition: adapters.ErrUnavailable, Err: Hide("the connection closed before the reply was complete", io.ErrUnexpectedEOF)}
	}
	return &adapters.Error{Condition: adapters.ErrUnavailable, Err: Hide(fmt.Sprintf("the transport failed (%T)", err), nil)}
}

func contextCondition(err error) adapters.Condition {
	if errors.Is(err, context.DeadlineExceeded) {
		return adapters.ErrTimeout
	}
	return adapters.ErrCanceled
}

// StatusCondition reads an HTTP status where the body does not say more.
func StatusCondition(status int) adapters.Condition {
	switch {
	case status >= 300 && status <= 399:
		return adapters.ErrRedirected
	case status == http.StatusUnauthorized:
		return adapters.ErrUnauthorized
	case status == http.StatusForbidden:
		return adapters.ErrForbidden
	case status == http.StatusNotFound, status == http.StatusGone:
		return adapters.ErrNotFound
	case status == http.StatusConflict:
		return adapters.ErrConflict
	case status == http.StatusTooManyRequests:
		return adapters.ErrThrottled
	case status == http.StatusRequestTimeout, status == http.StatusBadGateway, status == http.StatusServiceUnavailable,
		status == http.StatusGatewayTimeout, status == http.StatusInternalServerError:
		return adapters.ErrUnavailable
	case status >= 500:
		return adapters.ErrRejected
	case status >= 400:
		return adapters.ErrInvalid
	}
	return adapters.ErrDecode
}

// Undecided reports a status under which even a vendor that gives its reasons has not said what it did before it failed. An adapter sets
// UnknownOutcome by it; for a safe call that has no effect.
func Undecided(status int) bool {
	return status >= 500 && status <= 599 || status == http.StatusRequestTimeout
}

// complete fills what an attempt's error lacks: identity, status, fault, whether a repeat helps, Retry-After; and masks texts. judged
// tells that a whole reply came and err is Read's opinion of it; sensitive are the texts of this attempt to be masked.
func (c *Client) complete(call Call, reply Reply, err error, sensitive []string, judged bool) *adapters.Error {
	var e *adapters.Error
	var broken *DecodeError
	answered := false // the vendor itself said no, so the outcome is known
	switch {
	case errors.As(err, &e):
		copied := *e
		e = &copied
		answered = judged && e.Condition != adapters.ErrDecode
	case errors.As(err, &broken):
		e = &adapters.Error{Condition: adapters.ErrDecode, Err: broken}
	case errors.Is(err, NoEnvelope):
		e = &adapters.Error{Condition: StatusCondition(reply.Status)}
		if e.Condition == adapters.ErrDecode {
			e.Err = NoEnvelope
		}
		answered = refused(reply.Status)
	default:
		e = &adapters.Error{Condition: adapters.ErrInvalid, Err: Hide("the request cannot be built", err)}
	}
	if e.Vendor == "" {
		e.Vendor = c.vendor
	}
	if e.Operation == "" {
		e.Operation = call.Operation
	}
	if e.Status == 0 {
		e.Status = reply.Status
	}
	if e.Fault == adapters.FaultUnknown {
		e.Fault = faultOf(e.Condition)
	}
	if e.Fault == adapters.FaultUnknown && reply.Status >= 500 && (!answered || e.Condition == adapters.ErrUnavailable) {
		e.Fault = adapters.FaultVendor
	}
	if e.RetryAfter == 0 && reply.Header != nil {
		e.RetryAfter = retryAfter(reply.Header)
	}
	e.RetryAfter = min(e.RetryAfter, maxRetryAfter)
	switch {
	case call.Safe:
		e.UnknownOutcome = false
	case !answered && e.Condition != adapters.ErrInvalid && !neverSent(e):
		e.UnknownOutcome = true
	}
	switch e.Condition {
	case adapters.ErrThrottled, adapters.ErrUnavailable, adapters.ErrTimeout:
		e.Retryable = true
	}
	if e.UnknownOutcome {
		e.Retryable = false
	}
	secrets := slices.Concat(c.secrets, sensitive)
	e.Code, e.SubCode = short(MaskCode(e.Code, secrets...), 64), short(MaskCode(e.SubCode, secrets...), 128)
	e.Message, e.RequestID = short(Mask(e.Message, secrets...), 256), short(maskExactly(e.RequestID, secrets...), 64)
	return e
}

// refused reports a status that says by itself that the call was not carried out. 302 and 303 are also what a form answers after it has
// done its work.
func refused(status int) bool {
	switch status {
	case http.StatusFound, http.StatusSeeOther, http.StatusRequestTimeout:
		return false
	}
	return status >= 300 && status <= 499
}

// neverSent reports a failure before any byte of the request left.
func neverSent(e *adapters.Error) bool {
	var u unsent
	return errors.As(e.Err, &u)
}

func faultOf(c adapters.Condition) adapters.Fault {
	switch c {
	case adapters.ErrInvalid, adapters.ErrUnauthorized, adapters.ErrForbidden, adapters.ErrNotFound, adapters.ErrConflict, adapters.ErrCanceled:
		return adapters.FaultCaller
	case adapters.ErrThrottled:
		return adapters.FaultThrottled
	case adapters.ErrDecode, adapters.ErrTooLarge, adapters.ErrRedirected:
		return adapters.FaultVendor
	}
	return adapters.FaultUnknown
}

// tokenFailure gives a failed token its identity; an *adapters.Error of the token's own operation stays as it is.
func (c *Client) tokenFailure(call Call, err error) error {
	var e *adapters.Error
	if errors.As(err, &e) {
		return e
	}
	condition := adapters.ErrUnauthorized
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		condition = contextCondition(err)
	}
	return &adapters.Error{
		Vendor: c.vendor, Operation: call.Operation, Condition: condition, Fault: faultOf(condition), Retryable: condition == adapters.ErrTimeout,
		Err: Hide("no access token could be obtained", err),
	}
}
