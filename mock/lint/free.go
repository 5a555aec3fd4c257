package lint

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"understudy/mock/report"
	"understudy/specs"
)

// asserts lists the keywords that hold a value to something.
func asserts(m map[string]any) bool {
	for keyword := range m {
		switch keyword {
		case "$ref", "$dynamicRef", "enum", "const", "allOf", "anyOf", "oneOf", "not", "if", "pattern", "format", "minimum", "maximum", "exclusiveMinimum",
			"exclusiveMaximum", "multipleOf", "minLength", "maxLength", "properties", "patternProperties", "propertyNames", "required", "items", "prefixItems",
			"contains", "minItems", "maxItems", "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "contentEncoding", "contentSchema":
			return true
		}
	}
	return false
}

// free tells schemas that anything fits. A part of a composition is not told: the others say what fits. Where the vendor's
// own clause (x-source) stands behind the schema, or additionalProperties: true says that it is meant so, it is a note.
func (l *linter) free(pointer string, m map[string]any, as role) {
	if as == part {
		return
	}
	kinds := typesOf(m)
	severity := severityOf(ruleFree)
	if l.sourced(pointer) {
		severity = report.Note
	}
	switch {
	case anything(m):
		l.addAs(severity, ruleFree, pointer, "anything fits here: the schema states neither a type nor anything else")
	case slices.Contains(kinds, "object") && !l.describesMembers(m):
		if m["additionalProperties"] == true {
			severity = report.Note
		}
		l.addAs(severity, ruleFree, pointer, "any object fits here: state properties, or additionalProperties: true if it is meant so")
	case slices.Contains(kinds, "array"):
		for _, keyword := range []string{"items", "prefixItems", "contains", "$ref", "allOf", "anyOf", "oneOf", "enum", "const"} {
			if _, ok := m[keyword]; ok {
				return
			}
		}
		if most, ok := m["maxItems"].(json.Number); ok && most == "0" {
			return
		}
		l.addAs(severity, ruleFree, pointer, "any array fits here: state items")
	}
}

// anything says whether a schema holds a value to nothing at all.
func anything(m map[string]any) bool {
	if len(typesOf(m)) > 0 || asserts(m) {
		return false
	}
	other, ok := m["additionalProperties"]
	return !ok || other == true
}

// freeProperties tells the properties of a schema that anything fits, together, so that they do not hide the rest.
func (l *linter) freeProperties(pointer string, m map[string]any) {
	members, _ := m["properties"].(map[string]any)
	var names []string
	for name, raw := range members {
		if one, ok := raw.(map[string]any); ok && anything(one) {
			names = append(names, name)
			l.visited[pointer+"/properties/"+specs.EscapePointer(name)] = true
		}
	}
	if len(names) == 0 {
		return
	}
	at := func(name string) string { return pointer + "/properties/" + specs.EscapePointer(name) }
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(l.place(at(a)).Line, l.place(at(b)).Line), strings.Compare(a, b))
	})
	severity := severityOf(ruleFree)
	if l.sourced(at(names[0])) {
		severity = report.Note
	}
	shown := strings.Join(names[:min(len(names), 5)], ", ")
	if len(names) > 5 {
		shown += fmt.Sprintf(" and %d more", len(names)-5)
	}
	l.addAs(severity, ruleFree, at(names[0]), "anything fits here, the schema states neither a type nor anything else: %s", shown)
}

// sourced says whether a clause of the vendor's document stands behind a schema: its own, or that of one around it.
func (l *linter) sourced(pointer string) bool {
	for strings.Count(pointer, "/") >= 3 {
		if text, ok := l.object(pointer)[specs.KeySource].(string); ok && text != "" && l.contract.Extended {
			return true
		}
		pointer = pointer[:strings.LastIndexByte(pointer, '/')]
	}
	return false
}

func (l *linter) describesMembers(m map[string]any) bool {
	for _, keyword := range []string{"properties", "patternProperties", "$ref", "allOf", "anyOf", "oneOf", "not", "enum", "const", "if", "propertyNames", "unevaluatedProperties"} {
		if v, ok := m[keyword]; ok {
			if members, is := v.(map[string]any); is && len(members) == 0 && keyword == "properties" {
				continue
			}
			return true
		}
	}
	switch other := m["additionalProperties"].(type) {
	case bool:
		return !other
	case map[string]any:
		return len(other) > 0
	}
	return false
}
