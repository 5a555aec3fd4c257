package mask

import (
	"encoding/json"
	"net/url"
	"slices"
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
	place          schema.Place
	// within is the kind that what stands around the place is marked with, "" for none.
	within string
	// kept says that the value stays although nothing describes it.
	kept bool
	// text says that the value is written without its JSON type, as parameters and elements of XML are.
	text bool
}

func (s spot) member(name string) spot {
	s.place, s.pointer = s.place.Member(name), s.pointer+"/"+specs.EscapePointer(name)
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

// name is that of the member or parameter that has the value, "" for an element of a list.
func (d datum) name() string {
	name := d.where[strings.LastIndexByte(d.where, ' ')+1:]
	if d.pointer != "" {
		name = specs.UnescapePointer(d.pointer[strings.LastIndexByte(d.pointer, '/')+1:])
	}
	return name
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
	case s.place.Closed():
		return w.visitor.closed(d)
	case harmless(s.place.Format()) && s.place.Valid(d.value(text)):
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
	if !is && s.place.Described() && kind != pseudonym.Text {
		return "", false
	}
	inner := spot{where: s.where, pointer: s.pointer, place: content, kept: s.kept}
	if kind != pseudonym.Text {
		inner.within = kind
	}
	return w.json(inner, text)
}

// opened is what stands where a ciphertext travels.
func (w *walk) opened(s spot, text string) string {
	content, _ := s.place.Content()
	inner := spot{where: s.where, pointer: s.pointer, place: content, kept: s.kept}
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
		x.Session = w.visitor.free(datum{spot: unread, text: x.Session})
	}
	w.path(op, &x.Request)
	w.parameters(op, "request", x.Request.Parameters)
	b := body{view: schema.Request}
	if op != nil && op.Body != nil {
		b = w.known.body(op.Body.Content, x.Request.MediaType, schema.Request)
	}
	x.Request.Body = w.body(op, "request body", b, x.Request.MediaType, x.Request.Body)
	b = body{view: schema.Response}
	var known *specs.Response
	if op != nil && x.Response.Outcome != scenarios.OutcomeUnexplained && x.Response.Status != 0 {
		if known = reply(op, x.Response.Status); known != nil {
			b = w.known.body(known.Content, x.Response.MediaType, schema.Response)
		}
	}
	w.headers(known, x.Response.Header)
	x.Response.Body = w.body(op, "response body", b, x.Response.MediaType, x.Response.Body)
}

// headers are those of a response.
func (w *walk) headers(r *specs.Response, list []scenarios.Parameter) {
	for i := range list {
		h := &list[i]
		s := spot{where: "response header " + h.Name, text: true}
		switch strings.ToLower(h.Name) {
		case "content-type", "retry-after", "location":
			s.kept = true
		}
		if r != nil {
			for _, one := range r.Headers {
				if strings.EqualFold(one.Name, h.Name) {
					s.place = w.known.place(one.Schema, schema.Response)
					s.kept = s.kept || !s.place.Described()
				}
			}
		}
		h.Value = w.value(s, h.Value, "")
	}
}

func (w *walk) parameters(op *specs.Operation, side string, list []scenarios.Parameter) {
	for i := range list {
		p := &list[i]
		s := w.parameterSpot(op, p.In, p.Name)
		s.where = side + " " + strings.TrimSpace(p.In+" parameter ") + " "
		if s.place.Described() || s.kept || s.within != "" {
			s.where += p.Name
		} else {
			name := spot{where: strings.TrimSpace(s.where) + "'s name", kept: true}
			p.Name = w.visitor.free(datum{spot: name, text: p.Name})
			s.where = name.where[:len(name.where)-len("'s name")]
		}
		p.Value = w.value(s, p.Value, mediaTypeOf(op, p.In, p.Name))
	}
}

// parameterSpot is what the contract says of a parameter; one of a form may be a member of the body.
func (w *walk) parameterSpot(op *specs.Operation, in, name string) spot {
	s := spot{text: true, kept: wired(op, name)}
	if credential(op, in, name) {
		s.within = pseudonym.Token
		return s
	}
	if p := parameter(op, in, name); p != nil {
		s.place, s.within = w.known.place(p.Schema, schema.Request), p.Sensitive
		s.kept = s.kept || !s.place.Described()
		return s
	}
	base, inner, deep := strings.Cut(name, "[")
	if p := parameter(op, in, base); deep && p != nil {
		s.place, s.within = w.known.place(p.Schema, schema.Request), p.Sensitive
		for _, token := range strings.Split(strings.TrimSuffix(inner, "]"), "][") {
			if s.place.Takes("array") && !s.place.Takes("object") {
				s.place = s.place.Item(0)
			} else {
				s.place = s.place.Member(token)
			}
		}
		return s
	}
	if op != nil && op.Body != nil && (in == "form" || in == "query") {
		for _, m := range op.Body.Content {
			if strings.HasPrefix(m.Type, formType) {
				s.place = w.known.place(m.Schema, schema.Request).Member(name)
				return s
			}
		}
	}
	return s
}

