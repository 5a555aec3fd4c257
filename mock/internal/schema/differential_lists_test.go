package schema_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// TestOnePassReadsListsAsTheyAreWritten holds Accepts to Validate where lists are wrapped, or left out when they are empty:
// the value is judged, its text as AppendJSON writes it is looked at.
func TestOnePassReadsListsAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	own, err := specs.Parse("lists", "lists.yaml", []byte(`openapi: 3.1.0
info: {title: Lists, version: "1"}
paths: {}
components:
  schemas:
    Row: {type: object, required: [ids], properties: {ids: {type: array, items: {type: integer}, xml: {wrapped: true, name: id_list}}, rows: {type: array, maxItems: 2, items: {$ref: "#/components/schemas/Row"}, xml: {wrapped: true}}}}
    Rows: {type: array, minItems: 1, xml: {wrapped: true}, items: {xml: {name: row}, type: object, properties: {tags: {type: array, items: {type: string, xml: {name: tag}}, xml: {wrapped: true}}}, additionalProperties: false}}
    Plain: {type: object, additionalProperties: false, properties: {list: {type: array, items: {type: string, maxLength: 3}}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	alihealth, err := specs.Load("alihealth")
	if err != nil {
		t.Fatal(err)
	}
	taken, refused := 0, 0
	for _, c := range []*specs.Contract{alihealth, own} {
		list, _ := subjects(c)
		for i, s := range list {
			random := rand.New(rand.NewPCG(uint64(i), 17))
			h := s.hints(random)
			for n := range 30 {
				v, err := s.gen.Value(s.pointer, fake.New(int64(n)), generate.Options{View: s.view, Dynamic: true, Optional: generate.Optional(n % 3)})
				if err != nil {
					continue
				}
				changed := treeOf(v)
				for range n % 3 {
					h.mutate(changed)
				}
				value, jsonErr := wire.DecodeJSON(style{}.bytes(changed), wire.JSONOptions{})
				if jsonErr != nil {
					continue
				}
				raw, _ := s.contract.Value(s.pointer)
				for _, lists := range []schema.Lists{schema.Plain, schema.Wrapped, schema.Simplified} {
					text, err := s.schema.AppendJSON(nil, value, lists)
					if err != nil {
						continue
					}
					meant := value
					if lists != schema.Plain {
						meant = s.withLists(raw, value)
					}
					valid := len(s.schema.Validate(meant)) == 0
					switch fast := s.schema.Accepts(text, schema.Syntax{Lists: lists}); {
					case fast && valid:
						taken++
					case !fast && !valid:
						refused++
					case fast:
						t.Errorf("%s, lists %d: unsound: one pass takes %s, and the value is not valid: %v", s, lists, shown(text), s.schema.Validate(meant))
					case len(s.schema.Slow()) == 0:
						t.Errorf("%s, lists %d: missed: one pass does not take %s, which is how a valid value is written", s, lists, shown(text))
					}
				}
			}
			if t.Failed() && i > 3 {
				t.Fatal("and perhaps more")
			}
		}
	}
	if taken < 500 || refused < 50 {
		t.Errorf("%d taken, %d refused: too few to say anything", taken, refused)
	}
	t.Logf("%d taken, %d refused", taken, refused)
}

// withLists is a value as its text is read where empty lists are left out: with an empty one wherever a list that is
// required is absent.
func (s *subject) withLists(raw, v any) any {
	m, _ := raw.(map[string]any)
	if ref, ok := m["$ref"].(string); ok {
		raw, _ = s.contract.Value(strings.TrimPrefix(ref, "#"))
		return s.withLists(raw, v)
	}
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		properties, _ := m["properties"].(map[string]any)
		for name, property := range properties {
			if item, ok := v[name]; ok {
				out[name] = s.withLists(property, item)
			} else if required, _ := m["required"].([]any); slices.Contains(required, any(name)) && isWrapped(property) {
				out[name] = []any{}
			}
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = s.withLists(m["items"], out[i])
		}
		return out
	}
	return v
}

func isWrapped(property any) bool {
	m, _ := property.(map[string]any)
	xml, _ := m["xml"].(map[string]any)
	return xml["wrapped"] == true
}
