package scenarios

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// keyOwn is the member of a log and of an entry that is ours; HAR lets tools have members whose names begin with _.
	keyOwn = "_understudy"
	// ownForm is the form of what stands there. Another one is not read: half of it understood is worse than none.
	ownForm = 1
	// timeForm is that of startedDateTime, in UTC.
	timeForm = "2006-01-02T15:04:05.000Z"
)

// ownLog is what a recording says about itself in its log.
type ownLog struct {
	Form         int                    `json:"form"`
	Vendor       string                 `json:"vendor"`
	Title        string                 `json:"title,omitempty"`
	Version      string                 `json:"version,omitempty"` // the contract's
	Made         string                 `json:"made,omitempty"`
	Upstream     string                 `json:"upstream,omitempty"`
	Masked       bool                   `json:"masked"`
	Readings     map[string]string      `json:"readings,omitempty"`
	Fingerprints map[string]Fingerprint `json:"fingerprints,omitempty"`
}

// ownEntry is what HAR has no place for. What could stand in the standard fields stands here only where they cannot say it.
type ownEntry struct {
	// Number is that of the exchange where it is not its place in the list.
	Number    *int        `json:"number,omitempty"`
	Operation string      `json:"operation,omitempty"`
	Callback  string      `json:"callback,omitempty"`
	Session   string      `json:"session,omitempty"`
	Clock     string      `json:"clock,omitempty"`
	Request   ownRequest  `json:"request"`
	Response  ownResponse `json:"response"`
}

type ownRequest struct {
	Path       *string    `json:"path,omitempty"`
	Parameters *[]ownPair `json:"parameters,omitempty"`
	Wire       *Wire      `json:"wire,omitempty"`
}

type ownResponse struct {
	Outcome   string     `json:"outcome,omitempty"`
	Error     string     `json:"error,omitempty"`
	Broken    string     `json:"broken,omitempty"`
	MediaType *string    `json:"mediaType,omitempty"`
	Header    *[]ownPair `json:"header,omitempty"`
	Wire      *Wire      `json:"wire,omitempty"`
}

// ownPair is a parameter; one that is not UTF-8 stands in base64, name and value.
type ownPair struct {
	Parameter
	Encoding string `json:"encoding,omitempty"`
}

type harCreator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

func headOf(r *Recording) ownLog {
	own := ownLog{
		Form: ownForm, Vendor: r.Vendor, Title: r.Title, Version: r.ContractVersion, Upstream: r.Upstream, Masked: r.Masked,
		Readings: r.Readings, Fingerprints: r.Fingerprints,
	}
	if !r.Made.IsZero() {
		own.Made = r.Made.UTC().Format(timeForm)
	}
	return own
}

// parseHead reads what stands in the log; the tool stands elsewhere.
func parseHead(raw []byte) (*Recording, error) {
	var form struct{ Form json.Number }
	if err := json.Unmarshal(raw, &form); err != nil {
		return nil, errors.New("it is not what understudy writes there")
	}
	if form.Form.String() != fmt.Sprint(ownForm) {
		return nil, fmt.Errorf("its form is %q, and this program reads form %d: use the understudy that made the recording, or a newer one", form.Form, ownForm)
	}
	var own ownLog
	if err := strictly(raw, &own); err != nil {
		return nil, err
	}
	r := &Recording{
		Vendor: own.Vendor, Title: own.Title, ContractVersion: own.Version, Upstream: own.Upstream, Masked: own.Masked,
		Readings: own.Readings, Fingerprints: own.Fingerprints,
	}
	var err error
	if own.Made != "" {
		r.Made, err = instant("made", own.Made)
	}
	return r, err
}

// strictly decodes and refuses members that this program does not know.
func strictly(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s has the wrong type: it is a JSON %s", wrong.Field, strings.Fields(wrong.Value)[0])
	}
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

func instant(name, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("%s is no time such as 2026-03-01T08:00:00.000Z", name)
	}
	return t.UTC(), nil
}

// duration reads milliseconds, to the microsecond.
func duration(ms float64) time.Duration {
	return time.Duration(math.Round(min(max(ms, 0), 1e12)*1000)) * time.Microsecond
}

