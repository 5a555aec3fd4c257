package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"understudy/adapters"
)

// Call is one operation to be carried out.
type Call struct {
	// Operation is the operationId, Method the HTTP method, Path the path below the base URL, beginning with a slash and already
	// escaped.
	Operation, Method, Path string

	// Safe tells that repeating the call does no harm. Only then is it retried, and only then is its outcome never unknown.
	Safe bool

	// Build makes the changing part of the request. It runs once per attempt, so that a timestamp or a signature is fresh. token is
	// "" without Tokens. Nil means a request without query, extra headers and body.
	Build func(token string) (Payload, error)

	// Read judges a reply of any HTTP status except a redirect, envelope first: nil is success. It returns an *adapters.Error with
	// at least the Condition for a vendor's no, a DecodeError for a broken reply, and NoEnvelope when the body says nothing, so that
	// the HTTP status decides.
	Read func(Reply) error

	// Tokens supplies the token. When RenewOn accepts the error of an attempt, the token is renewed and the call repeated, once.
	// Tokens of a static source are sent once, because renewing gives the rejected one.
	Tokens *Tokens
	// RenewOn tells a rejected token from other failures. Nil means: the condition is ErrUnauthorized.
	RenewOn func(*adapters.Error) bool
}

// Payload is what a request carries beside its method and path.
type Payload struct {
	Query       url.Values
	Header      http.Header
	Body        []byte // nil: no body and no Content-Type
	ContentType string

	// Sensitive are values of this attempt, personal data or a signature for instance, to be masked if a vendor's text repeats them.
	Sensitive []string
}

// Reply is a reply read to its end and decompressed.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK reports a 2xx status.
func (r Reply) OK() bool { return r.Status >= 200 && r.Status <= 299 }

// NoEnvelope is what Read returns when the body is not the vendor's envelope: the HTTP status then decides, and under 2xx it is
// an undecodable reply.
var NoEnvelope = errors.New("the reply is not the documented envelope")

// Do carries the call out: token, attempts, pauses, at most one repeat after a rejected token. A non-nil error is an *adapters.Error.
func (c *Client) Do(ctx context.Context, call Call) error {
	token := ""
	if call.Tokens != nil {
		t, err := call.Tokens.Get(ctx)
		if err != nil {
			return c.tokenFailure(call, err)
		}
		token = t
	}
	renewed := false
	for attempt := 1; ; {
		failure := c.attempt(ctx, call, token, attempt)
		if failure == nil {
			return nil
		}
		if call.Tokens != nil && !call.Tokens.static && !renewed && rejectsToken(call, failure) {
			renewed = true
			t, err := call.Tokens.Renew(ctx, token)
			if err != nil {
				return c.tokenFailure(call, err)
			}
			token = t
			continue
		}
		if !call.Safe || !failure.Retryable || attempt >= c.attempts {
			return failure
		}
		if failure = c.pause(ctx, failure, attempt); failure != nil {
			return failure
		}
		attempt++
	}
}

func rejectsToken(call Call, failure *adapters.Error) bool {
	if call.RenewOn != nil {
		return call.RenewOn(failure)
	}
	return failure.Condition == adapters.ErrUnauthorized
}

// pause waits before the next attempt. It gives the error to end with when there should be none: the failure itself when the pause
// would be too long, else what ended the pause.
func (c *Client) pause(ctx context.Context, failure *adapters.Error, attempt int) *adapters.Error {
	if failure.RetryAfter > c.maxWait {
		return failure
	}
	wait := max(min(c.backoff(attempt), c.maxWait), failure.RetryAfter, 0)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return failure
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		ended := *failure
		ended.Condition = contextCondition(ctx.Err())
		ended.Fault, ended.Retryable = faultOf(ended.Condition), ended.Condition == adapters.ErrTimeout
		ended.Err = Hide("while waiting to repeat a call that was "+string(failure.Condition), ctx.Err())
		return &ended
	}
}

