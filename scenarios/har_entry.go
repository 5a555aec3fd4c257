package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Log is what stands around the entries of a HAR file.
type Log struct {
	// Creator and CreatorVersion name the tool that wrote the file.
	Creator, CreatorVersion string
	// Recording is what one of our recordings says about itself, without its exchanges; nil for another tool's file.
	Recording *Recording
}

// Entry is one entry of a HAR 1.2 file as any tool writes it. Tools leave out much of what the format requires, so any part
// may be absent when it is read; as JSON it has everything that HAR 1.2 requires.
type Entry struct {
	// Number counts from 1 within the file; Offset is the byte at which the entry begins.
	Number int   `json:"-"`
	Offset int64 `json:"-"`
	// Understudy is the entry's _understudy as it stands in the file, nil for none.
	Understudy json.RawMessage `json:"_understudy,omitempty"`
	// Started is the text of startedDateTime; Time lasts in milliseconds, negative where the tool does not know.
	Started string  `json:"startedDateTime"`
	Time    float64 `json:"time"`
	// Request and Response are nil where the entry has none.
	Request  *EntryRequest  `json:"request"`
	Response *EntryResponse `json:"response"`
	Cache    struct{}       `json:"cache"`
	Timings  EntryTimings   `json:"timings"`
	Comment  string         `json:"comment,omitempty"`
	// Own has the other members whose names begin with _, which are the tool's own (_resourceType, _webSocketMessages). They
	// are read and not written.
	Own map[string]json.RawMessage `json:"-"`
}

// EntryRequest is the request of an entry.
type EntryRequest struct {
	Method      string      `json:"method"`
	URL         string      `json:"url"`
	HTTPVersion string      `json:"httpVersion"`
	Cookies     []EntryPair `json:"cookies"`
	Headers     []EntryPair `json:"headers"`
	Query       []EntryPair `json:"queryString"`
	// Post is nil where the entry tells of no body.
	Post        *EntryPost `json:"postData,omitempty"`
	HeadersSize Whole      `json:"headersSize"`
	BodySize    Whole      `json:"bodySize"`
}

// EntryPost is the body of a request. Params are the fields of a form, which some tools give in place of Text. HAR knows an
// encoding for replies only; Encoding is base64 for a body that is not UTF-8, as the member _encoding or, as some tools
// write it, encoding.
type EntryPost struct {
	MediaType string      `json:"mimeType"`
	Params    []EntryPair `json:"params,omitempty"`
	Text      string      `json:"text"`
	Encoding  string      `json:"_encoding,omitempty"`
	Comment   string      `json:"comment,omitempty"`
}

// EntryResponse is the response of an entry; a status of 0 means that none came.
type EntryResponse struct {
	Status      Whole        `json:"status"`
	StatusText  string       `json:"statusText"`
	HTTPVersion string       `json:"httpVersion"`
	Cookies     []EntryPair  `json:"cookies"`
	Headers     []EntryPair  `json:"headers"`
	Content     EntryContent `json:"content"`
	Redirect    string       `json:"redirectURL"`
	HeadersSize Whole        `json:"headersSize"`
	BodySize    Whole        `json:"bodySize"`
}

// EntryContent is the body of a response. Text is nil where the tool did not keep it. Encoding is base64 or "".
type EntryContent struct {
	Size      Whole   `json:"size"`
	MediaType string  `json:"mimeType"`
	Text      *string `json:"text,omitempty"`
	Encoding  string  `json:"encoding,omitempty"`
}

// EntryPair is a header, a parameter, a cookie or a field of a form.
type EntryPair struct {
	Name        string `json:"name"`
	Value       string `json:"value"`
	FileName    string `json:"fileName,omitempty"`
	ContentType string `json:"contentType,omitempty"`
}

// EntryTimings are the parts of the time of an entry, in milliseconds.
type EntryTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// Whole is a whole number, which some tools write with a fraction or as a text; anything else reads as 0.
type Whole int

// UnmarshalJSON reads whatever stands there and never fails.
func (n *Whole) UnmarshalJSON(text []byte) error {
	var f float64
	*n = 0
	if json.Unmarshal(bytes.Trim(text, `"`), &f) == nil && math.Abs(f) < 1<<31 {
		*n = Whole(f)
	}
	return nil
}

// UnmarshalJSON takes either name of the encoding.
func (p *EntryPost) UnmarshalJSON(text []byte) error {
	type plainly EntryPost
	both := struct {
		*plainly
		Standard string `json:"encoding"`
	}{plainly: (*plainly)(p)}
	err := json.Unmarshal(text, &both)
	if p.Encoding == "" {
		p.Encoding = both.Standard
	}
	return err
}

// MarshalJSON writes everything that HAR 1.2 requires.
func (e *Entry) MarshalJSON() ([]byte, error) {
	type plainly Entry
	full := plainly(*e)
	var request EntryRequest
	if e.Request != nil {
		request = *e.Request
	}
	var response EntryResponse
	if e.Response != nil {
		response = *e.Response
	}
	for _, list := range []*[]EntryPair{&request.Cookies, &request.Headers, &request.Query, &response.Cookies, &response.Headers} {
		if *list == nil {
			*list = []EntryPair{}
		}
	}
	full.Request, full.Response = &request, &response
	return compact(full)
}

// compact is JSON on one line, without the escapes that only HTML needs.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// ParseEntry reads one entry that stands alone, a whole JSON object; without Number and Offset. What has another type than
// HAR says is passed over, and the error says that it is no object.
func ParseEntry(raw []byte) (*Entry, error) {
	if len(raw) == 0 || raw[0] != '{' {
		return nil, errors.New("it is no object")
	}
	e := &Entry{}
	d := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() == '"' {
		token, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		name := token.String()
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		into := e.field(name)
		if into != nil {
			if err := lenient(value, into); err != nil {
				return nil, err
			}
		}
		switch {
		case into != nil || !strings.HasPrefix(name, "_"):
		case name == keyOwn:
			e.Understudy = bytes.Clone(value)
		default:
			if e.Own == nil {
				e.Own = map[string]json.RawMessage{}
			}
			e.Own[name] = bytes.Clone(value)
		}
	}
	if _, err := d.ReadToken(); err != nil && err != io.EOF {
		return nil, err
	}
	return e, nil
}

// field is where a member of HAR belongs, nil for another one.
func (e *Entry) field(name string) any {
	switch {
	case strings.EqualFold(name, "request"):
		return &e.Request
	case strings.EqualFold(name, "response"):
		return &e.Response
	case strings.EqualFold(name, "startedDateTime"):
		return &e.Started
	case strings.EqualFold(name, "time"):
		return &e.Time
	case strings.EqualFold(name, "comment"):
		return &e.Comment
	case strings.EqualFold(name, "timings"):
		return &e.Timings
	}
	return nil
}

// lenient reads what can be read.
func lenient(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	var wrong *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &wrong) {
		return fmt.Errorf("it cannot be read: %w", err)
	}
	return nil
}
