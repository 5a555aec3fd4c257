package adapters

import (
	"fmt"
	"strings"
	"time"
)

// Condition names why a call failed, for errors.Is. A Condition is a constant: compare, do not change.
type Condition string

// Error gives the condition as text.
func (c Condition) Error() string { return string(c) }

// The conditions. An *Error has exactly one of them; ErrUnknownOutcome may hold in addition to another.
const (
	// ErrInvalid: the arguments or the configuration are wrong, found by the client before sending or by the vendor.
	ErrInvalid = Condition("invalid request")
	// ErrUnauthorized: the credentials or the token are missing, wrong or expired, and one renewal did not help.
	ErrUnauthorized = Condition("unauthorized")
	// ErrForbidden: the credentials are good but not for this.
	ErrForbidden = Condition("forbidden")
	// ErrNotFound: the thing addressed does not exist.
	ErrNotFound = Condition("not found")
	// ErrConflict: the thing to be made exists already.
	ErrConflict = Condition("already exists")
	// ErrThrottled: the vendor asks to slow down; see Error.RetryAfter.
	ErrThrottled = Condition("throttled")
	// ErrRejected: the vendor refused for a reason of its own that none of the other conditions covers; see Error.Code.
	ErrRejected = Condition("rejected by the vendor")
	// ErrUnavailable: the vendor could not be reached or says that it cannot answer now.
	ErrUnavailable = Condition("unavailable")
	// ErrTimeout: no complete reply within the time allowed. The context's error is wrapped when the caller's deadline was the limit.
	ErrTimeout = Condition("timeout")
	// ErrCanceled: the caller's context was cancelled; context.Canceled is wrapped.
	ErrCanceled = Condition("canceled")
	// ErrRedirected: the vendor answered with a redirect, which is never followed.
	ErrRedirected = Condition("redirect refused")
	// ErrDecode: a reply came that is not what the contract allows: broken cipher text, not JSON, duplicate keys, wrong types.
	ErrDecode = Condition("undecodable reply")
	// ErrTooLarge: a reply came that exceeds Config.MaxBody.
	ErrTooLarge = Condition("reply too large")
	// ErrUnknownOutcome: the vendor may or may not have carried the call out. Find out before repeating it.
	ErrUnknownOutcome = Condition("outcome unknown")
)

// Fault says whose move it is.
type Fault int

// The faults.
const (
	// FaultUnknown: nobody can tell, for instance after a broken connection.
	FaultUnknown Fault = iota
	// FaultCaller: change the request, the credentials or the configuration.
	FaultCaller
	// FaultVendor: the vendor failed or broke its contract.
	FaultVendor
	// FaultThrottled: nothing is wrong, there were too many calls.
	FaultThrottled
)

// String gives the fault in one word: unknown, caller, vendor or throttled.
func (f Fault) String() string {
	switch f {
	case FaultCaller:
		return "caller"
	case FaultVendor:
		return "vendor"
	case FaultThrottled:
		return "throttled"
	default:
		return "unknown"
	}
}

// Error is the one error type of every client. Use errors.As for its fields and errors.Is with a Condition for decisions.
//
// Code, SubCode, Message and RequestID are the vendor's texts, shortened, with secrets and the caller's personal data masked; in Message also
// everything that looks like a token, a telephone or an identity number, and in the codes what is too long to be anything else. They
// are empty when the call never reached the vendor.
type Error struct {
	// Vendor is the vendor id and Operation the operationId of its contract.
	Vendor, Operation string
	// Condition is the named reason.
	Condition Condition
	// UnknownOutcome tells that the call may have been carried out; errors.Is(err, ErrUnknownOutcome) says the same.
	UnknownOutcome bool
	// Code and SubCode are the vendor's codes as text, whatever their JSON type.
	Code, SubCode string
	// Message is the vendor's message, for people.
	Message string
	// RequestID is the vendor's id of the request, to be quoted to its support.
	RequestID string
	// Status is the HTTP status, 0 without a reply.
	Status int
	// Fault says whose move it is.
	Fault Fault
	// Retryable tells that the same call may succeed later and that repeating it does no harm.
	Retryable bool
	// RetryAfter is the pause the vendor asked for, 0 when it did not; at most 10 minutes.
	RetryAfter time.Duration
	// Err is the cause, nil when there is none beyond the vendor's answer.
	Err error
}

// Error gives one line: vendor, operation, condition, the vendor's code and masked message, status and cause.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Vendor != "" {
		b.WriteString(e.Vendor + " ")
	}
	if e.Operation != "" {
		b.WriteString(e.Operation + ": ")
	}
	b.WriteString(string(e.Condition))
	if e.UnknownOutcome {
		b.WriteString(", outcome unknown")
	}
	if e.Code != "" {
		b.WriteString(": code " + e.Code)
	}
	if e.SubCode != "" {
		b.WriteString(" (" + e.SubCode + ")")
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %q", e.Message)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, " [HTTP %d]", e.Status)
	}
	if e.RequestID != "" {
		b.WriteString(" [request " + e.RequestID + "]")
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, " [retry after %s]", e.RetryAfter)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Is reports whether target is the condition of e, or ErrUnknownOutcome when the outcome is unknown.
func (e *Error) Is(target error) bool {
	c, ok := target.(Condition)
	return ok && (c == e.Condition || c == ErrUnknownOutcome && e.UnknownOutcome)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
