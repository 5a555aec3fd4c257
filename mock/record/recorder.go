package record

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"understudy/scenarios"
)

// Config sets up a [Recorder]. Upstream, Opener and Keep are needed.
type Config struct {
	// Upstream is the base URL of the server that answers; a path in it stands before every path that is called.
	Upstream string
	Opener   *Opener
	// Keep gets each exchange, unmasked, before the last byte of its answer goes to the client: whoever has an answer has it
	// kept. Calls do not overlap. An error of it is the first of [Recorder.Err], and the client has its answer all the same.
	Keep func(*scenarios.Exchange) error
	// MaxBody bounds in bytes what is kept of a body; 0 means 16 MiB. What is larger passes unharmed and is kept without one.
	MaxBody int64
	// Transport sends; nil means one of its own.
	Transport http.RoundTripper
	// Timeout bounds the wait for the head of an answer; 0 means a minute. A Transport of the caller's own has its own.
	Timeout time.Duration
	// Session is the simulator's session in which calls are made that name none; "" for no header of ours.
	Session string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// ErrorLog gets faults of the recorder itself; nil means the log package's own.
	ErrorLog *log.Logger
}

// sessionLetters are those of a session's name.
const sessionLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

const (
	usualMaxBody = 16 << 20
	usualTimeout = time.Minute
)

// Recorder is a reverse proxy that keeps what passes. It is safe for concurrent use.
type Recorder struct {
	config   Config
	upstream *url.URL
	proxy    *httputil.ReverseProxy
	serial   atomic.Int64
	ending   atomic.Bool
	oversize atomic.Int64
	under    sync.WaitGroup

	mu     sync.Mutex // around Keep
	failed error
}

// NewRecorder checks the configuration. Its errors do not quote the upstream's URL: it may hold a password.
func NewRecorder(config Config) (*Recorder, error) {
	if config.Opener == nil || config.Keep == nil {
		return nil, errors.New("record: Config.Opener and Config.Keep are needed")
	}
	upstream, err := parseUpstream(config.Upstream)
	if err != nil {
		return nil, err
	}
	if config.MaxBody == 0 {
		config.MaxBody = usualMaxBody
	}
	if config.MaxBody < 0 {
		return nil, errors.New("the bound on bodies is a number of bytes, such as 16777216")
	}
	if strings.Trim(config.Session, sessionLetters) != "" || len(config.Session) > 64 {
		return nil, errors.New("the name of a session has up to 64 letters, digits, '.', '_' or '-'")
	}
	if config.Timeout == 0 {
		config.Timeout = usualTimeout
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.ErrorLog == nil {
		config.ErrorLog = log.Default()
	}
	if config.Transport == nil {
		config.Transport = NewTransport(config.Timeout)
	}
	r := &Recorder{config: config, upstream: upstream}
	r.proxy = &httputil.ReverseProxy{
		Rewrite: r.rewrite, ModifyResponse: r.answered, ErrorHandler: r.failedUpstream, Transport: config.Transport,
		FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0), // its words quote addresses
	}
	return r, nil
}

func parseUpstream(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("the upstream is no URL; write one such as https://vendor.example")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return nil, errors.New("the upstream needs http:// or https:// and a host, such as https://vendor.example")
	case u.User != nil:
		return nil, errors.New("the upstream has a user or a password in it; credentials have slots of their own")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("the upstream has a query or a fragment; write the base URL alone")
	}
	return u, nil
}

// NewTransport is a transport of a recorder's: it leaves encodings as they are, and keeps connections for a moment alone, since
// one that the server has meanwhile closed would look like one that it breaks. Timeout bounds the wait for the head of an answer.
func NewTransport(timeout time.Duration) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableCompression = true
	t.ResponseHeaderTimeout = timeout
	t.IdleConnTimeout = 2 * time.Second
	t.MaxIdleConnsPerHost = 16
	t.MaxResponseHeaderBytes = 1 << 20
	return t
}

// Place is the scheme and host that answer.
func (r *Recorder) Place() string { return r.upstream.Scheme + "://" + r.upstream.Host }

// Oversize counts the bodies that were too large to be kept.
func (r *Recorder) Oversize() int64 { return r.oversize.Load() }

// Err is the first error of Keep, nil for none.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

// End says that what breaks from now on breaks because the recorder ends, and is not to be kept.
func (r *Recorder) End() { r.ending.Store(true) }

// Wait returns once nothing is under way.
func (r *Recorder) Wait() { r.under.Wait() }

// passage is one exchange on its way through.
type passage struct {
	recorder *Recorder
	number   int
	began    time.Time
	heard    Heard
	body     capture // of the request
	tap      *tap    // nil where it has none
	once     sync.Once
}

type passageKey struct{}

