package mask

import (
	"cmp"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"understudy/mock/internal/pseudonym"
	"understudy/mock/internal/schema"
	"understudy/scenarios"
	"understudy/specs"
)

// spot is one place of an exchange.
type spot struct {
	// where is the part of the exchange, such as "request body"; pointer the place within it (RFC 6901).
	where, pointer string
	// raw is the pointer with the names as they came, by which Config.Keep asks; pointer has what stands in their place.
	raw   string
	place schema.Place
	// within is the kind that what stands around the place is marked with, "" for none.
	within string
	// kept says that the value stays although nothing describes it.
	kept bool
	// called is the name of the parameter, where the place is the whole of one that nothing describes.
	called string
	// text says that the value is written without its JSON type, as parameters and elements of XML are.
	text bool
}

func (s spot) member(name string) spot {
	token := "/" + specs.EscapePointer(name)
	s.place, s.pointer, s.raw = s.place.Member(name), s.pointer+token, s.raw+token
	return s
}

func (s spot) String() string {
	if s.pointer == "" {
		return s.where
	}
	return s.where + " " + s.pointer
}

// datum is one value that is looked at.
type datum struct {
	spot
	// kind is that of a datum that has to go, "" for a free text in which there may be one.
	kind string
	text string
	// number says that the text is a JSON number.
	number bool
	// around says that not the place itself is marked but what stands around it.
	around bool
}

// value is the datum as the schema sees it.
func (d datum) value(text string) any {
	switch {
	case d.number:
		return json.Number(text)
	case d.spot.text:
		return d.place.Shape().FromText(text)
	}
	return text
}

// name is that of the member or parameter that has the value, or the list in which the value is.
func (d datum) name() string {
	for pointer := d.pointer; pointer != ""; {
		at := strings.LastIndexByte(pointer, '/')
		if last := pointer[at+1:]; strings.Trim(last, "0123456789") != "" {
			return specs.UnescapePointer(last)
		}
		pointer = pointer[:max(at, 0)]
	}
	return cmp.Or(d.called, d.where[strings.LastIndexByte(d.where, ' ')+1:])
}

// fits says whether a text may stand in the place of the datum.
func (d datum) fits(text string) bool {
	if d.number && !isNumber(text) {
		return false
	}
	return d.place.Keeps(d.value(d.text), d.value(text))
}

// visitor decides what becomes of what the walk comes to.
type visitor interface {
	// datum is one whose place is marked, or which nothing describes; the result takes its place.
	datum(d datum) string
	// free is a text or number in which data may stand.
	free(d datum) string
	// closed is one of a list of values that the contract has.
	closed(d datum) string
}

// walk goes through an exchange and puts what the visitor says in the place of what there is.
type walk struct {
	known *described
	visitor
	// keep are the pointers of bodies that stay; used tells those that there were.
	keep []*keeping
}

// personal are the formats that only persons' data have, and what they hold.
func personal(format string) string {
	switch strings.ToLower(format) {
	case "cn-id-card":
		return pseudonym.IDCard
	case "cn-mobile", "mobile", "phone", "phone-number", "telephone", "tel":
		return pseudonym.Mobile
	case "cn-name":
		return pseudonym.Name
	case "email", "idn-email":
		return pseudonym.Email
	case "password":
		return pseudonym.Secret
	}
	return ""
}

// harmless says whether a format leaves no room for a datum.
func harmless(format string) bool {
	switch format {
	case "date", "date-time", "time", "cn-date-time", "duration", "uuid", "ipv4", "ipv6", "quartz-cron":
		return true
	}
	return false
}

