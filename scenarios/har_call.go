package scenarios

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Call is the HTTP exchange that an entry tells of, the same for whichever tool wrote it.
type Call struct {
	// Number is the entry's; At is zero and Took 0 where the entry does not tell.
	Number int
	At     time.Time
	Took   time.Duration
	// Method is in upper case; URL may lack a host.
	Method string
	URL    *url.URL
	// Header and ReplyHeader lack those that are none (:method), those that speak of the bytes as they travelled
	// (Content-Encoding, Content-Length, Transfer-Encoding), for a recording has texts without compression and chunks, and
	// those that a simulator of ours adds (Understudy-...).
	Header http.Header
	Body   []byte
	// Unkept says that there was a body that the recording does not have.
	Unkept bool
	// Status is 0 where no reply came.
	Status      int
	ReplyHeader http.Header
	Reply       []byte
	ReplyUnkept bool
}

// Call makes an HTTP exchange of an entry; false where it is none (a WebSocket, an address that is none, no request at all).
func (e *Entry) Call() (*Call, bool) {
	if e.Request == nil || e.Request.URL == "" {
		return nil, false
	}
	u, err := url.Parse(e.Request.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "" {
		return nil, false
	}
	c := &Call{Number: e.Number, URL: u, Method: strings.ToUpper(e.Request.Method), Header: headerOf(e.Request.Headers), ReplyHeader: http.Header{}}
	if c.Method == "" {
		c.Method = http.MethodGet
	}
	if u.RawQuery == "" && len(e.Request.Query) > 0 {
		u.RawQuery = FormOf(e.Request.Query)
	}
	c.At, _ = time.Parse(time.RFC3339, e.Started)
	c.Took = duration(e.Time)
	c.readBody(e.Request)
	if e.Response != nil {
		c.readReply(e.Response)
	}
	return c, true
}

func (c *Call) readBody(r *EntryRequest) {
	post := r.Post
	if post == nil {
		c.Unkept = r.BodySize > 0
		return
	}
	if c.Header.Get("Content-Type") == "" && post.MediaType != "" {
		c.Header.Set("Content-Type", post.MediaType)
	}
	media, _, _ := strings.Cut(c.Header.Get("Content-Type"), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	switch {
	case post.Text != "":
		c.Body = Decoded(post.Text, post.Encoding)
	case len(post.Params) > 0 && (media == "" || media == mediaForm):
		c.Body = []byte(FormOf(post.Params))
	default:
		c.Unkept = len(post.Params) > 0 || r.BodySize > 0
	}
}

func (c *Call) readReply(r *EntryResponse) {
	c.Status = int(r.Status)
	c.ReplyHeader = headerOf(r.Headers)
	if c.ReplyHeader.Get("Content-Type") == "" && r.Content.MediaType != "" && r.Content.MediaType != mediaUnknown {
		c.ReplyHeader.Set("Content-Type", r.Content.MediaType)
	}
	if r.Content.Text != nil {
		c.Reply = Decoded(*r.Content.Text, r.Content.Encoding)
		c.ReplyUnkept = len(c.Reply) == 0 && r.Content.Size > 0
		return
	}
	c.ReplyUnkept = r.Content.Size > 0 || r.BodySize > 0
}

const (
	mediaForm = "application/x-www-form-urlencoded"
	// mediaUnknown is what HAR says where a response has no media type.
	mediaUnknown = "x-unknown"
	inBase64     = "base64"
)

// Decoded takes the encoding of HAR from a text; one that is not in it stands as it is.
func Decoded(text, encoding string) []byte {
	if strings.EqualFold(encoding, inBase64) {
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			return raw
		}
	}
	return []byte(text)
}

func headerOf(list []EntryPair) http.Header {
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

// FormOf writes the pairs of an entry as a form or query. Some tools keep them escaped, others not.
func FormOf(list []EntryPair) string {
	var parts []string
	for _, p := range list {
		parts = append(parts, url.QueryEscape(unescaped(p.Name))+"="+url.QueryEscape(unescaped(p.Value)))
	}
	return strings.Join(parts, "&")
}

// QueryOf lists the pairs of a query or form in order; what does not unescape stands as it came.
func QueryOf(raw string) []EntryPair {
	all := []EntryPair{}
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		all = append(all, EntryPair{Name: unescapedQuery(name), Value: unescapedQuery(value)})
	}
	return all
}

// unescaped leaves a text without escapes alone, plus signs in it too.
func unescaped(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	return unescapedQuery(text)
}

func unescapedQuery(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
