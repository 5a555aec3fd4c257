package schema

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"understudy/specs"
)

// What stands in Got or Expected when nothing was there, or nothing may be.
const (
	absent  = "absent"
	present = "present"
)

// explanation turns what the library found wrong with a value into violations.
type explanation struct {
	schema *Schema
	value  any
}

// leaves walks to the causes: an error that has causes only summarises them.
func (x explanation) leaves(list []Violation, e *jsonschema.ValidationError) []Violation {
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf:
		return append(list, x.alternatives(e, "anyOf")...)
	case *kind.OneOf:
		if len(k.Subschemas) == 0 {
			return append(list, x.alternatives(e, "oneOf")...)
		}
	case *kind.Contains, *kind.MinContains, *kind.PropertyNames:
		return append(list, x.leaf(e)...) // why each element or name does not fit is of no use
	}
	if len(e.Causes) == 0 {
		return append(list, x.leaf(e)...)
	}
	for _, cause := range e.Causes {
		list = x.leaves(list, cause)
	}
	return list
}

// at is the place in the contract of the schema that found the error.
func (x explanation) at(e *jsonschema.ValidationError) string {
	resource, fragment, _ := strings.Cut(e.SchemaURL, "#")
	p, ok := resourcePlace(resource)
	below, err := url.PathUnescape(fragment)
	if !ok || err != nil {
		return ""
	}
	return p.pointer + below
}

// violation is one at the place of an error, still without a rule.
func (x explanation) violation(e *jsonschema.ValidationError) Violation {
	at := x.at(e)
	return Violation{
		Pointer: pointerOf(e.InstanceLocation), Got: describe(lookup(x.value, e.InstanceLocation)), Schema: at,
		At: x.schema.contract.Position(at), Source: x.schema.contract.Source(at),
	}
}

// below is the same violation of a member.
func (v Violation) below(name string) Violation {
	v.Pointer += "/" + specs.EscapePointer(name)
	return v
}

// tells is the same violation with its rule and what the rule says.
func (v Violation) tells(keyword, expected string) Violation {
	v.Keyword, v.Expected = keyword, expected
	return v
}

// got is the same violation with what stood there.
func (v Violation) got(text string) Violation {
	v.Got = text
	return v
}

func one(v Violation) []Violation { return []Violation{v} }

func (x explanation) leaf(e *jsonschema.ValidationError) []Violation {
	at := x.violation(e)
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		var list []Violation
		for _, name := range k.Missing {
			list = append(list, at.below(name).tells("required", "a value").got(absent))
		}
		return list
	case *kind.DependentRequired:
		var list []Violation
		for _, name := range k.Missing {
			list = append(list, at.below(name).tells("dependentRequired", "a value beside "+k.Prop).got(absent))
		}
		return list
	case *kind.AdditionalProperties:
		var list []Violation
		for _, name := range k.Properties {
			list = append(list, at.below(name).tells("additionalProperties", "no such member").got(present))
		}
		return list
	case *kind.PropertyNames:
		return one(at.below(k.Property).tells("propertyNames", "another name").got("a name of " + strconv.Itoa(len([]rune(k.Property))) + " characters"))
	case *kind.FalseSchema:
		return one(x.forbidden(at))
	case *kind.OneOf:
		return one(at.tells("oneOf", "exactly one of the alternatives").got(x.both(at.Schema, k.Subschemas)))
	}
	if v, ok := x.size(at, e.ErrorKind); ok {
		return one(v)
	}
	return one(x.rule(at, e.ErrorKind))
}