// leaf is a text or number in its place.
func (w *walk) leaf(s spot, text string, number bool) string {
	d := datum{spot: s, text: text, number: number}
	kind := s.place.Sensitive()
	if kind == "" && s.within != "" && !s.place.Closed() {
		kind, d.around = s.within, true
	}
	jsonType := "string"
	if number {
		jsonType = "number"
	}
	switch {
	case kind == "ciphertext":
		return w.opened(s, text)
	case kind != "":
	case s.kept:
		if out, ok := w.within(s, "", text); ok && !number {
			return out
		}
		return w.visitor.free(d)
	case !s.place.Described(), !s.text && !s.place.Takes(jsonType):
		kind = pseudonym.Text
	}
	if !number {
		if out, ok := w.within(s, kind, text); ok {
			return out
		}
	}
	if kind == "" {
		kind = personal(s.place.Format())
	}
	d.kind = kind
	switch {
	case kind != "":
		return w.visitor.datum(d)
	case (s.place.Closed() || harmless(s.place.Format())) && s.place.Valid(d.value(text)):
		return w.visitor.closed(d)
	}
	return w.visitor.free(d)
}

// within looks into a text that holds JSON.
func (w *walk) within(s spot, kind, text string) (string, bool) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' {
		return "", false
	}
	content, is := s.place.Content()
	inner := spot{where: s.where, pointer: s.pointer, raw: s.raw, called: s.called, place: content, kept: s.kept}
	switch {
	case kind == pseudonym.Text:
	case !is && s.place.Described():
		// The contract takes any text here, and it happens to be JSON.
		inner.kept, inner.within = kind == "", kind
		out, ok := w.json(inner, text)
		return out, ok && (out == text || s.place.Keeps(text, out))
	default:
		inner.within = kind
	}
	return w.json(inner, text)
}

// opened is what stands where a ciphertext travels.
func (w *walk) opened(s spot, text string) string {
	content, _ := s.place.Content()
	inner := spot{where: s.where, pointer: s.pointer, raw: s.raw, called: s.called, place: content, kept: s.kept}
	if trimmed := strings.TrimSpace(text); trimmed != "" && (trimmed[0] == '{' || trimmed[0] == '[') {
		if out, ok := w.json(inner, text); ok {
			return out
		}
	}
	return w.visitor.datum(datum{spot: inner, kind: pseudonym.Text, text: text})
}

// exchange goes through one exchange.
func (w *walk) exchange(x *scenarios.Exchange) {
	op := w.known.operation(x)
	unread := spot{kept: true}
	unread.where = "session"
	if x.Session != "" {
		x.Session = w.leaf(unread, x.Session, false)
	}
	for _, mediaType := range []*string{&x.Request.MediaType, &x.Response.MediaType} {
		*mediaType = w.leaf(spot{where: "media type", kept: true}, *mediaType, false)
	}
	w.path(op, &x.Request)
	w.parameters(op, "request", x.Request.Parameters)
	b := body{view: schema.Request}
	if op != nil && op.Body != nil {
		b = w.known.body(op.Body.Content, x.Request.MediaType, schema.Request)
	}
	x.Request.Body = w.body(op, "request body", b, x.Request.MediaType, x.Request.Body)
	if isCiphertext(x.Request.Body, sealsRequest(op)) {
		x.Request.Body = []byte(filler(string(x.Request.Body)))
	}
	b = body{view: schema.Response}
	var known *specs.Response
	if op != nil && x.Response.Status != 0 { // what breaks the contract in one place is described by it in all others
		if known = reply(op, x.Response.Status); known != nil {
			b = w.known.body(known.Content, x.Response.MediaType, schema.Response)
		}
		for i := 0; known == nil && b.media == nil && i < len(op.Responses); i++ { // one envelope under any status
			b = w.known.body(op.Responses[i].Content, x.Response.MediaType, schema.Response)
		}
	}
	w.headers(known, x.Response.Header)
	x.Response.Body = w.body(op, "response body", b, x.Response.MediaType, x.Response.Body)
	if isCiphertext(x.Response.Body, sealsResponse(op)) {
		x.Response.Body = []byte(filler(string(x.Response.Body)))
	}
}

func isNumber(text string) bool {
	return json.Valid([]byte(text)) && utf8.ValidString(text) && (text[0] == '-' || text[0] >= '0' && text[0] <= '9')
}
