package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/specs"
)

// quick is a schema compiled to accept. It says yes only where the library would say yes, at a fraction of the cost;
// everything else, a schema with other keywords as well as a value that does not fit, it leaves to the library, which
// has the last word and explains. A differential test holds the two together.
type quick struct {
	types    types
	members  []member
	required []string // those that no property describes
	closed   bool     // no further properties
	items    *quick
	anyOf    []*quick
	allOf    []*quick
	enum     map[any]bool // nil where there is none
	pattern  *regexp.Regexp
	format   func(string) error
	bits     int // width of a whole number, 0 for any
	digits   int // most decimals of a number, -1 for any
	length   span
	amount   span
	count    span // of elements
	size     span // of members
	never    bool // turned out to be the library's after others had taken hold of it
}

type member struct {
	name     string
	required bool
	quick    *quick
}

// span is a closed range of whole numbers.
type span struct{ least, most int64 }

func (s span) has(n int64) bool { return s.least <= n && n <= s.most }

// types is a set of JSON types; the empty set takes every type.
type types uint8

const (
	objectType types = 1 << iota
	arrayType
	stringType
	numberType
	integerType
	booleanType
	nullType
)

func typeNamed(name string) types {
	switch name {
	case "object":
		return objectType
	case "array":
		return arrayType
	case "string":
		return stringType
	case "number":
		return numberType
	case "integer":
		return integerType
	case "boolean":
		return booleanType
	case "null":
		return nullType
	}
	return 0
}

func (t types) has(one types) bool { return t == 0 || t&one != 0 }

func newQuick() *quick {
	natural := span{0, math.MaxInt64}
	return &quick{digits: -1, length: natural, amount: span{math.MinInt64, math.MaxInt64}, count: natural, size: natural}
}

// quickKeywords are those that a quick check understands; annotations are passed over.
func quickKeyword(name string) bool {
	switch name {
	case "type", "properties", "required", "additionalProperties", "items", "anyOf", "allOf", "enum", "const", "pattern", "format",
		"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "minProperties", "maxProperties", "multipleOf", "$ref":
		return true
	}
	return annotation(name)
}

func annotation(name string) bool {
	switch name {
	case "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "xml", "externalDocs",
		"$comment", "contentEncoding", "contentMediaType", "contentSchema":
		return true
	}
	return strings.HasPrefix(name, "x-")
}

// quickAt compiles the schema at pointer; nil means that only the library can judge it. A schema on the way to itself
// is the same one, so circular schemas end.
func (s *Set) quickAt(pointer string, v View) *quick {
	if v != Any && !s.isMarked(pointer, v) {
		v = Any
	}
	if q, ok := s.quicks[looked{pointer, v}]; ok {
		return q
	}
	raw, _ := s.contract.Value(pointer)
	if raw == true {
		return newQuick()
	}
	m, ok := raw.(map[string]any)
	if !ok {
		return nil
	}
	for name := range m {
		if !quickKeyword(name) {
			return nil
		}
	}
	if ref, ok := m["$ref"].(string); ok {
		for name := range m {
			if name != "$ref" && !annotation(name) {
				return nil
			}
		}
		q := s.quickAt(strings.TrimPrefix(ref, "#"), v)
		s.quicks[looked{pointer, v}] = q
		return q
	}
	q := newQuick()
	s.quicks[looked{pointer, v}] = q
	if !s.fillQuick(q, pointer, m, v) {
		q.never = true
		s.quicks[looked{pointer, v}] = nil
		return nil
	}
	return q
}

func (s *Set) fillQuick(q *quick, pointer string, m map[string]any, v View) bool {
	switch t := m["type"].(type) {
	case string:
		q.types = typeNamed(t)
	case []any:
		for _, one := range t {
			name, _ := one.(string)
			q.types |= typeNamed(name)
		}
	}
	for keyword, into := range map[string]*int64{
		"minLength": &q.length.least, "maxLength": &q.length.most, "minimum": &q.amount.least, "maximum": &q.amount.most,
		"minItems": &q.count.least, "maxItems": &q.count.most, "minProperties": &q.size.least, "maxProperties": &q.size.most,
	} {
		if !bound(into, m, keyword) {
			return false
		}
	}
	list, listed := m["enum"].([]any)
	if constant, ok := m["const"]; ok {
		if listed {
			return false // both have to hold
		}
		list, listed = []any{constant}, true
	}
	if listed {
		q.enum = make(map[any]bool, len(list))
	}
	for _, one := range list {
		switch one.(type) {
		case string, bool, nil, json.Number:
			q.enum[one] = true
		default:
			return false
		}
	}
	return s.quickText(q, m) && s.quickNumber(q, m) && s.quickParts(q, pointer, m, v)
}

