package check

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// harEntry is what matters of an entry of HAR 1.2. Tools leave out much of what the format requires, so nothing but the
// method and the URL is asked for.
type harEntry struct {
	StartedDateTime string
	Time            float64
	Request         *harRequest
	Response        *harResponse
}

type harRequest struct {
	Method, URL string
	Headers     []harPair
	QueryString []harPair
	PostData    *struct {
		MimeType, Text, Encoding string
		Params                   []harPair
	}
	BodySize float64
}

type harResponse struct {
	Status  float64
	Headers []harPair
	Content struct {
		Size     float64
		MimeType string
		Text     *string
		Encoding string
	}
	BodySize float64
}

type harPair struct{ Name, Value, FileName, ContentType string }

// readHAR reads the entries of a recording one after another: a HAR file, or a list of entries. Its errors say where the file
// stops being one, in bytes.
func readHAR(from io.Reader, each func(*harEntry) error) error {
	buffered := bufio.NewReader(from)
	if mark, _ := buffered.Peek(3); bytes.Equal(mark, []byte("\xEF\xBB\xBF")) {
		_, _ = buffered.Discard(3)
	} else if len(mark) >= 2 && (mark[0] == 0xFE && mark[1] == 0xFF || mark[0] == 0xFF && mark[1] == 0xFE) {
		return errors.New("the recording is UTF-16; save it as UTF-8")
	}
	d := json.NewDecoder(buffered)
	found := false
	if err := findEntries(d, &found, each); err != nil {
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("the recording ends in the middle, at byte %d", d.InputOffset())
		}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return fmt.Errorf("the recording is no HAR file: no JSON at byte %d", d.InputOffset())
		}
		return err
	}
	if !found {
		return errors.New("the recording is no HAR file: it has no log.entries")
	}
	return nil
}

// findEntries goes to log.entries and reads them; what stands around it is skipped.
func findEntries(d *json.Decoder, found *bool, each func(*harEntry) error) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return nil
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		switch name {
		case "log":
			err = findEntries(d, found, each)
		case "entries":
			*found = true
			err = readEntries(d, each)
		default:
			err = skip(d)
		}
		if err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// skip passes over one value without keeping it.
func skip(d *json.Decoder) error {
	depth := 0
	for {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

func readEntries(d *json.Decoder, each func(*harEntry) error) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('[') {
		return errors.New("the recording is no HAR file: log.entries is no list")
	}
	for n := 1; d.More(); n++ {
		var e harEntry
		if err := d.Decode(&e); err != nil {
			var wrong *json.UnmarshalTypeError
			if !errors.As(err, &wrong) {
				return err
			}
			if e.Request == nil {
				return fmt.Errorf("entry %d of the recording is none: %s is no %s", n, wrong.Field, wrong.Type)
			}
		}
		if err := each(&e); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// recorded is one exchange of a recording.
type recorded struct {
	number  int // from 1
	at      time.Time
	took    time.Duration
	method  string
	url     *url.URL
	header  http.Header
	body    []byte
	noBody  bool // the request has a body that was not kept
	status  int  // 0 where no reply came
	answer  http.Header
	reply   []byte
	noReply bool // the reply has a body that was not kept
}

// exchange makes something of an entry; false where it is no HTTP exchange.
func (e *harEntry) exchange(number int) (*recorded, bool) {
	if e.Request == nil || e.Request.URL == "" {
		return nil, false
	}
	u, err := url.Parse(e.Request.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "" {
		return nil, false
	}
	x := &recorded{number: number, url: u, method: strings.ToUpper(e.Request.Method), header: headerOf(e.Request.Headers), answer: http.Header{}}
	if x.method == "" {
		x.method = http.MethodGet
	}
	if u.RawQuery == "" && len(e.Request.QueryString) > 0 {
		u.RawQuery = formOf(e.Request.QueryString)
	}
	x.at, _ = time.Parse(time.RFC3339, e.StartedDateTime)
	x.took = time.Duration(max(e.Time, 0) * float64(time.Millisecond))
	x.readBody(e.Request)
	if e.Response != nil {
		x.readReply(e.Response)
	}
	x.forgetHidden()
	return x, true
}

func (x *recorded) readBody(r *harRequest) {
	post := r.PostData
	if post == nil {
		x.noBody = r.BodySize > 0
		return
	}
	if x.header.Get("Content-Type") == "" && post.MimeType != "" {
		x.header.Set("Content-Type", post.MimeType)
	}
	media := mediaBase(x.header.Get("Content-Type"))
	switch {
	case post.Text != "":
		x.body = decoded(post.Text, post.Encoding)
	case len(post.Params) > 0 && (media == "" || media == "application/x-www-form-urlencoded"):
		x.body = []byte(formOf(post.Params))
	default:
		x.noBody = len(post.Params) > 0 || r.BodySize > 0
	}
}

func (x *recorded) readReply(r *harResponse) {
	x.status = int(r.Status)
	x.answer = headerOf(r.Headers)
	if x.answer.Get("Content-Type") == "" && r.Content.MimeType != "" && r.Content.MimeType != "x-unknown" {
		x.answer.Set("Content-Type", r.Content.MimeType)
	}
	if r.Content.Text != nil {
		x.reply = decoded(*r.Content.Text, r.Content.Encoding)
		x.noReply = len(x.reply) == 0 && r.Content.Size > 0
		return
	}
	x.noReply = r.Content.Size > 0 || r.BodySize > 0
}

// decoded takes the encoding from a text of a recording.
func decoded(text, encoding string) []byte {
	if strings.EqualFold(encoding, "base64") {
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			return raw
		}
	}
	return []byte(text)
}

// headerOf reads the headers of a recording. Those of HTTP/2 that are none (:method) are left out, and those that speak of
// the bytes as they travelled: a recording has texts without compression and chunks.
func headerOf(list []harPair) http.Header {
	h := http.Header{}
	for _, p := range list {
		name := http.CanonicalHeaderKey(strings.TrimSpace(p.Name))
		switch {
		case name == "" || strings.HasPrefix(name, ":"):
		case name == "Content-Encoding" || name == "Content-Length" || name == "Transfer-Encoding" || strings.HasPrefix(name, "Understudy-"):
		default:
			h.Add(name, p.Value)
		}
	}
	return h
}

// formOf writes pairs as a form. Some tools keep them escaped, others not.
func formOf(list []harPair) string {
	var parts []string
	for _, p := range list {
		parts = append(parts, url.QueryEscape(plain(p.Name))+"="+url.QueryEscape(plain(p.Value)))
	}
	return strings.Join(parts, "&")
}

func plain(text string) string {
	if strings.Contains(text, "%") {
		if s, err := url.QueryUnescape(text); err == nil {
			return s
		}
	}
	return text
}

// request is the request as a server would get it, its path without what stands before the contract's.
func (x *recorded) request(path string) (*http.Request, error) {
	r, err := http.NewRequest(x.method, "http://recorded"+path, bytes.NewReader(x.body))
	if err != nil {
		return nil, errors.New("the method is none of HTTP")
	}
	r.URL.RawQuery = x.url.RawQuery
	r.Header = x.header.Clone()
	r.Header.Del("Prefer") // a wish for the simulator is none here
	r.Host = x.url.Host
	if len(x.body) == 0 {
		r.Body = http.NoBody
	}
	return r, nil
}