// ServeHTTP passes one request on, and its answer back. A connection that the server breaks ends in a panic with
// [http.ErrAbortHandler], by which net/http breaks the client's.
func (r *Recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.under.Add(1)
	defer r.under.Done()
	if request.Method == http.MethodConnect || strings.EqualFold(request.Header.Get("Upgrade"), "websocket") {
		refuse(w, http.StatusNotImplemented, "upgrade", "the recorder passes on HTTP requests alone, no tunnels and no WebSockets")
		return
	}
	p := &passage{recorder: r, number: int(r.serial.Add(1)), began: r.config.Now()}
	p.heard = Heard{Method: request.Method, URL: heardURL(request), Header: request.Header.Clone(), At: p.began}
	p.body.limit = r.config.MaxBody
	request = request.WithContext(contextOf(request, p))
	if request.Header.Get("Upgrade") != "" { // a wish, as for HTTP/2, which need not be met
		request.Header = request.Header.Clone()
		request.Header.Del("Upgrade")
		request.Header.Del("HTTP2-Settings")
	}
	if request.Body != nil && request.Body != http.NoBody {
		p.body.expected = request.ContentLength
		p.tap = &tap{ReadCloser: request.Body, to: &p.body}
		request.Body = p.tap
	}
	// Neither is to be made up where the server sends none.
	w.Header()["Date"], w.Header()["Content-Type"] = nil, nil
	defer p.keep() // nothing is left to keep where all went well
	r.proxy.ServeHTTP(w, request)
}

// heardURL is the URL as the client called it; its host is the recorder's.
func heardURL(request *http.Request) *url.URL {
	u := *request.URL
	u.Host = request.Host
	return &u
}

// rewrite makes the request to the upstream: as it came, but for the host and the encodings that could not be kept.
func (r *Recorder) rewrite(p *httputil.ProxyRequest) {
	query := p.In.URL.RawQuery
	p.Out.URL.Scheme, p.Out.URL.Host, p.Out.Host = r.upstream.Scheme, r.upstream.Host, ""
	if base := strings.TrimSuffix(r.upstream.EscapedPath(), "/"); base != "" {
		escaped := base + p.In.URL.EscapedPath()
		if path, err := url.PathUnescape(escaped); err == nil {
			p.Out.URL.Path, p.Out.URL.RawPath = path, escaped
		}
	}
	p.Out.URL.RawQuery, p.Out.URL.ForceQuery = query, p.In.URL.ForceQuery
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if list, ok := p.In.Header[name]; ok {
			p.Out.Header[name] = list
		}
	}
	p.Out.Header.Del("Accept-Encoding")
	if s := r.config.Session; s != "" && p.Out.Header.Get(headerSession) == "" {
		p.Out.Header.Set(headerSession, s)
	}
}

// answered hears the head of an answer and puts an ear on its body.
func (r *Recorder) answered(answer *http.Response) error {
	p := passageOf(answer.Request)
	p.heard.Status, p.heard.ReplyHeader = answer.StatusCode, answer.Header.Clone()
	if answer.Body == nil || answer.Body == http.NoBody || answer.ContentLength == 0 || answer.Request.Method == http.MethodHead {
		p.keep() // there is none
		return nil
	}
	reply := &replyTap{ReadCloser: answer.Body, passage: p, left: answer.ContentLength}
	reply.capture.limit = r.config.MaxBody
	answer.Body = reply
	return nil
}

// failedUpstream keeps an exchange without an answer and breaks the client's connection in the same way, as far as HTTP allows.
func (r *Recorder) failedUpstream(w http.ResponseWriter, request *http.Request, err error) {
	p := passageOf(request)
	p.heard.Broken = brokenBy(err)
	if request.Context().Err() != nil {
		if p.heard.Broken = scenarios.BrokenTimeout; r.ending.Load() {
			p.drop()
		}
		p.keep()
		panic(http.ErrAbortHandler) // nobody is there any more
	}
	if p.heard.Broken == scenarios.BrokenRefused && p.tap != nil {
		p.tap.hearRest()
	}
	p.keep()
	switch p.heard.Broken {
	case scenarios.BrokenRefused:
		refuse(w, http.StatusBadGateway, "upstream-refused", "no connection to the upstream: "+reason(err))
	case scenarios.BrokenTimeout:
		refuse(w, http.StatusGatewayTimeout, "upstream-timeout", fmt.Sprintf("the upstream did not answer within %s", r.config.Timeout))
	default:
		panic(http.ErrAbortHandler)
	}
}

// drop leaves the exchange out.
func (p *passage) drop() { p.once.Do(func() {}) }

// keep hands the exchange on, once.
func (p *passage) keep() { p.once.Do(p.finish) }

// finish makes the exchange of what was heard.
func (p *passage) finish() {
	r, h := p.recorder, &p.heard
	if h.Status == 0 && h.Broken == "" {
		return // it never was one
	}
	h.Took = r.config.Now().Sub(p.began)
	var whole bool
	if h.Body, whole = p.body.taken(); !whole {
		h.Unkept = true
	}
	h.Body, h.Unkept = inflated(h.Header, h.Body, h.Unkept, r.config.MaxBody)
	h.Reply, h.ReplyUnkept = inflated(h.ReplyHeader, h.Reply, h.ReplyUnkept, r.config.MaxBody)
	for _, lost := range []bool{h.Unkept, h.ReplyUnkept} {
		if lost {
			r.oversize.Add(1)
		}
	}
	r.take(p.number, h)
}

func (r *Recorder) take(number int, h *Heard) {
	defer func() {
		if fault := recover(); fault != nil {
			r.fail(fmt.Errorf("exchange %d could not be opened: the recorder failed", number))
			r.config.ErrorLog.Printf("understudy: record: panic: %v", fault)
		}
	}()
	x := r.config.Opener.Open(h)
	x.Number = number
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.config.Keep(x); err != nil && r.failed == nil {
		r.failed = err
	}
}

func (r *Recorder) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
}
