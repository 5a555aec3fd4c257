package lint

import (
	"strings"

	"understudy/mock/internal/schema"
	"understudy/specs"
)

// judge holds a value of the document to the schema at pointer.
func (l *linter) judge(rule, what, at, pointer string, v any, view schema.View) {
	if pointer == "" {
		return
	}
	compiled, err := l.set.CompileView(pointer, view)
	if err != nil {
		return // it is told as a schema that does not compile
	}
	for i, bad := range compiled.Validate(v) {
		if i == 3 {
			l.add(rule, at, "this %s breaks its schema in further places", what)
			return
		}
		place := bad.Pointer
		if place == "" {
			place = "the whole"
		}
		l.add(rule, at+existing(v, bad.Pointer), "this %s breaks its schema (%s): %s: expected %s, got %s", what, bad.At, place, bad.Expected, bad.Got)
	}
}

// existing is as much of a pointer as there is in a value, so that a finding stands where something is.
func existing(v any, pointer string) string {
	found := ""
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		m, ok := v.(map[string]any)
		if !ok {
			break
		}
		next, ok := m[specs.UnescapePointer(token)]
		if !ok {
			break
		}
		found, v = found+"/"+token, next
	}
	return found
}

// examples examines the examples of a parameter, a header or a media type.
func (l *linter) examples(list []specs.Example, pointer string, view schema.View) {
	for _, e := range list {
		if v, ok := l.at(e.Pointer); ok {
			l.judge(ruleExample, "example", e.Pointer, pointer, v, view)
		}
	}
}

// bodyExamples examines the examples of a body. A text in place of a value of another media type than JSON is the body as
// it travels, which is not read here.
func (l *linter) bodyExamples(m *specs.MediaType, view schema.View) {
	for _, e := range m.Examples {
		v, ok := l.at(e.Pointer)
		if _, text := v.(string); !ok || text && !isJSON(m.Type) {
			continue
		}
		l.judge(ruleExample, "example", e.Pointer, m.Schema, v, view)
	}
}

func isJSON(mediaType string) bool {
	base, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	base = strings.TrimSpace(base)
	return base == "application/json" || base == "text/json" || strings.HasSuffix(base, "+json")
}
