package record

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"understudy/scenarios"
)

func contextOf(request *http.Request, p *passage) context.Context {
	return context.WithValue(request.Context(), passageKey{}, p)
}

func passageOf(request *http.Request) *passage {
	return request.Context().Value(passageKey{}).(*passage)
}

// capture keeps what was read, up to a bound.
type capture struct {
	mu       sync.Mutex
	text     []byte
	limit    int64
	expected int64 // as the length said, -1 for unknown
	read     int64
	ended    bool
	over     bool
}

func (c *capture) add(text []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read += int64(len(text))
	if !c.over && c.read > c.limit {
		c.over, c.text = true, nil
	}
	if !c.over {
		c.text = append(c.text, text...)
	}
	if errors.Is(err, io.EOF) {
		c.ended = true
	}
}

// taken is what was read, and whether that is all.
func (c *capture) taken() (text []byte, whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	whole = !c.over && (c.ended || c.read == c.expected)
	if !whole {
		return nil, false
	}
	return bytes.Clone(c.text), true
}

// atEnd says whether the end was seen.
func (c *capture) atEnd() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// tap hears the body of a request on its way to the server.
type tap struct {
	io.ReadCloser
	to *capture
}

// Read implements [io.Reader]. At the end it asks the body no more: a server closes it once an answer begins, and the error that
// it has from then on would make the transport, which looks for the end again, break off the answer.
func (t *tap) Read(p []byte) (int, error) {
	if t.to.atEnd() {
		return 0, io.EOF
	}
	n, err := t.ReadCloser.Read(p)
	t.to.add(p[:n], err)
	return n, err
}

// mostRest bounds in bytes what is read of a request that nobody took.
const mostRest = 256 << 10

// hearRest reads what is left of a short body: a request that met no server is worth keeping.
func (t *tap) hearRest() {
	if rest := t.to.rest(); rest > 0 && rest <= mostRest {
		_, _ = io.Copy(io.Discard, io.LimitReader(t, rest))
	}
}

// rest is how much is still to come, -1 where nobody knows.
func (c *capture) rest() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.expected < 0 || c.over || c.ended {
		return -1
	}
	return c.expected - c.read
}

// replyTap hears the body of an answer on its way to the client. Before the last of it goes on, the exchange is kept.
type replyTap struct {
	io.ReadCloser
	passage *passage
	capture capture
	left    int64 // -1 where the length is not told
}

// Read implements [io.Reader].
func (t *replyTap) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.capture.add(p[:n], err)
	if t.left > 0 {
		t.left -= int64(n)
	}
	switch {
	case errors.Is(err, io.EOF) || err == nil && t.left == 0:
		t.end("")
	case err != nil:
		t.end(scenarios.BrokenTruncated)
	}
	return n, err
}

// Close implements [io.Closer]. A body that is closed before its end was given up: by the client, since nobody else would.
func (t *replyTap) Close() error {
	t.end(scenarios.BrokenTruncated)
	return t.ReadCloser.Close()
}

func (t *replyTap) end(broken string) {
	p := t.passage
	p.once.Do(func() {
		if broken != "" && p.recorder.ending.Load() {
			return
		}
		h := &p.heard
		h.Broken = broken
		t.capture.mu.Lock()
		h.Reply, h.ReplyUnkept = t.capture.text, t.capture.over
		t.capture.mu.Unlock()
		p.finish()
	})
}

// inflated takes the compression from a body. One that cannot be read is not kept; one that grows beyond the bound neither.
func inflated(header http.Header, body []byte, unkept bool, limit int64) ([]byte, bool) {
	if unkept || len(body) == 0 {
		return nil, unkept
	}
	for _, one := range strings.Split(header.Get("Content-Encoding"), ",") {
		var from io.Reader
		var err error
		switch strings.ToLower(strings.TrimSpace(one)) {
		case "", "identity":
			continue
		case "gzip", "x-gzip":
			from, err = gzip.NewReader(bytes.NewReader(body))
		case "deflate":
			if from, err = zlib.NewReader(bytes.NewReader(body)); err != nil {
				from, err = flate.NewReader(bytes.NewReader(body)), nil
			}
		default:
			return nil, true
		}
		if err != nil {
			return nil, true
		}
		if body, err = io.ReadAll(io.LimitReader(from, limit+1)); err != nil || int64(len(body)) > limit {
			return nil, true
		}
	}
	return body, false
}
