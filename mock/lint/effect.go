package lint

import (
	"maps"
	"slices"
	"strings"
)

// boundTypes are the types of the values that a keyword says something of; JSON Schema has it pass over all others.
func boundTypes(keyword string) []string {
	switch keyword {
	case "minLength", "maxLength", "pattern":
		return []string{"string"}
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
		return []string{"number", "integer"}
	case "items", "minItems", "maxItems", "uniqueItems", "prefixItems", "contains":
		return []string{"array"}
	case "properties", "required", "additionalProperties", "minProperties", "maxProperties", "patternProperties", "propertyNames":
		return []string{"object"}
	}
	return nil
}

// textFormats are the formats that bind texts alone.
func textFormats() []string {
	return []string{"date-time", "date", "time", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "uuid"}
}

// effect tells the keywords that bind no value of the types which the schema states.
func (l *linter) effect(pointer string, m map[string]any) {
	types := typesOf(m)
	if len(types) == 0 {
		return
	}
	for _, keyword := range slices.Sorted(maps.Keys(m)) {
		bound := boundTypes(keyword)
		if name, ok := m[keyword].(string); ok && keyword == "format" && slices.Contains(textFormats(), name) {
			bound = []string{"string"}
		}
		if bound != nil && !slices.ContainsFunc(bound, func(one string) bool { return slices.Contains(types, one) }) {
			l.add(ruleEffect, pointer+"/"+keyword, "%s binds values of type %s alone, and this schema has %s: it says nothing", keyword, strings.Join(bound, " or "), strings.Join(types, ", "))
		}
	}
}
