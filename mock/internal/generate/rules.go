package generate

import (
	"encoding/json"
	"math"

	"understudy/mock/internal/fake"
)

// types is a set of JSON types.
type types uint8

func typeNamed(name string) types {
	switch name {
	case "object":
		return objectType
	case "array":
		return arrayType
	case "string":
		return stringType
	case "number":
		return numberType | integerType
	case "integer":
		return integerType
	case "boolean":
		return booleanType
	case "null":
		return nullType
	}
	return 0
}

// rules are the merged keywords.
type rules struct {
	types  types
	wanted types // those of the types that the other keywords speak of
	stated bool  // there is a keyword type

	numbers numbers
	grid    *grid

	minLength, maxLength int
	patterns             []*fake.Pattern
	formats              []string
	makers               []fake.Maker // one for each format, nil for one that is not known
	media, encoding      string
	digits               bool // the text is a number
	content              *edge

	minItems, maxItems int
	unique             bool
	contains           []*atom
	minContains        int
	prefix             int
	items              []*edge // one for each place of prefixItems, and the last for all further ones

	members          []*member
	byName           map[string]*member
	minSize, maxSize int
	needs            map[string][]string // dependentRequired
	forbidden        map[string]bool     // by not
	names            []*atom             // propertyNames
	keys             *edge               // the same as a text
	closed, pairs    bool                // no further members; further ones are described
	keyPatterns      []*fake.Pattern     // of patternProperties
	excluded         []any
	relations        []relation
}

// member is one property that some schema names.
type member struct {
	name     string
	required bool
	banned   bool // by the view
	old      bool // deprecated
	edge     *edge
}

func (p *plan) mergeType(a *atom) {
	var t types
	switch v := a.raw["type"].(type) {
	case string:
		t = typeNamed(v)
	case []any:
		for _, name := range textsOf(v) {
			t |= typeNamed(name)
		}
	default:
		p.wanted |= spokenOf(a)
		return
	}
	p.stated = true
	p.limit(t, "type")
}

// spokenOf is the type that the keywords of a schema without one are about.
func spokenOf(a *atom) types {
	var t types
	for keyword := range a.raw {
		switch keyword {
		case "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties",
			"maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties":
			t |= objectType
		case "items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems", "unevaluatedItems":
			t |= arrayType
		case "pattern", "minLength", "maxLength", "contentMediaType", "contentEncoding", "contentSchema":
			t |= stringType
		case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
			t |= numberType | integerType
		case "format":
			if name, ok := a.raw[keyword].(string); ok {
				t |= typesOfFormat(name)
			}
		}
	}
	return t
}

func typesOfFormat(name string) types {
	switch name {
	case "int32", "int64", "epoch-millis":
		return integerType
	case "float", "double":
		return numberType | integerType
	}
	return stringType
}

// limit leaves only the given types; keyword is who asked for it.
func (p *plan) limit(t types, keyword string) {
	p.types &= t
	if p.types == 0 && p.never == "" {
		p.never = keyword
	}
}

func (p *plan) mergeNumber(a *atom) {
	n := &p.numbers
	read := func(keyword string) (json.Number, bool) {
		v, ok := a.raw[keyword].(json.Number)
		return v, ok
	}
	if v, ok := read("minimum"); ok {
		if r, ok := ratOf(v); ok {
			n.atLeast(r, a.raw["exclusiveMinimum"] == true)
		}
	}
	if v, ok := read("maximum"); ok {
		if r, ok := ratOf(v); ok {
			n.atMost(r, a.raw["exclusiveMaximum"] == true)
		}
	}
	if v, ok := read("exclusiveMinimum"); ok {
		if r, ok := ratOf(v); ok {
			n.atLeast(r, true)
		}
	}
	if v, ok := read("exclusiveMaximum"); ok {
		if r, ok := ratOf(v); ok {
			n.atMost(r, true)
		}
	}
	if v, ok := read("multipleOf"); ok {
		if r, ok := ratOf(v); ok {
			n.multiple(r)
		}
	}
	switch a.raw["format"] {
	case "int32":
		n.width(32)
	case "int64", "epoch-millis":
		n.width(64)
	}
}

// settleTypes drops the types that the rules leave no value of, and makes the grid of numbers.
func (p *plan) settleTypes() {
	if p.types&(numberType|integerType) != 0 {
		whole := p.types&numberType == 0 || p.numbers.bits > 0
		grid, ok := newGrid(&p.numbers, whole)
		p.grid = grid
		if !ok {
			p.limit(^(numberType | integerType), "minimum")
		}
	}
	if p.minLength > p.maxLength {
		p.limit(^stringType, "minLength")
	}
	if p.minItems > p.maxItems {
		p.limit(^arrayType, "minItems")
	}
	if p.minSize > p.maxSize {
		p.limit(^objectType, "minProperties")
	}
	if p.wanted &= p.types; p.wanted == 0 {
		p.wanted = p.types &^ nullType
	}
	if p.wanted == 0 {
		p.wanted = p.types
	}
	if len(p.excluded) > 0 || len(p.formats) > 1 || len(p.patterns) > 1 || len(p.formats)+len(p.patterns) > 1 ||
		len(p.formats) == 1 && (p.minLength > 0 || p.maxLength < math.MaxInt) || p.unique || len(p.contains) > 0 || p.keys != nil {
		p.tricky = true
	}
}
