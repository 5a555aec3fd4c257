package schema

// keywordKind says what the value of a keyword is to the validator.
type keywordKind int

const (
	annotated  keywordKind = iota // it says nothing about what is valid
	assertion                     // a plain value
	oneSchema                     // a schema
	schemaList                    // a list of schemas
	schemaMap                     // schemas by name
)

// kindOf sorts the keywords of JSON Schema 2020-12. $id and $schema are annotations here: a contract's schemas are found by
// where they stand, and all of them are of one dialect.
func kindOf(keyword string) keywordKind {
	switch keyword {
	case "type", "enum", "const", "format", "pattern", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
		"maxLength", "minLength", "maxItems", "minItems", "uniqueItems", "minContains", "maxContains", "maxProperties",
		"minProperties", "required", "dependentRequired", "$anchor", "$dynamicAnchor", "$dynamicRef":
		return assertion
	case "items", "contains", "additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "not", "if",
		"then", "else":
		return oneSchema
	case "allOf", "anyOf", "oneOf", "prefixItems":
		return schemaList
	case "properties", "patternProperties", "dependentSchemas", "$defs":
		return schemaMap
	}
	return annotated
}

// sameValue says whether the subschemas of a keyword are about the same value as the schema itself.
func sameValue(keyword string) bool {
	switch keyword {
	case "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas":
		return true
	}
	return false
}
