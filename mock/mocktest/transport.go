package mocktest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// headerSession names the session that a call belongs to.
const headerSession = "Understudy-Session"

// transport is an [http.RoundTripper] that calls a handler as net/http would over a connection: it hands over what a
// server reads from one, and gives back what a client reads.
type transport struct {
	handler http.Handler
	session string // "" for whichever the request itself names
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := context.Cause(r.Context()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	received, body, err := t.received(r.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	w := &writer{header: http.Header{}, head: received.Method == http.MethodHead, declared: -1, flushed: -1}
	cut := serve(t.handler, w, received)
	switch {
	case r.Context().Err() != nil:
		return nil, context.Cause(r.Context())
	case body.failed != nil:
		return nil, body.failed
	case cut && w.flushed < 0:
		return nil, io.EOF // what net/http tells of a connection that ended before a reply
	}
	return w.response(r, cut), nil
}

// serve says whether the handler ended the connection.
func serve(h http.Handler, w *writer, r *http.Request) (cut bool) {
	defer func() {
		if fault := recover(); fault != nil {
			if fault != http.ErrAbortHandler {
				panic(fault)
			}
			cut = true
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

// received is a client's request as a server has it.
func (t *transport) received(r *http.Request) (*http.Request, *requestBody, error) {
	uri := r.URL.RequestURI()
	address, err := url.ParseRequestURI(uri)
	if err != nil {
		return nil, nil, fmt.Errorf("mocktest: the request has no usable path")
	}
	in := r.Clone(r.Context())
	in.URL, in.RequestURI, in.RemoteAddr = address, uri, "127.0.0.1:0"
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	in.GetBody, in.Response, in.TLS = nil, nil, nil
	if in.Method == "" {
		in.Method = http.MethodGet
	}
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Header == nil {
		in.Header = http.Header{}
	}
	if in.Header.Get("User-Agent") == "" {
		in.Header.Set("User-Agent", "Go-http-client/1.1")
	}
	if t.session != "" {
		in.Header.Set(headerSession, t.session)
	}
	body := &requestBody{source: r.Body, left: r.ContentLength, length: r.ContentLength}
	in.TransferEncoding = nil
	switch {
	case r.Body == nil || r.Body == http.NoBody:
		in.Body, in.ContentLength = http.NoBody, 0
		if in.Method == http.MethodPost || in.Method == http.MethodPut || in.Method == http.MethodPatch {
			in.Header.Set("Content-Length", "0")
		}
	case r.ContentLength <= 0: // net/http takes 0 for unknown
		body.left, in.ContentLength, in.TransferEncoding = -1, -1, []string{"chunked"}
		in.Body = body
	default:
		in.Header.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
		in.Body = body
	}
	return in, body, nil
}

// requestBody is what a server reads of a request. A body that fails on the client's side ends early for the server and
// becomes the client's error.
type requestBody struct {
	source       io.Reader
	left, length int64 // left is negative when the length is unknown
	failed       error
}

func (b *requestBody) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, io.ErrUnexpectedEOF
	}
	if b.left == 0 {
		return 0, io.EOF
	}
	if b.left > 0 && int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.source.Read(p)
	if b.left > 0 {
		b.left -= int64(n)
		if err == io.EOF && b.left > 0 {
			err = fmt.Errorf("http: ContentLength=%d with Body length %d", b.length, b.length-b.left)
		}
	}
	if err != nil && err != io.EOF {
		b.failed, err = err, io.ErrUnexpectedEOF
	}
	return n, err
}

// Close leaves the source open: it is the client's, which closes it once.
func (b *requestBody) Close() error { return nil }

// writer takes a handler's reply. What is flushed has left the server; the rest has when the handler returns.
type writer struct {
	header   http.Header
	sent     http.Header // as it was when the status was written
	status   int
	head     bool
	body     bytes.Buffer
	declared int64 // Content-Length, -1 for none
	flushed  int   // bytes of the body that have left, -1 before the head has
}

// Header implements [http.ResponseWriter].
func (w *writer) Header() http.Header { return w.header }

// WriteHeader implements [http.ResponseWriter].
func (w *writer) WriteHeader(status int) {
	if w.status != 0 || status < 200 {
		return // the first one counts, and an interim answer is not one
	}
	w.status, w.sent = status, w.header.Clone()
	if n, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		w.declared = n
	}
}

// Write implements [http.ResponseWriter].
func (w *writer) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	switch {
	case !mayHaveBody(w.status):
		return 0, http.ErrBodyNotAllowed
	case w.declared >= 0 && int64(w.body.Len()+len(p)) > w.declared:
		return 0, http.ErrContentLength
	case w.head:
		return len(p), nil
	}
	return w.body.Write(p)
}

// Flush implements [http.Flusher].
func (w *writer) Flush() {
	w.WriteHeader(http.StatusOK)
	w.flushed = w.body.Len()
}

func mayHaveBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// response is what the client reads.
func (w *writer) response(r *http.Request, cut bool) *http.Response {
	w.WriteHeader(http.StatusOK)
	text := w.body.Bytes()
	if cut {
		text = text[:w.flushed]
	}
	if w.declared < 0 && w.flushed < 0 && !w.head && mayHaveBody(w.status) {
		w.declared = int64(len(text))
		w.sent.Set("Content-Length", strconv.Itoa(len(text)))
	}
	if w.sent.Get("Content-Type") == "" && len(text) > 0 {
		w.sent.Set("Content-Type", http.DetectContentType(text))
	}
	if w.sent.Get("Date") == "" {
		w.sent.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	hangUp := w.sent.Get("Connection") == "close"
	w.sent.Del("Connection")
	if !mayHaveBody(w.status) {
		w.declared = 0
	}
	out := &http.Response{
		Status: fmt.Sprintf("%03d %s", w.status, http.StatusText(w.status)), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, ContentLength: w.declared, Close: hangUp, Request: r, Body: http.NoBody,
	}
	if w.head || !mayHaveBody(w.status) {
		return out
	}
	end := io.EOF
	if cut || int64(len(text)) < w.declared {
		end = io.ErrUnexpectedEOF
	}
	if len(text) > 0 || end != io.EOF {
		out.Body = &replyBody{ctx: r.Context(), text: text, end: end}
	}
	return out
}

// replyBody is read until its text ends, its context does, or it is closed.
type replyBody struct {
	ctx    context.Context
	text   []byte
	end    error
	closed bool
}

func (b *replyBody) Read(p []byte) (int, error) {
	switch {
	case b.closed:
		return 0, http.ErrBodyReadAfterClose
	case b.ctx.Err() != nil:
		return 0, context.Cause(b.ctx)
	case len(b.text) == 0:
		return 0, b.end
	}
	n := copy(p, b.text)
	b.text = b.text[n:]
	return n, nil
}

func (b *replyBody) Close() error {
	b.closed = true
	return nil
}
