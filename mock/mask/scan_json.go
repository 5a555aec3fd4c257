package mask

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock/internal/detect"
	"understudy/mock/internal/pseudonym"
	"understudy/scenarios"
	"understudy/specs"
)

// json scans every text, name and number of a JSON text; it is false where the text is none.
func (s *scan) json(at, text string) bool {
	d := jsontext.NewDecoder(bytes.NewBufferString(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	before := len(s.leaks)
	for {
		if d.PeekKind() == 0 && len(strings.TrimSpace(text[d.InputOffset():])) == 0 {
			return true
		}
		if err := s.value(d, at, "", at == ""); err != nil {
			s.leaks = s.leaks[:before]
			return false
		}
	}
}

// value scans the next value. top says that it may be the file itself, whose entries are told apart.
func (s *scan) value(d *jsontext.Decoder, at, name string, top bool) error {
	switch d.PeekKind() {
	case '{':
		return s.object(d, at, top)
	case '[':
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		for i := 0; d.PeekKind() != ']'; i++ {
			if top && at == "/log/entries" {
				s.entry = i + 1
				err := s.value(d, "", "", false)
				s.entry = 0
				if err != nil {
					return err
				}
				continue
			}
			if err := s.value(d, at+"/"+strconv.Itoa(i), name, false); err != nil {
				return err
			}
		}
		_, err := d.ReadToken()
		return err
	}
	raw, err := d.ReadValue()
	if err != nil {
		return err
	}
	switch raw.Kind() {
	case '"':
		text, _ := jsontext.AppendUnquote(nil, raw)
		s.string(at, name, string(text))
	case '0':
		s.number(at, string(raw))
	}
	return nil
}

// object scans an object; of a header, a parameter or a cookie in a HAR file the name stands beside the value.
func (s *scan) object(d *jsontext.Decoder, at string, top bool) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	called := ""
	for d.PeekKind() != '}' {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		unquoted, _ := jsontext.AppendUnquote(nil, raw)
		name := string(unquoted)
		s.text(at+" (the name of a member)", "", name)
		if name == "name" && d.PeekKind() == '"' {
			raw, err := d.ReadValue()
			if err != nil {
				return err
			}
			text, _ := jsontext.AppendUnquote(nil, raw)
			called = string(text)
			s.string(at+"/name", "", called)
			continue
		}
		own := name
		if name == "value" && called != "" {
			own = called
		}
		if err := s.value(d, at+"/"+specs.EscapePointer(name), own, top); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// string scans a text, and the JSON that it holds.
func (s *scan) string(at, name, text string) {
	if s.entry == 0 || at != "/request/url" || !s.url(at, text) {
		s.held(at, name, text)
	}
}

// held scans a text that may hold JSON.
func (s *scan) held(at, name, text string) {
	if trimmed := strings.TrimSpace(text); len(trimmed) > 1 && (trimmed[0] == '{' || trimmed[0] == '[') && strings.Count(at, " ") < mostWithin && s.json(at+" ", text) {
		return
	}
	s.text(at, name, text)
}

// url scans the parts of a URL by themselves, as the masker does; false where the text is none.
func (s *scan) url(at, text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	for segment := range strings.SplitSeq(u.EscapedPath(), "/") {
		s.text(at, "", unescapedSegment(segment))
	}
	for _, pair := range scenarios.QueryOf(u.RawQuery) {
		s.text(at, "", pair.Name)
		s.held(at, pair.Name, pair.Value)
	}
	s.text(at, "", u.User.String())
	s.text(at, "", u.Host)
	s.text(at, "", u.Fragment)
	return true
}

func unescapedSegment(segment string) string {
	if plain, err := url.PathUnescape(segment); err == nil {
		return plain
	}
	return segment
}

// mostWithin bounds how deep JSON may stand in texts of JSON: each is copied out of the one around it.
const mostWithin = 4

func (s *scan) number(at, text string) {
	kind := ""
	switch {
	case detect.IsIDCard(text):
		kind = detect.IDCard
	case detect.IsMobile(text):
		kind = detect.Mobile
	}
	if kind != "" && !pseudonym.Found(kind, text) {
		s.leak(at, kind, messages()[kind])
	}
}

// foreign is an entry of another tool at contract level, as far as the contract's paths tell its operation.
func foreign(known *described, e *scenarios.Entry) *scenarios.Exchange {
	if known.contract == nil || e.Request == nil {
		return nil
	}
	at, err := url.Parse(e.Request.URL)
	if err != nil {
		return nil
	}
	op, path := operationAt(known.contract, e.Request.Method, at)
	if op == nil {
		return nil
	}
	x := &scenarios.Exchange{Number: e.Number, Operation: op.ID, Request: scenarios.Request{Method: e.Request.Method, Path: path}}
	for _, pair := range scenarios.QueryOf(at.RawQuery) {
		x.Request.Parameters = append(x.Request.Parameters, scenarios.Parameter{In: "query", Name: pair.Name, Value: pair.Value})
	}
	if post := e.Request.Post; post != nil {
		x.Request.MediaType, x.Request.Body = post.MediaType, scenarios.Decoded(post.Text, post.Encoding)
		if post.Text == "" && len(post.Params) > 0 {
			x.Request.Body = []byte(scenarios.FormOf(post.Params))
		}
	}
	if r := e.Response; r != nil {
		x.Response.Status, x.Response.MediaType, x.Response.Outcome = int(r.Status), r.Content.MediaType, scenarios.OutcomeOK
		if r.Content.Text != nil {
			x.Response.Body = scenarios.Decoded(*r.Content.Text, r.Content.Encoding)
		}
	}
	return x
}

// operationAt finds the operation of a call: by the end of its path, whatever stands before it.
func operationAt(c *specs.Contract, method string, at *url.URL) (*specs.Operation, string) {
	segments := strings.Split(at.EscapedPath(), "/")
	var best *specs.Operation
	path, fixed := "", -1
	for _, op := range c.Operations {
		if op.Wire.Route != nil {
			if strings.HasSuffix(at.Path, op.Wire.Route.Path) && at.Query().Get(op.Wire.Route.Parameter) == op.Path[strings.LastIndexByte(op.Path, '/')+1:] {
				return op, op.Wire.Route.Path
			}
			continue
		}
		template := strings.Split(strings.TrimPrefix(op.Path, "/"), "/")
		if !strings.EqualFold(op.Method, method) || len(template) > len(segments)-1 {
			continue
		}
		last := segments[len(segments)-len(template):]
		n := 0
		for i, want := range template {
			got, err := url.PathUnescape(last[i])
			switch {
			case strings.Contains(want, "{") && got != "":
			case err == nil && got == want:
				n++
			default:
				n = -1 << 10
			}
		}
		if n > fixed {
			best, fixed, path = op, n, "/"+strings.Join(last, "/")
		}
	}
	return best, path
}
