package schema

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"understudy/specs"
)

// quick is a schema compiled to accept. It says yes only where the library would say yes, at a fraction of the cost;
// everything else, a schema with other keywords as well as a value that does not fit, it leaves to the library, which
// has the last word and explains. A differential test holds the two together.
type quick struct {
	types      map[string]bool // nil takes every type
	properties map[string]*quick
	required   []string
	closed     bool // no further properties
	items      *quick
	anyOf      []*quick
	enum       []any
	pattern    *regexp.Regexp
	format     func(string) error
	bits       int // width of a whole number, 0 for any
	digits     int // most decimals of a number, -1 for any
	least      map[string]int64
	most       map[string]int64
	never      bool // turned out to be the library's after others had taken hold of it
}

// quickKeywords are those that a quick check understands; annotations are passed over.
func quickKeyword(name string) bool {
	switch name {
	case "type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "const", "pattern", "format",
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
func (s *Set) quickAt(pointer string) *quick {
	if q, ok := s.quicks[pointer]; ok {
		return q
	}
	raw, _ := s.contract.Value(pointer)
	if raw == true {
		return &quick{digits: -1}
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
		q := s.quickAt(strings.TrimPrefix(ref, "#"))
		s.quicks[pointer] = q
		return q
	}
	q := &quick{digits: -1}
	s.quicks[pointer] = q
	if !s.fillQuick(q, pointer, m) {
		q.never = true
		s.quicks[pointer] = nil
		return nil
	}
	return q
}

func (s *Set) fillQuick(q *quick, pointer string, m map[string]any) bool {
	switch t := m["type"].(type) {
	case string:
		q.types = map[string]bool{t: true}
	case []any:
		q.types = map[string]bool{}
		for _, one := range t {
			name, _ := one.(string)
			q.types[name] = true
		}
	}
	for _, keyword := range []string{"minLength", "minimum", "minItems", "minProperties"} {
		if !bound(&q.least, m, keyword) {
			return false
		}
	}
	for _, keyword := range []string{"maxLength", "maximum", "maxItems", "maxProperties"} {
		if !bound(&q.most, m, keyword) {
			return false
		}
	}
	if list, ok := m["required"].([]any); ok {
		for _, name := range list {
			q.required = append(q.required, fmt.Sprint(name))
		}
	}
	if list, ok := m["enum"].([]any); ok {
		q.enum = list
	}
	if constant, ok := m["const"]; ok {
		q.enum = []any{constant}
	}
	for _, v := range q.enum {
		switch v.(type) {
		case string, bool, nil, json.Number:
		default:
			return false
		}
	}
	return s.quickText(q, m) && s.quickNumber(q, m) && s.quickParts(q, pointer, m)
}

// bound reads a whole-number bound; one that is no whole number is the library's.
func bound(into *map[string]int64, m map[string]any, keyword string) bool {
	v, ok := m[keyword]
	if !ok {
		return true
	}
	literal, _ := v.(json.Number)
	n, err := strconv.ParseInt(string(literal), 10, 64)
	if err != nil {
		return false
	}
	if *into == nil {
		*into = map[string]int64{}
	}
	(*into)[keyword[3:]] = n
	return true
}

func (s *Set) quickText(q *quick, m map[string]any) bool {
	if p, ok := m["pattern"].(string); ok {
		compiled, err := regexp.Compile(p)
		if err != nil {
			return false
		}
		q.pattern = compiled
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
	default:
		return false
	}
	return true
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

func (s *Set) quickParts(q *quick, pointer string, m map[string]any) bool {
	switch extra := m["additionalProperties"].(type) {
	case nil:
	case bool:
		q.closed = !extra
	default:
		return false
	}
	if named, ok := m["properties"].(map[string]any); ok {
		q.properties = make(map[string]*quick, len(named))
		for name := range named {
			child := s.quickAt(pointer + "/properties/" + specs.EscapePointer(name))
			if child == nil {
				return false
			}
			q.properties[name] = child
		}
	}
	if _, ok := m["items"]; ok {
		if q.items = s.quickAt(pointer + "/items"); q.items == nil {
			return false
		}
	}
	alternatives, _ := m["anyOf"].([]any)
	for i := range alternatives {
		// An alternative that only the library can judge is left out: what another one takes is taken.
		if child := s.quickAt(pointer + "/anyOf/" + strconv.Itoa(i)); child != nil {
			q.anyOf = append(q.anyOf, child)
		}
	}
	return len(alternatives) == 0 || len(q.anyOf) > 0
}

// accepts says whether the value is certainly valid.
func (q *quick) accepts(v any) bool {
	if q.never || q.enum != nil && !q.listed(v) {
		return false
	}
	if q.anyOf != nil && !q.one(v) {
		return false
	}
	switch v := v.(type) {
	case map[string]any:
		return q.is("object") && q.object(v)
	case []any:
		return q.is("array") && q.list(v)
	case string:
		return q.is("string") && q.text(v)
	case json.Number:
		return q.number(v)
	case bool:
		return q.is("boolean")
	case nil:
		return q.is("null")
	}
	return false
}

func (q *quick) is(jsonType string) bool { return q.types == nil || q.types[jsonType] }

func (q *quick) listed(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	for _, one := range q.enum {
		if one == v {
			return true
		}
	}
	return false
}

func (q *quick) one(v any) bool {
	for _, alternative := range q.anyOf {
		if alternative.accepts(v) {
			return true
		}
	}
	return false
}

func (q *quick) object(v map[string]any) bool {
	if !within(q.least, q.most, "Properties", int64(len(v))) {
		return false
	}
	for _, name := range q.required {
		if _, ok := v[name]; !ok {
			return false
		}
	}
	for name, item := range v {
		child, ok := q.properties[name]
		if !ok {
			if q.closed {
				return false
			}
			continue
		}
		if !child.accepts(item) {
			return false
		}
	}
	return true
}

func (q *quick) list(v []any) bool {
	if !within(q.least, q.most, "Items", int64(len(v))) {
		return false
	}
	if q.items == nil {
		return true
	}
	for _, item := range v {
		if !q.items.accepts(item) {
			return false
		}
	}
	return true
}

func (q *quick) text(v string) bool {
	if (q.least != nil || q.most != nil) && !within(q.least, q.most, "Length", int64(utf8.RuneCountInString(v))) {
		return false
	}
	if q.pattern != nil && !q.pattern.MatchString(v) {
		return false
	}
	return q.format == nil || q.format(v) == nil
}

func (q *quick) number(v json.Number) bool {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		// A fraction: bounds and exponents are the library's, but for a plain decimal above a bound of nothing.
		return q.is("number") && q.bits == 0 && q.fraction(string(v))
	}
	if !q.is("integer") && !q.is("number") {
		return false
	}
	if q.bits == 32 && n != int64(int32(n)) {
		return false
	}
	return within(q.least, q.most, "imum", n)
}

// fraction takes a plain positive decimal where the only bounds are a lower one of zero and a number of decimals.
func (q *quick) fraction(v string) bool {
	whole, decimals, ok := strings.Cut(v, ".")
	if !ok || strings.ContainsAny(v, "eE-") || len(whole) == 0 || q.digits >= 0 && len(decimals) > q.digits {
		return false
	}
	if _, bounded := q.most["imum"]; bounded {
		return false
	}
	least, bounded := q.least["imum"]
	return !bounded || least <= 0
}

func within(least, most map[string]int64, what string, n int64) bool {
	if low, ok := least[what]; ok && n < low {
		return false
	}
	high, ok := most[what]
	return !ok || n <= high
}
