package play

import (
	"bytes"
	"cmp"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/match"
	"understudy/mock/internal/media"
	params "understudy/mock/internal/parameter"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/scenarios"
)

// request is a request as it is compared: its fields by their places, in which nothing is left of how it was written.
type request struct {
	// key names what is called: the operation, or method and path where no operation is.
	key string
	// fields are collected while it is read; settled are they by their places when that is done.
	fields  map[place]field
	settled []placed
}

// placed is a field with its place.
type placed struct {
	place
	field
}

// place is where a field stands; pointer is a JSON pointer in a body, else the name of a parameter with a pointer behind it.
type place struct{ in, pointer string }

func (p place) compare(other place) int {
	return cmp.Or(cmp.Compare(p.in, other.in), cmp.Compare(p.pointer, other.pointer))
}

// field is one value without parts.
type field struct {
	// value is a string, a number, a bool, nil, or empty.
	value any
	// kind is the x-sensitive kind, "" for what is none; loose says that the field is not compared.
	kind  string
	loose bool
	// format is the schema's.
	format string
	// now says that the value is the time of the call, although the schema does not say that it is a time.
	now bool
}

// number is a number in one spelling of the many that it has.
type number string

// empty is an object or a list without anything in it; content is a body that nobody can read.
type (
	empty   string
	content string
)

const formMediaType = "application/x-www-form-urlencoded"

// reader takes requests of one contract apart.
type reader struct {
	contract *contract
	ignore   ignored
}

// read takes a request apart, which was made at one of the times that clocks told. An operation that the contract does not have
// is an error.
func (r *reader) read(operation string, q *scenarios.Request, clocks ...time.Time) (*request, error) {
	if operation == "" {
		out := &request{key: q.Method + " " + q.Path, fields: map[place]field{}}
		for _, p := range q.Parameters {
			out.put(place{p.In, p.Name}, field{value: p.Value, kind: schema.Undescribed})
		}
		out.putRaw(q.Body)
		out.settle(r.ignore)
		return out, nil
	}
	o, err := r.contract.call(operation)
	if err != nil {
		return nil, err
	}
	out := &request{key: operation, fields: map[place]field{}}
	form := out.readParameters(o, q)
	out.readBody(o, q, form)
	for at, f := range out.fields {
		if f.now = f.kind == "" && f.format == "" && isNow(f.value, clocks); f.now {
			out.fields[at] = f
		}
	}
	out.settle(r.ignore)
	return out, nil
}

// settle brings the fields in order, once all are there.
func (out *request) settle(list ignored) {
	out.loosen(list)
	for _, at := range slices.SortedFunc(maps.Keys(out.fields), place.compare) {
		out.settled = append(out.settled, placed{at, out.fields[at]})
	}
	out.fields = nil
}

func (out *request) put(at place, f field) {
	for n := 2; ; n++ { // a parameter that nobody describes may stand there several times
		if _, taken := out.fields[at]; !taken {
			break
		}
		name, _, _ := strings.Cut(at.pointer, "#")
		at.pointer = name + "#" + strconv.Itoa(n)
	}
	out.fields[at] = f
}

func (out *request) putRaw(text []byte) {
	if len(text) > 0 {
		out.put(place{"body", ""}, field{value: content(text), kind: schema.Undescribed})
	}
}

// readParameters reads what stands beside the body. Fields of the form that stand in the query are returned.
func (out *request) readParameters(o *call, q *scenarios.Request) (fields wire.Pairs) {
	raw := params.Raw{Header: http.Header{}, Path: map[string]string{}, Taken: o.declares}
	for _, p := range q.Parameters {
		switch p.In {
		case "query":
			raw.Query = append(raw.Query, wire.Pair{In: wire.InQuery, Name: p.Name, Value: p.Value})
		case "form":
			fields = append(fields, wire.Pair{In: wire.InForm, Name: p.Name, Value: p.Value})
		case "header":
			raw.Header.Add(p.Name, p.Value)
		case "cookie":
			raw.Cookies = append(raw.Cookies, &http.Cookie{Name: p.Name, Value: p.Value})
		case "path":
			raw.Path[p.Name] = p.Value
		}
	}
	if o.path != nil {
		_, values, ok := o.path.Match(q.Path)
		if !ok {
			out.put(place{"path", ""}, field{value: q.Path})
		}
		for i, name := range match.Names(o.Path) {
			if i < len(values) {
				raw.Path[name] = values[i]
			}
		}
	}
	if o.spread && mediaType(q.MediaType) == formMediaType {
		if pairs, err := wire.ParseForm(q.Body); err == nil {
			fields = pairs
		}
	}
	taken := map[string]bool{}
	for _, p := range o.parameters {
		v, given := p.read(o, raw, fields)
		if !given {
			continue
		}
		out.putAll(p.In, p.Name, v, p.schema.Place(), p.Sensitive)
		taken[p.Name] = true
	}
	rest := func(pair wire.Pair) bool {
		return o.spread && taken[pair.Name] || slices.ContainsFunc(o.parameters, func(p parameter) bool {
			return p.In == pair.In && params.Consumes(&p.Parameter, p.schema, pair.Name)
		})
	}
	var left wire.Pairs
	for _, pair := range raw.Query {
		switch {
		case rest(pair):
		case o.spread:
			left = append(left, pair)
		default:
			out.put(place{"query", pair.Name}, field{value: pair.Value, kind: schema.Undescribed})
		}
	}
	for _, pair := range fields {
		if !rest(pair) {
			left = append(left, pair)
		}
	}
	return left
}

