package generate_test

import (
	"encoding/json"
	"testing"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
)

// TestWhatIsGivenForMembers gives values for members of the whole value, where the schema takes them.
func TestWhatIsGivenForMembers(t *testing.T) {
	t.Parallel()
	const properties = `"type": "object", "required": ["id", "petId", "name", "list"], "properties": {"id": {"type": "integer", "minimum": 1}, "petId": {"type": "string", "maxLength": 3}, "name": {"type": "string"}, "list": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {"id": {"const": 5}}}}}`
	for _, tc := range []struct {
		name, schema string
		given        []generate.Given
		want         map[string]any
	}{
		{"a number", properties, []generate.Given{{Name: "id", Value: json.Number("7")}}, map[string]any{"id": json.Number("7")}},
		{"a number for a text", properties, []generate.Given{{Name: "petId", Value: json.Number("71")}}, map[string]any{"petId": "71"}},
		{"the other name", properties, []generate.Given{{Name: "orderId", Else: "id", Value: json.Number("123456789")}}, map[string]any{"id": json.Number("123456789")}},
		{"the first name counts", properties, []generate.Given{{Name: "petId", Else: "id", Value: "a\"b"}}, map[string]any{"petId": "a\"b"}},
		{"two", properties, []generate.Given{{Name: "name", Value: "n"}, {Name: "petId", Value: "p"}}, map[string]any{"name": "n", "petId": "p"}},
		{"an example", properties + `, "example": {"id": 1, "petId": "x", "name": "y, \"z\": 1", "list": []}`, []generate.Given{{Name: "x", Else: "id", Value: json.Number("42")}, {Name: "name", Value: "n"}},
			map[string]any{"id": json.Number("42"), "petId": "x", "name": "n", "list": []any{}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := contract(t, `{"Root": {`+tc.schema+`}}`)
			set := schema.NewSet(c)
			g := generate.New(c, set)
			s, err := set.Compile(root)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 10 {
				o := generate.Options{Given: tc.given}
				if written, kept := agreed(t, g, s, root, fake.New(int64(i)), o); !written || !kept {
					t.Fatalf("written %v, kept %v", written, kept)
				}
				made, _ := g.Value(root, fake.New(int64(i)), o)
				for name, want := range tc.want {
					got, _ := json.Marshal(made.(map[string]any)[name])
					if text, _ := json.Marshal(want); string(got) != string(text) {
						t.Errorf("%s is %s, want %s", name, got, text)
					}
				}
			}
		})
	}
	c := contract(t, `{"Root": {`+properties+`}}`)
	set := schema.NewSet(c)
	g := generate.New(c, set)
	s, _ := set.Compile(root)
	plain, _ := g.Append(nil, root, fake.New(1), generate.Options{})
	for _, refused := range []generate.Given{{Name: "id", Value: json.Number("0")}, {Name: "id", Value: "x"}, {Name: "petId", Value: "long"}, {Name: "none", Value: "x"}, {Name: "list", Value: true}} {
		o := generate.Options{Given: []generate.Given{refused}}
		if written, _ := agreed(t, g, s, root, fake.New(1), o); !written {
			t.Errorf("%v: not written", refused)
		}
		if text, _ := g.Append(nil, root, fake.New(1), o); string(text) != string(plain) {
			t.Errorf("%v: %s, want %s", refused, text, plain)
		}
	}
}

// TestMembersThatHaveToDoWithEachOther looks at what is brought in line after it was written.
func TestMembersThatHaveToDoWithEachOther(t *testing.T) {
	t.Parallel()
	c := contract(t, `{"Root": {"type": "object", "required": ["total", "startDate", "endDate", "minPrice", "maxPrice", "rows"], "properties": {
		"total": {"type": "integer", "minimum": 0}, "startDate": {"type": "string", "format": "date"}, "maxPrice": {"type": "number"}, "endDate": {"type": "string", "format": "date"},
		"minPrice": {"type": "number"}, "rows": {"type": "array", "minItems": 9, "maxItems": 12, "items": {"type": "object", "required": ["n"], "properties": {"n": {"type": "array", "items": {"type": "integer"}}}}}}}}`)
	set := schema.NewSet(c)
	g := generate.New(c, set)
	s, err := set.Compile(root)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if written, kept := agreed(t, g, s, root, fake.New(int64(i)), generate.Options{}); !written || !kept {
			t.Fatalf("written %v, kept %v", written, kept)
		}
		text, _ := g.Append(nil, root, fake.New(int64(i)), generate.Options{})
		var v struct {
			Total              int
			StartDate, EndDate string
			MinPrice, MaxPrice float64
			Rows               []any
		}
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		if v.Total != len(v.Rows) || v.StartDate > v.EndDate || v.MinPrice > v.MaxPrice || len(v.Rows) < 9 {
			t.Fatalf("%s", text)
		}
	}
}

// TestListsAreAsLongAsTheDocumentSays looks at lists that are bounded on both sides.
func TestListsAreAsLongAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	c := contract(t, `{"Root": {"type": "array", "minItems": 2, "maxItems": 20, "items": {"type": "integer"}}}`)
	g := generate.New(c, schema.NewSet(c))
	lengths := map[int]bool{}
	for i := range 500 {
		v, err := g.Value(root, fake.New(int64(i)), generate.Options{})
		if err != nil {
			t.Fatal(err)
		}
		lengths[len(v.([]any))] = true
	}
	if len(lengths) != 19 {
		t.Errorf("%d lengths: %v", len(lengths), lengths)
	}
}