// bound reads a whole-number bound; one that is no whole number is the library's.
func bound(into *int64, m map[string]any, keyword string) bool {
	v, ok := m[keyword]
	if !ok {
		return true
	}
	literal, _ := v.(json.Number)
	n, err := strconv.ParseInt(string(literal), 10, 64)
	*into = n
	return err == nil
}

func (s *Set) quickText(q *quick, m map[string]any) bool {
	if p, ok := m["pattern"].(string); ok {
		compiled, err := s.compilePattern(p)
		fast, ok := compiled.(*regexp.Regexp)
		if err != nil || !ok {
			return false
		}
		q.pattern = fast
	}
	format, ok := m["format"].(string)
	if !ok {
		return true
	}
	switch format {
	case "int32":
		q.bits = 32
	case "int64", "epoch-millis":
		q.bits = 64
	case "date":
		q.format = func(text string) error {
			_, err := time.Parse(time.DateOnly, text)
			return err
		}
	case "cn-id-card":
		q.format = checkIDCard
	case "cn-mobile":
		q.format = checkMobile
	case "cn-name":
		q.format = checkName
	case "cn-date-time":
		q.format = checkDateTime
	case "date-time":
		q.format = quickInstant
	case "json-pointer", "relative-json-pointer", "uuid", "duration", "period", "ipv4", "ipv6", "hostname", "email", "time", "uri", "iri",
		"uri-reference", "iri-reference", "uri-template", "semver", "regex", "quartz-cron":
		return false // the library judges them
	}
	return true // any other format is a hint
}

// instant is the shape of RFC 3339, without what Go's own reading lets pass beside it.
var instant3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

func quickInstant(text string) error {
	if !instant3339.MatchString(text) {
		return errors.New("not an instant as RFC 3339 has it")
	}
	_, err := time.Parse(time.RFC3339, text)
	return err
}

// quickNumber takes a multipleOf that is a power of ten below one: it counts decimals.
func (s *Set) quickNumber(q *quick, m map[string]any) bool {
	step, ok := m["multipleOf"].(json.Number)
	if !ok {
		return true
	}
	decimals, ok := strings.CutPrefix(string(step), "0.")
	if !ok || strings.Trim(decimals, "0") != "1" || !strings.HasSuffix(decimals, "1") {
		return false
	}
	q.digits = len(decimals)
	return true
}

func (s *Set) quickParts(q *quick, pointer string, m map[string]any, v View) bool {
	switch extra := m["additionalProperties"].(type) {
	case nil:
	case bool:
		q.closed = !extra
	default:
		return false
	}
	required := map[string]bool{}
	if list, ok := m["required"].([]any); ok {
		for _, name := range list {
			required[fmt.Sprint(name)] = true
		}
	}
	for _, name := range s.contract.Names(pointer + "/properties") {
		child := s.quickAt(pointer+"/properties/"+specs.EscapePointer(name), v)
		if child == nil {
			return false
		}
		if properties, _ := m["properties"].(map[string]any); v != Any && s.isOwnMark(properties[name], v) {
			q.members = append(q.members, member{name, false, &quick{never: true}})
			delete(required, name)
			continue
		}
		q.members = append(q.members, member{name, required[name], child})
		delete(required, name)
	}
	q.required = slices.Sorted(maps.Keys(required))
	if _, ok := m["items"]; ok {
		if q.items = s.quickAt(pointer+"/items", v); q.items == nil {
			return false
		}
	}
	alternatives, _ := m["anyOf"].([]any)
	if len(alternatives) > 0 && v != Any {
		return false // what an alternative marks, the schema around it does not require either
	}
	for i := range alternatives {
		// An alternative that only the library can judge is left out: what another one takes is taken.
		if child := s.quickAt(pointer+"/anyOf/"+strconv.Itoa(i), v); child != nil {
			q.anyOf = append(q.anyOf, child)
		}
	}
	if len(alternatives) > 0 && len(q.anyOf) == 0 {
		return false
	}
	return s.quickAll(q, pointer, m, v)
}

func (s *Set) quickAll(q *quick, pointer string, m map[string]any, v View) bool {
	parts, ok := m["allOf"]
	if !ok {
		return true
	}
	list, _ := parts.([]any)
	if len(list) == 0 || v != Any {
		return false // what one part marks, the others do not require either
	}
	for i := range list {
		part := s.quickAt(pointer+"/allOf/"+strconv.Itoa(i), v)
		if part == nil {
			return false
		}
		q.allOf = append(q.allOf, part)
	}
	return true
}
