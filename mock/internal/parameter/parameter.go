// Package parameter reads and writes parameters in every serialization style of OpenAPI ("Style Values"), as values of
// JSON: maps, lists, texts, json.Number, booleans and nil.
//
// What is escaped where (RFC 6570; OpenAPI 3.1.1, "Percent-Encoding and URI Templates"): in a path and in a query each name
// and each element by itself, so that a delimiter within a value is told from one between values; in the query "+" is a
// space. A header is not escaped at all, and neither is the text of a content parameter in a header. A cookie's values are
// escaped where they hold what a cookie cannot. Those who escape a delimiter as well, as many do, are understood as long as
// no unescaped one stands beside it.
package parameter

import (
	"net/http"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// Raw is what a request holds of parameters, as texts.
type Raw struct {
	// Query has the pairs of the query, percent-decoded.
	Query wire.Pairs
	// Escaped is the query as it stood in the URL; with it delimiters are told from what belongs to a value.
	Escaped string
	// Path has what the templates of the path stand for, percent-decoded; EscapedPath the same as it stood in the URL, which
	// counts where it is given.
	Path, EscapedPath map[string]string
	Header            http.Header
	Cookies           []*http.Cookie
	// Taken says that a name in the query or in the cookies is another parameter's: an exploded object that takes members of
	// any name leaves those alone. nil means that none is.
	Taken func(name string) bool
}

// Kind says what is wrong with a text.
type Kind string

// The kinds of errors, of parameters and of bodies.
const (
	Malformed   Kind = "malformed"   // the text breaks its own grammar
	Repeated    Kind = "repeated"    // what is no list stands there more than once
	TooLarge    Kind = "too-large"   // beyond a bound: depth, number of parts, length
	Unsupported Kind = "unsupported" // a style, media type or charset that is not known here
	Mismatched  Kind = "mismatched"  // the media type is not the one that the contract states
	Breached    Kind = "breached"    // the media type fits, and something about the body's form does not: the root element, a part's header
	Unfit       Kind = "unfit"       // a value that has no such form
)

// Error says where a text cannot be read, or a value cannot be written. It never holds a value.
type Error struct {
	Kind Kind
	// Pointer is the place in the value (RFC 6901), as far as it is known.
	Pointer string
	// Reason is what is wrong and what would be right.
	Reason string
	// Offset counts bytes from the start of the text, -1 where it is not known.
	Offset int64
}

// Error names the place and the reason.
func (e *Error) Error() string {
	if e.Pointer == "" {
		return e.Reason
	}
	return e.Pointer + ": " + e.Reason
}

// Written is a parameter as it travels. A value that its style has no form for and that may be left out, such as null and a
// list without elements in a query, is the zero Written.
type Written struct {
	// Pairs are those of a query parameter or of cookies, not escaped; Query is the text of the former, escaped.
	Pairs wire.Pairs
	Query string
	// Text is what stands for a path parameter's template, escaped, a header's text, or what a cookie parameter adds to the
	// header Cookie.
	Text string
}

// Decode reads a parameter by its style and its schema, which may be nil. given is false when the request has none. A text
// that the schema's types do not fit stays a text, so that validation tells; numbers are as they were written. Errors are
// of type *[Error].
func Decode(p *specs.Parameter, s *schema.Schema, raw Raw) (v any, given bool, err error) {
	r := reader{parameter: p, schema: s, shape: s.Shape(), raw: raw}
	if p.MediaType != "" {
		return r.content()
	}
	switch p.In {
	case "path":
		return r.path()
	case "header":
		return r.header()
	case "cookie":
		return r.cookie()
	}
	return r.query()
}

// DecodeShape reads what is written like a parameter of a query and is none: a field of a form.
func DecodeShape(p *specs.Parameter, sh schema.Shape, raw Raw) (v any, given bool, err error) {
	r := reader{parameter: p, shape: sh, raw: raw}
	return r.query()
}

// Validate holds a decoded parameter to its schema, which may be nil; an empty text is fine where the parameter says so.
func Validate(p *specs.Parameter, s *schema.Schema, v any) []schema.Violation {
	if s == nil || p.AllowEmptyValue && v == "" {
		return nil
	}
	return s.Validate(v)
}

// Consumes says whether a name that stands in the query (for a parameter there) or among the cookies is one of those that
// the parameter is written with: its own, one with brackets behind it, or that of a member.
func Consumes(p *specs.Parameter, s *schema.Schema, name string) bool {
	return ConsumesShape(p, s.Shape(), name)
}

// ConsumesShape is [Consumes] for what [DecodeShape] reads.
func ConsumesShape(p *specs.Parameter, sh schema.Shape, name string) bool {
	r := reader{parameter: p, shape: sh}
	switch {
	case p.In != "query" && p.In != "cookie":
		return false
	case p.MediaType != "":
		return name == p.Name
	case p.In == "query" && p.Style == deepObject:
		return len(name) > len(p.Name) && name[:len(p.Name)] == p.Name && name[len(p.Name)] == '['
	case r.spread():
		if r.owns(name) {
			return true
		}
		return name == p.Name && len(r.forms()) > 1
	}
	return name == p.Name
}

// Named says that a parameter of a query stands there under its own name alone, and under no name of a member.
func Named(p *specs.Parameter, s *schema.Schema) bool {
	r := reader{parameter: p, schema: s, shape: s.Shape()}
	return p.In == "query" && (p.MediaType != "" || p.Style != deepObject && !r.spread())
}

// The styles of OpenAPI.
const (
	simple         = "simple"
	label          = "label"
	matrix         = "matrix"
	form           = "form"
	spaceDelimited = "spaceDelimited"
	pipeDelimited  = "pipeDelimited"
	deepObject     = "deepObject"
)

// reader reads one parameter.
type reader struct {
	parameter *specs.Parameter
	schema    *schema.Schema
	shape     schema.Shape
	raw       Raw
}

func (r *reader) fail(kind Kind, pointer, reason string) error {
	return &Error{Kind: kind, Pointer: pointer, Reason: reason, Offset: -1}
}

// spread says whether an object's members stand by themselves among the others.
func (r *reader) spread() bool {
	return r.parameter.Explode && r.parameter.Style != deepObject && r.shape.Says("object")
}

// owns says whether a name is a member's of the object that the parameter is.
func (r *reader) owns(name string) bool {
	return r.shape.Knows(name) || r.shape.Free() && (r.raw.Taken == nil || !r.raw.Taken(name))
}

// shapeKind is one of the forms that a style writes in different ways.
type shapeKind int

const (
	scalar shapeKind = iota
	list
	object
)

// forms are the ones that the schema allows, in its order; none where it allows any.
func (r *reader) forms() []shapeKind {
	var forms []shapeKind
	seen := [3]bool{}
	for _, t := range r.shape.Types() {
		k := scalar
		switch t {
		case "array":
			k = list
		case "object":
			k = object
		}
		if !seen[k] {
			seen[k] = true
			forms = append(forms, k)
		}
	}
	return forms
}

// choose reads a text in each form that the schema allows, and takes the first that it finds valid; without a valid one, the
// first that could be read.
func (r *reader) choose(otherwise shapeKind, read func(shapeKind) (any, error)) (any, error) {
	forms := r.forms()
	switch len(forms) {
	case 0:
		return read(otherwise)
	case 1:
		return read(forms[0])
	}
	var best any
	var found bool
	var first error
	for _, k := range forms {
		v, err := read(k)
		switch {
		case err != nil:
			if first == nil {
				first = err
			}
		case r.shape.Fits(v) && len(r.schema.Validate(v)) == 0:
			return v, nil
		case !found:
			best, found = v, true
		}
	}
	if found {
		return best, nil
	}
	return nil, first
}