// attempt sends the request once. The result is nil or complete.
func (c *Client) attempt(ctx context.Context, call Call, token string, number int) *adapters.Error {
	start := time.Now()
	payload, reply, err := c.send(ctx, call, token)
	judged := err == nil
	if judged {
		err = judge(call, reply)
	}
	if err == nil {
		c.logger.DebugContext(ctx, "call", "vendor", c.vendor, "operation", call.Operation, "attempt", number, "status", reply.Status,
			"duration", time.Since(start))
		return nil
	}
	failure := c.complete(call, reply, err, slices.Concat(payload.Sensitive, []string{token}), judged)
	c.logger.WarnContext(ctx, "call failed", "vendor", c.vendor, "operation", call.Operation, "attempt", number, "status", reply.Status,
		"duration", time.Since(start), "condition", string(failure.Condition), "code", failure.Code, "retryable", failure.Retryable)
	return failure
}

func judge(call Call, reply Reply) error {
	if reply.Status >= 300 && reply.Status <= 399 {
		return NoEnvelope
	}
	return call.Read(reply)
}

// send builds the request and sends it.
func (c *Client) send(ctx context.Context, call Call, token string) (payload Payload, reply Reply, err error) {
	if err := ctx.Err(); err != nil {
		return Payload{}, Reply{}, &adapters.Error{Condition: contextCondition(err), Err: unsent{err}}
	}
	if call.Build != nil {
		if payload, err = call.Build(token); err != nil {
			return payload, Reply{}, err
		}
	}
	reply, err = c.roundTrip(ctx, call, payload)
	return payload, reply, err
}

func (c *Client) roundTrip(ctx context.Context, call Call, payload Payload) (Reply, error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	request, err := c.request(limited, call, payload)
	if err != nil {
		return Reply{}, err
	}
	response, err := c.transport.RoundTrip(request)
	if response != nil && response.Body != nil {
		defer response.Body.Close()
	}
	if err != nil {
		return Reply{}, transportFailure(ctx, limited, err)
	}
	if response == nil {
		return Reply{}, transportFailure(ctx, limited, errors.New("no response and no error"))
	}
	reply := Reply{Status: response.StatusCode, Header: response.Header}
	reply.Body, err = readBody(response, c.maxBody)
	var ours *adapters.Error
	switch {
	case errors.As(err, &ours):
		return reply, ours
	case err != nil:
		return reply, transportFailure(ctx, limited, err)
	}
	return reply, nil
}

func (c *Client) request(ctx context.Context, call Call, p Payload) (*http.Request, error) {
	address := c.base + call.Path
	if len(p.Query) > 0 {
		// Encode writes a space as +, which only forms read back; %20 is read by everybody, and a + of the value is %2B already.
		address += "?" + strings.ReplaceAll(p.Query.Encode(), "+", "%20")
	}
	var body io.Reader
	if p.Body != nil {
		body = bytes.NewReader(p.Body)
	}
	request, err := http.NewRequestWithContext(ctx, call.Method, address, body)
	if err != nil {
		return nil, Invalid(c.vendor, call.Operation, "the request address cannot be built from the base URL and the path")
	}
	for name, values := range p.Header {
		request.Header[name] = slices.Clone(values)
	}
	request.Header.Set("User-Agent", c.userAgent)
	// Asking by ourselves keeps the transport from decompressing, so that both sizes are bounded in readBody.
	request.Header.Set("Accept-Encoding", "gzip")
	if p.Body != nil && p.ContentType != "" {
		request.Header.Set("Content-Type", p.ContentType)
	}
	for name, values := range request.Header {
		if slices.ContainsFunc(values, func(v string) bool { return strings.ContainsFunc(v, control) }) {
			return nil, Invalid(c.vendor, call.Operation, "the value of header %s holds a control character, a line break perhaps", name)
		}
	}
	return request, nil
}

func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