const formType = "application/x-www-form-urlencoded"

// mediaTypeOf is the media type of what a parameter's text holds, "" for none.
func mediaTypeOf(op *specs.Operation, in, name string) string {
	if p := parameter(op, in, name); p != nil {
		return p.MediaType
	}
	if op != nil && op.Body != nil {
		for _, m := range op.Body.Content {
			if e, ok := m.Encoding[name]; ok {
				return e.ContentType
			}
		}
	}
	return ""
}

// value is a text outside of JSON: of a parameter, a header, a field of a form.
func (w *walk) value(s spot, text, mediaType string) string {
	if text == "" {
		return text
	}
	holdsJSON := strings.HasPrefix(mediaType, "application/json")
	if c := strings.TrimSpace(text); c != "" && (c[0] == '{' || c[0] == '[') && (holdsJSON || s.place.Described() && !s.place.Takes("string")) {
		inner := s
		inner.text = false
		if out, ok := w.json(inner, text); ok {
			return out
		}
	}
	if s.place.Described() && s.place.Takes("array") && !s.place.Takes("string") {
		items := strings.Split(text, ",")
		for i := range items {
			item := s
			item.place = s.place.Item(i)
			items[i] = w.leaf(item, items[i], false)
		}
		return strings.Join(items, ",")
	}
	return w.leaf(s, text, false)
}

// path goes through the values in a path.
func (w *walk) path(op *specs.Operation, r *scenarios.Request) {
	segments := strings.Split(r.Path, "/")
	var template []string
	if op != nil && op.Wire.Route == nil && op.Path != "" {
		template = strings.Split(op.Path, "/")
	}
	// The path of a server may stand before the operation's.
	if ahead := len(segments) - len(template); template != nil && ahead > 0 {
		template = slices.Concat(segments[:ahead+1], template[1:])
	}
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = segment
		}
		out := plain
		if i < len(template) && len(template) == len(segments) && strings.Contains(template[i], "{") {
			out = w.templated(op, template[i], plain)
		} else if i >= len(template) || template[i] != plain {
			s := spot{where: "request path", kept: template != nil || op != nil && op.Wire.Route != nil || isWord(plain)}
			out = w.leaf(s, plain, false)
		}
		if out != plain {
			segments[i] = url.PathEscape(out)
		}
	}
	r.Path = strings.Join(segments, "/")
}

// templated is one segment of a path with parameters in it.
func (w *walk) templated(op *specs.Operation, template, segment string) string {
	before, rest, _ := strings.Cut(template, "{")
	name, after, ok := strings.Cut(rest, "}")
	if !ok || strings.Contains(after, "{") || !strings.HasPrefix(segment, before) || !strings.HasSuffix(segment, after) || len(before)+len(after) > len(segment) {
		return w.leaf(spot{where: "request path"}, segment, false)
	}
	s := w.parameterSpot(op, "path", name)
	s.where = "request path parameter " + name
	value := segment[len(before) : len(segment)-len(after)]
	if value == "" {
		return segment
	}
	return before + w.value(s, value, "") + after
}

// isWord says whether a segment of a path that the contract does not know is one that a programmer writes.
func isWord(segment string) bool {
	digits := 0
	for i := range len(segment) {
		switch c := segment[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("._-~", c) >= 0:
		default:
			return false
		}
	}
	return digits <= 2 && len(segment) <= 40
}

// keeping is a pointer of a body that stays.
type keeping struct {
	text   string
	tokens []string
	used   bool
}

func (k *keeping) matches(tokens []string) bool {
	return len(tokens) >= len(k.tokens) && slices.EqualFunc(k.tokens, tokens[:len(k.tokens)], func(want, got string) bool {
		return want == "*" || want == got
	})
}

// keeps says whether what stands at a pointer of a body stays, with all that is in it.
func (w *walk) keeps(pointer string) bool {
	if len(w.keep) == 0 {
		return false
	}
	tokens := tokensOf(pointer)
	found := false
	for _, k := range w.keep {
		if k.matches(tokens) {
			k.used, found = true, true
		}
	}
	return found
}

func tokensOf(pointer string) []string {
	if pointer == "" {
		return nil
	}
	tokens := strings.Split(pointer[1:], "/")
	for i, token := range tokens {
		tokens[i] = specs.UnescapePointer(token)
	}
	return tokens
}

func isNumber(text string) bool {
	return json.Valid([]byte(text)) && utf8.ValidString(text) && (text[0] == '-' || text[0] >= '0' && text[0] <= '9')
}
