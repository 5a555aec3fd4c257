package drive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"understudy/specs"
)

// ErrReplyTooLarge says that a reply went on beyond 16 MiB.
var ErrReplyTooLarge = errors.New("the reply is larger than 16 MiB")

// Exchange is one call: what was sent and what came back. It holds secrets and personal data; its String shows neither.
type Exchange struct {
	Request *Request
	Reply   *Reply
	// Outcome says whose word the reply is.
	Outcome Outcome
	// Error is the row of the vendor's catalogue that the reply is; nil for none.
	Error *specs.ErrorRow
	// Took is from the first byte sent to the last byte read.
	Took time.Duration
}

// Reply is what came back.
type Reply struct {
	Status int
	Header http.Header
	// Body is as it travelled; Plain the same opened, and equal where nothing was sealed. Plain is nil when Body could not
	// be opened; Unopened says why.
	Body, Plain []byte
	Sealed      bool
	Unopened    *UnsealError
	// Value is what Plain says, numbers as json.Number; lists are lists, whatever XML or a wrapper makes of them, bytes a text
	// that holds them. It is nil, and Unread says why, when Plain cannot be read as what its media type says.
	Value  any
	Unread error
	// Problems are the rules of the contract that the reply breaks.
	Problems []Problem
	// Diagnosis and Refusal are the ids that the simulator gives; "" from anybody else.
	Diagnosis, Refusal string
}

// String names the call and how it ended, and nothing of what travelled.
func (x *Exchange) String() string { return x.Request.String() + " " + x.Summary() }

// GoString gives what String gives.
func (x *Exchange) GoString() string { return x.String() }

// String shows the status alone.
func (r *Reply) String() string { return fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status)) }

// GoString gives what String gives.
func (r *Reply) GoString() string { return r.String() }

// Send sends a request as it is and reads the reply. Whatever answers is no error. Errors are about the way: no connection,
// no answer in time, one larger than 16 MiB ([ErrReplyTooLarge]); they name the operation and the host, not the URL.
// It does not send twice.
func (c *Client) Send(ctx context.Context, r *Request) (*Exchange, error) {
	x, err := c.send(ctx, r)
	if err == nil {
		c.forget(x)
	}
	return x, err
}

func (c *Client) send(ctx context.Context, r *Request) (*Exchange, error) {
	if r.plan == nil {
		if r.Operation == nil {
			return nil, errors.New("drive: Request.Operation is nil; take one from the contract")
		}
		p, err := c.plan(r.Operation.ID)
		if err != nil {
			return nil, err
		}
		r.plan = p
	}
	fail := func(err error) error {
		// The library's error quotes the URL, and with it the query.
		if inner := (*url.Error)(nil); errors.As(err, &inner) {
			err = inner.Err
		}
		return &SendError{Operation: r.Operation, Place: placeOf(r.URL), Err: err}
	}
	var body io.Reader
	if len(r.Body) > 0 {
		body = bytes.NewReader(r.Body)
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return nil, fail(errors.New("the request has a method or an address that HTTP does not know"))
	}
	if r.Header != nil {
		request.Header = r.Header.Clone()
	}
	if request.Header.Get("Accept-Encoding") == "" {
		request.Header.Set("Accept-Encoding", "identity") // the reply is to come as it is
	}
	if request.Header.Get("User-Agent") == "" {
		request.Header.Set("User-Agent", "understudy")
	}
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
	}
	began := time.Now()
	got, err := c.http.Do(request)
	if err != nil {
		return nil, fail(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(io.LimitReader(got.Body, maxReply+1))
	switch {
	case err != nil:
		return nil, fail(fmt.Errorf("the reply breaks off: %w", err))
	case len(text) > maxReply:
		return nil, fail(ErrReplyTooLarge)
	}
	x := &Exchange{Request: r, Reply: &Reply{Status: got.StatusCode, Header: got.Header, Body: text}, Took: time.Since(began)}
	return x, c.judge(x)
}

// placeOf names a URL's server.
func placeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "?"
	}
	return u.Scheme + "://" + u.Host
}

// SendError says that a call got no reply that could be read.
type SendError struct {
	Operation *specs.Operation
	Place     string // scheme and host
	Err       error
}

// Error names the operation and the server.
func (e *SendError) Error() string {
	return fmt.Sprintf("%s.%s at %s: %v", e.Operation.Vendor, e.Operation.ID, e.Place, e.Err)
}

// Unwrap gives the cause.
func (e *SendError) Unwrap() error { return e.Err }