// entryOf writes an exchange as an entry at a place in the list, counted from 1.
func entryOf(x *Exchange, base string, place int) (*Entry, error) {
	ms := float64(max(x.Took, 0).Microseconds()) / 1000
	own := ownEntry{Operation: x.Operation, Callback: x.Callback, Session: x.Session}
	if x.Number != place {
		own.Number = &x.Number
	}
	if !x.Clock.IsZero() {
		own.Clock = x.Clock.UTC().Format(timeForm)
	}
	if x.Callback != "" {
		base = clientBase
	}
	e := &Entry{
		Started: x.At.UTC().Format(timeForm), Time: ms, Timings: EntryTimings{Wait: ms},
		Request: own.Request.write(&x.Request, base), Response: own.Response.write(&x.Response),
	}
	var err error
	e.Understudy, err = compact(own)
	return e, err
}

func (own *ownRequest) write(r *Request, base string) *EntryRequest {
	e := &EntryRequest{Method: r.Method, URL: base + r.Path, HTTPVersion: "HTTP/1.1", HeadersSize: -1, BodySize: Whole(len(r.Body))}
	var query []string
	for _, p := range r.Parameters {
		pair := EntryPair{Name: p.Name, Value: p.Value}
		switch p.In {
		case "query":
			query = append(query, queryEscaped(p))
			e.Query = append(e.Query, pair)
		case "header":
			e.Headers = append(e.Headers, pair)
		case "cookie":
			e.Cookies = append(e.Cookies, pair)
		}
	}
	if query != nil {
		e.URL += "?" + strings.Join(query, "&")
	}
	if r.MediaType != "" || len(r.Body) > 0 {
		e.Post = &EntryPost{MediaType: r.MediaType}
		e.Post.Text, e.Post.Encoding = encoded(r.Body)
		if e.Post.Encoding == "" && strings.EqualFold(r.MediaType, mediaForm) {
			e.Post.Params = QueryOf(e.Post.Text)
		}
	}
	if path, _ := pathOf(e.URL); path != r.Path {
		own.Path = &r.Path
	}
	if !slices.Equal(parametersOf(e), r.Parameters) || slices.ContainsFunc(r.Parameters, func(p Parameter) bool { return p.In != "query" && !p.readable() }) {
		own.Parameters = ownPairs(r.Parameters)
	}
	own.Wire = wireOf(&r.Wire)
	return e
}

func (own *ownResponse) write(r *Response) *EntryResponse {
	own.Outcome, own.Error, own.Broken, own.Wire = r.Outcome, r.Error, r.Broken, wireOf(&r.Wire)
	e := &EntryResponse{Status: Whole(r.Status), StatusText: http.StatusText(r.Status), HTTPVersion: "HTTP/1.1", HeadersSize: -1, BodySize: Whole(len(r.Body))}
	if r.Status == 0 {
		e.HTTPVersion, e.BodySize = "", -1
	}
	bare := true
	for _, p := range r.Header {
		bare = bare && p.In == "" && p.readable()
		e.Headers = append(e.Headers, EntryPair{Name: p.Name, Value: p.Value})
		if strings.EqualFold(p.Name, "Location") {
			e.Redirect = p.Value
		}
	}
	if !bare {
		own.Header = ownPairs(r.Header)
	}
	e.Content = EntryContent{Size: Whole(len(r.Body)), MediaType: r.MediaType}
	switch r.MediaType {
	case "":
		e.Content.MediaType = mediaUnknown
	case mediaUnknown:
		own.MediaType = &r.MediaType
	}
	if len(r.Body) > 0 {
		var text string
		text, e.Content.Encoding = encoded(r.Body)
		e.Content.Text = &text
	}
	return e
}

// encoded is a body as JSON can hold it.
func encoded(body []byte) (text, encoding string) {
	if utf8.Valid(body) {
		return string(body), ""
	}
	return base64.StdEncoding.EncodeToString(body), inBase64
}

// wireOf is nil for a wire of which nothing is to be said.
func wireOf(w *Wire) *Wire {
	if reflect.ValueOf(*w).IsZero() {
		return nil
	}
	return w
}

func (p Parameter) readable() bool { return utf8.ValidString(p.Name) && utf8.ValidString(p.Value) }

func ownPairs(list []Parameter) *[]ownPair {
	all := make([]ownPair, len(list))
	for i, p := range list {
		all[i] = ownPair{Parameter: p}
		if !p.readable() {
			all[i].Encoding = inBase64
			all[i].Name, all[i].Value = base64.StdEncoding.EncodeToString([]byte(p.Name)), base64.StdEncoding.EncodeToString([]byte(p.Value))
		}
	}
	return &all
}
