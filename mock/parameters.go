package mock

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	params "understudy/mock/internal/parameter"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// table is how an operation's parameters are looked up, made once.
type table struct {
	rows []row
	// token is the canonical name of the header that has the token, "" where none has.
	token string
	// gates are the alternatives of OpenAPI's security, with what is looked up for each.
	gates [][]gate
	// shows is the method of the operation.
	shows func(name string) bool
	// signsPath says that a signature covers the path.
	signsPath bool
	// fields are the members of the body that hold credentials, in the order of their pointers.
	fields []credentialField
}

// credentialField is a member of the body that holds what stands in a credential slot.
type credentialField struct{ pointer, name, slot string }

// row is one parameter of the table.
type row struct {
	*parameter
	// plain reads a text that stands there once; nil leaves all to params.Decode.
	plain *params.Plain
	// gateway says that it is one of a gateway's list of pairs.
	gateway bool
	// named says that it stands in the query under its own name alone.
	named bool
	// header is the canonical name, place that of the value among those of the path, -1 for none.
	header string
	place  int
}

// gate is one credential of an alternative.
type gate struct {
	*specs.SecurityScheme
	header string // canonical
}

// tabulate makes the table, once the operation's parameters are compiled.
func (op *compiled) tabulate() {
	t := &op.table
	t.rows = make([]row, len(op.parameters))
	for i := range op.parameters {
		p := &op.parameters[i]
		one := row{parameter: p, header: http.CanonicalHeaderKey(p.Name), place: -1, gateway: p.In == "query" && op.Wire.Route != nil, named: params.Named(&p.Parameter, p.schema)}
		if p.In == "path" {
			for place, name := range op.pathNames {
				if name == p.Name {
					one.place = place
				}
			}
		}
		if plain, ok := params.NewPlain(&p.Parameter, p.schema); ok && !one.gateway {
			one.plain = plain
		}
		t.rows[i] = one
	}
	if op.Security != nil && op.Security.In == "header" {
		t.token = http.CanonicalHeaderKey(op.Security.Key)
	}
	t.gates = make([][]gate, len(op.Requirements))
	for i, schemes := range op.Requirements {
		for k := range schemes {
			t.gates[i] = append(t.gates[i], gate{&schemes[k], http.CanonicalHeaderKey(schemes[k].Key)})
		}
	}
	t.shows = op.shows
	if auth := op.Wire.Auth; auth != nil {
		for _, pointer := range sortedKeys(auth.Fields) {
			t.fields = append(t.fields, credentialField{pointer, strings.TrimPrefix(pointer, "/"), auth.Fields[pointer]})
		}
	}
	if sign := op.Wire.Sign; sign != nil {
		t.signsPath = slices.Contains(sign.Parts, "path") || slices.Contains(sign.Parts, "target")
	}
}

// validateParameters reads the parameters and holds them to their schemas.
func (s *Server) validateParameters(x *exchange) (all []*no) {
	rows := x.op.table.rows
	var raw *params.Raw
	for i := range rows {
		p := &rows[i]
		if x.op.step == nil && p.keeps(x) {
			continue // nobody asks for the value
		}
		v, given, read := p.take(x)
		var failed *no
		if !read {
			if raw == nil && !p.gateway {
				raw = x.raw()
			}
			v, given, failed = p.read(x, raw)
		}
		if failed == nil && given {
			failed = p.judge(x, v)
		}
		if failed == nil && !given && p.Required {
			failed = vendorNo(specs.MissingParameter, p.Name, diagnosis.New("missing-parameter", "name", p.Name))
			failed.diagnosis.Findings = []diagnosis.Finding{p.finding(x, "required", "a value", "absent")}
		}
		if failed != nil {
			all = append(all, failed)
			if x.op.of.catalogued() {
				return all
			}
			continue
		}
		if given {
			x.keep(p, v, len(rows)-i)
		}
	}
	if !x.op.of.catalogued() {
		s.tellUnknown(x)
	}
	return all
}

// keep notes a parameter's value for the behaviour, where there is one; left says how many may still come, this one among
// them. Of two of a name the first one counts, but the path says what is called.
func (x *exchange) keep(p *row, v any, left int) {
	if x.op.step == nil {
		return
	}
	if x.parameter == nil {
		x.parameter = make(map[string]any, min(left, 8)) // few of many are sent
	}
	if _, taken := x.parameter[p.Name]; !taken || p.In == "path" {
		x.parameter[p.Name] = v
	}
}

// asked is the value of a parameter of the path, which has been found valid before.
func (x *exchange) asked(name string) (v any, given bool) {
	rows := x.op.table.rows
	for i := range rows {
		p := &rows[i]
		if p.In != "path" || p.Name != name {
			continue
		}
		v, given, read := p.take(x)
		if !read {
			v, given, _ = p.read(x, x.raw())
		}
		return v, given
	}
	return nil, false
}

// take reads a parameter that is one text; read is false for one that params.Decode has to read, or to refuse.
func (p *row) take(x *exchange) (v any, given, read bool) {
	if p.plain == nil {
		return nil, false, p.absent(x)
	}
	text, count := p.text(x)
	if count != 1 {
		return nil, false, count == 0
	}
	v, ok := p.plain.Value(text)
	return v, ok, ok
}