func (o *call) declares(name string) bool {
	return slices.ContainsFunc(o.parameters, func(p parameter) bool { return p.In == "query" && p.Name == name })
}

// read takes a parameter from where it may stand: behind a gateway in query or form, as plain text.
func (p *parameter) read(o *call, raw params.Raw, form wire.Pairs) (any, bool) {
	if p.In == "query" && o.Wire.Route != nil {
		text, _ := slices.Concat(raw.Query, form).Get(p.Name)
		if text == "" {
			return nil, false
		}
		return p.schema.Shape().FromText(text), true
	}
	v, given, err := params.Decode(&p.Parameter, p.schema, raw)
	if err != nil { // it is compared as it stands
		if texts := raw.Header.Values(p.Name); p.In == "header" && len(texts) > 0 {
			return strings.Join(texts, ","), true
		}
		text, n := raw.Query.Get(p.Name)
		return text, n > 0
	}
	return v, given
}

// putAll puts a parameter's value with all its parts.
func (out *request) putAll(in, name string, v any, described schema.Place, kind string) {
	w := walker{out: out, in: in}
	w.walk(name, v, described, kind)
}

// readBody reads the body by the form that the contract has for it.
func (out *request) readBody(o *call, q *scenarios.Request, form wire.Pairs) {
	m := o.bodyOf(q.MediaType)
	switch {
	case m == nil:
		out.putRaw(q.Body)
		return
	case o.spread && (mediaType(q.MediaType) == formMediaType || len(q.Body) == 0 && len(form) > 0):
		out.readForm(o, m, form)
		return
	case len(bytes.TrimSpace(q.Body)) == 0:
		return
	}
	v, ok := m.decode(q.MediaType, q.Body)
	if !ok {
		out.putRaw(q.Body)
		return
	}
	w := walker{out: out, in: "body", part: m.part, sealed: m.sealed}
	w.walk("", v, m.schema.Place(), "")
}

// readForm reads a form of a contract that has rules of its own for them: fields of texts, or of JSON where the contract says so.
func (out *request) readForm(o *call, m *body, form wire.Pairs) {
	record := map[string]any{}
	for _, pair := range form {
		if pair.Value == "" && o.Wire.Route != nil {
			continue
		}
		record[pair.Name] = pair.Value
		if m.Encoding[pair.Name].ContentType == "application/json" {
			if v, failed := wire.DecodeJSON([]byte(pair.Value), wire.JSONOptions{DuplicateNames: true}); failed == nil {
				record[pair.Name] = v
			}
		}
	}
	w := walker{out: out, in: "body", part: m.part, sealed: m.sealed}
	w.walk("", record, m.schema.Place(), "")
}

// bodyOf is the form of the body that a media type is one of; nil where the contract has none.
func (o *call) bodyOf(label string) *body {
	if len(o.bodies) == 0 {
		return nil
	}
	if label == "" {
		return &o.bodies[0]
	}
	for i := range o.bodies {
		if mediaType(o.bodies[i].Type) == mediaType(label) {
			return &o.bodies[i]
		}
	}
	if i, ok := media.Select(o.Body.Content, label); ok {
		return &o.bodies[i]
	}
	return nil
}

func (m *body) decode(label string, text []byte) (any, bool) {
	if label == "" {
		label = m.Type
	}
	if media.IsJSON(mediaType(label)) {
		v, failed := wire.DecodeJSON(text, wire.JSONOptions{DuplicateNames: true})
		return v, failed == nil
	}
	v, err := media.Decode(&m.MediaType, m.schema, label, text)
	return v, err == nil
}

// mediaType is a media type without parameters, in lower case.
func mediaType(full string) string {
	if base, _, err := mime.ParseMediaType(full); err == nil {
		return base
	}
	base, _, _ := strings.Cut(full, ";")
	return strings.ToLower(strings.TrimSpace(base))
}