// rule is a violation of a keyword about the value itself.
func (x explanation) rule(at Violation, k jsonschema.ErrorKind) Violation {
	switch k := k.(type) {
	case *kind.Type:
		return at.tells("type", strings.Join(k.Want, " or "))
	case *kind.Format:
		return at.tells("format", k.Want)
	case *kind.Pattern:
		return at.tells("pattern", k.Want)
	case *kind.Enum:
		return at.tells("enum", oneOfThese(k.Want))
	case *kind.Const:
		return at.tells("const", fmt.Sprint(k.Want))
	case *kind.Minimum:
		return at.tells("minimum", "at least "+x.literal(at, "minimum", k.Want))
	case *kind.Maximum:
		return at.tells("maximum", "at most "+x.literal(at, "maximum", k.Want))
	case *kind.ExclusiveMinimum:
		return at.tells("exclusiveMinimum", "more than "+x.literal(at, "exclusiveMinimum", k.Want))
	case *kind.ExclusiveMaximum:
		return at.tells("exclusiveMaximum", "less than "+x.literal(at, "exclusiveMaximum", k.Want))
	case *kind.MultipleOf:
		return at.tells("multipleOf", "a multiple of "+x.literal(at, "multipleOf", k.Want))
	case *kind.UniqueItems:
		at.Pointer += "/" + strconv.Itoa(k.Duplicates[1])
		return at.tells("uniqueItems", "no element twice").got("the same as element " + strconv.Itoa(k.Duplicates[0]))
	case *kind.Not:
		return at.tells("not", "a value that the schema under not does not take")
	case *kind.InvalidJsonValue:
		return at.tells("type", "a value of JSON")
	}
	keyword := "schema"
	if path := k.KeywordPath(); len(path) > 0 {
		keyword = path[0]
	}
	return at.tells(keyword, "what the contract says there")
}

// size is a violation of a keyword that counts.
func (x explanation) size(at Violation, k jsonschema.ErrorKind) (Violation, bool) {
	least := func(keyword string, n int, what string) (Violation, bool) {
		return at.tells(keyword, fmt.Sprintf("at least %d %s", n, what)), true
	}
	most := func(keyword string, n int, what string) (Violation, bool) {
		return at.tells(keyword, fmt.Sprintf("at most %d %s", n, what)), true
	}
	switch k := k.(type) {
	case *kind.MinLength:
		return least("minLength", k.Want, "characters")
	case *kind.MaxLength:
		return most("maxLength", k.Want, "characters")
	case *kind.MinItems:
		return least("minItems", k.Want, "elements")
	case *kind.MaxItems:
		return most("maxItems", k.Want, "elements")
	case *kind.MinProperties:
		return least("minProperties", k.Want, "members")
	case *kind.MaxProperties:
		return most("maxProperties", k.Want, "members")
	case *kind.Contains:
		return least("contains", 1, "elements that fit")
	case *kind.MinContains:
		at.Got = fmt.Sprintf("%d elements that fit", len(k.Got))
		return least("minContains", k.Want, "elements that fit")
	case *kind.MaxContains:
		at.Got = fmt.Sprintf("%d elements that fit", len(k.Got))
		return most("maxContains", k.Want, "elements that fit")
	}
	return at, false
}

// forbidden is a violation of a schema that takes nothing: the contract says false there, or one side of the call may not
// send the property.
func (x explanation) forbidden(at Violation) Violation {
	parent, last := cutPointer(at.Schema)
	raw, _ := x.schema.contract.Value(at.Schema)
	if raw != false {
		keyword := Request.keyword()
		if x.schema.view == Response {
			keyword = Response.keyword()
		}
		return at.tells(keyword, "no value from this side").got(present)
	}
	switch last {
	case "additionalProperties", "unevaluatedProperties":
		return at.tells(last, "no such member").got(present)
	case "items", "unevaluatedItems":
		return at.tells(last, "no further element").got(present)
	}
	if _, keyword := cutPointer(parent); keyword != "" {
		last = keyword
	}
	return at.tells(last, "no value").got(present)
}

// literal is a number as the contract writes it; the library has it as a fraction.
func (x explanation) literal(at Violation, keyword string, want *big.Rat) string {
	if v, ok := x.schema.contract.Value(at.Schema + "/" + keyword); ok {
		if n, ok := v.(json.Number); ok {
			return string(n)
		}
	}
	return want.RatString()
}

// mostListed bounds how many values of an enum are told.
const mostListed = 30

// oneOfThese lists the values of an enum.
func oneOfThese(values []any) string {
	if len(values) > mostListed {
		return fmt.Sprintf("one of %v and %d more", values[:mostListed], len(values)-mostListed)
	}
	return fmt.Sprint("one of ", values)
}

// cutPointer takes the last token from a JSON pointer.
func cutPointer(pointer string) (rest, last string) {
	i := strings.LastIndexByte(pointer, '/')
	if i < 0 {
		return "", ""
	}
	return pointer[:i], specs.UnescapePointer(pointer[i+1:])
}