// keeps says whether a parameter that is one text stands in the request once and surely keeps its schema.
func (p *row) keeps(x *exchange) bool {
	if p.plain == nil {
		return false
	}
	text, count := p.text(x)
	return count == 1 && p.plain.Keeps(text, p.schema)
}

// text is the text of a plain parameter, and how often one stands in the request.
func (p *row) text(x *exchange) (text string, count int) {
	switch p.In {
	case "path":
		if p.place < 0 || p.place >= len(x.values) { // behind a gateway the path is not that of the document
			return "", 0
		}
		return x.values[p.place], 1
	case "header":
		lines := x.request.Header[p.header]
		if len(lines) == 0 {
			return "", 0
		}
		return strings.Trim(lines[0], " \t"), len(lines)
	}
	return x.query.Get(p.Name)
}

// absent says that nothing of a parameter stands in a request; it does not look for parts of one.
func (p *row) absent(x *exchange) bool {
	switch p.In {
	case "header":
		return len(x.request.Header[p.header]) == 0
	case "cookie":
		return len(x.request.Header["Cookie"]) == 0
	case "query":
		switch {
		case p.gateway:
			return false
		case p.named:
			_, count := x.query.Get(p.Name)
			return count == 0
		case p.Style == "deepObject":
			return !slices.ContainsFunc(x.query, func(one wire.Pair) bool { return strings.HasPrefix(one.Name, p.Name) })
		}
		return len(x.query) == 0
	}
	return false
}

// lookup is [wire.Pairs.Get] of [exchange.pairs].
func (x *exchange) lookup(name string) (text string, count int) {
	var places []string
	if route := x.op.Wire.Route; route != nil {
		places = route.In
	}
	if places == nil || slices.Contains(places, wire.InQuery) {
		text, count = x.query.Get(name)
	}
	if places == nil || slices.Contains(places, wire.InForm) {
		more, n := x.form.Get(name)
		if count == 0 {
			text = more
		}
		count += n
	}
	return text, count
}

// read takes a parameter from where it may stand. A gateway has one list of pairs, each with a plain text.
func (p *row) read(x *exchange, raw *params.Raw) (v any, given bool, failed *no) {
	if p.gateway {
		// A gateway leaves an empty parameter out, as its signature does.
		text, count := x.lookup(p.Name)
		if text == "" {
			return nil, false, nil
		}
		if count > 1 {
			return nil, true, vendorNo(specs.InvalidParameter, p.Name, diagnosis.New("parameter-twice", "name", p.Name))
		}
		if p.schema == nil {
			return text, true, nil
		}
		return p.schema.FromText(text), true, nil
	}
	v, given, err := params.Decode(&p.Parameter, p.schema, *raw)
	if err == nil {
		return v, given, nil
	}
	failed = vendorNo(specs.InvalidParameter, p.Name, diagnosis.New("parameter-malformed", "in", p.In, "name", p.Name, "reason", err.Error()))
	var unread *params.Error
	if errors.As(err, &unread) && unread.Kind == params.Repeated {
		failed.diagnosis = diagnosis.New("parameter-twice", "name", p.Name)
	}
	failed.diagnosis.Findings = []diagnosis.Finding{p.finding(x, "style", "a value in the style "+p.Style, "text that cannot be read: "+err.Error())}
	if p.MediaType != "" {
		failed.diagnosis.Findings[0].Keyword, failed.diagnosis.Findings[0].Expected = "content", "a value of type "+p.MediaType
	}
	return nil, true, failed
}

// raw is what the request holds of parameters, as texts.
func (x *exchange) raw() *params.Raw {
	raw := &params.Raw{Query: x.query, Escaped: x.request.URL.RawQuery, Header: x.request.Header, Taken: x.op.declares}
	if len(x.values) > 0 {
		raw.Path = make(map[string]string, len(x.values))
		for i, name := range x.op.pathNames {
			if i < len(x.values) {
				raw.Path[name] = x.values[i]
			}
		}
	}
	if x.op.cookies {
		raw.Cookies = x.request.Cookies()
	}
	return raw
}

// declares says whether a name in the query is a parameter of its own.
func (op *compiled) declares(name string) bool {
	return slices.ContainsFunc(op.parameters, func(p parameter) bool { return p.In == "query" && p.Name == name })
}

// tellUnknown warns of query parameters that the contract does not have: a misspelt one would otherwise go unseen.
func (s *Server) tellUnknown(x *exchange) {
	for i := range x.query {
		if name := x.query[i].Name; !x.op.knows(name) {
			x.warn(diagnosis.New("parameter-unknown", "in", "query", "name", clip(name)))
		}
	}
}

// knows says whether a name in the query is that of a parameter, or a part of one.
func (op *compiled) knows(name string) bool {
	rows := op.table.rows
	for i := range rows {
		if p := &rows[i]; p.named && p.Name == name {
			return true
		}
	}
	if strings.HasPrefix(name, "__") || slices.Contains(op.wired, name) {
		return true
	}
	for i := range rows {
		if p := &rows[i]; p.In == "query" && !p.named && params.Consumes(&p.Parameter, p.schema, name) {
			return true
		}
	}
	return false
}
