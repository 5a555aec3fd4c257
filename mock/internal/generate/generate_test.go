package generate_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// made makes one value of a schema.
func made(t *testing.T, raw string, seed int64, o generate.Options) any {
	t.Helper()
	c := contract(t, `{"Root": `+raw+`}`)
	v, err := generate.New(c, schema.NewSet(c)).Value(root, fake.New(seed), o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatTheDocumentGivesComesFirst(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"type": "string", "example": "e", "examples": ["f"], "default": "d"}`:                                                                           `"e"`,
		`{"type": "string", "examples": ["f", "g"], "default": "d"}`:                                                                                      `"f"`,
		`{"type": "string", "default": "d", "enum": ["c", "d"]}`:                                                                                          `"d"`,
		`{"type": "string", "const": "k"}`:                                                                                                                `"k"`,
		`{"type": "string", "example": 5, "default": "d"}`:                                                                                                `"d"`,
		`{"type": "object", "properties": {"a": {"type": "string", "example": "e"}}}`:                                                                     `{"a":"e"}`,
		`{"type": "object", "example": {"a": "whole"}, "properties": {"a": {"type": "string", "example": "e"}}}`:                                          `{"a":"whole"}`,
		`{"type": "array", "items": {"type": "string", "example": "e"}}`:                                                                                  `["e"]`,
		`{"allOf": [{"type": "object", "example": {"a": 1}, "properties": {"a": {}}}, {"type": "object", "example": {"b": 2}, "properties": {"b": {}}}]}`: `{"a":1,"b":2}`,
		`{"type": "object", "example": {"id": 1, "a": "x"}, "properties": {"id": {"type": "integer", "readOnly": true}, "a": {"type": "string"}}}`:        `{"a":"x"}`,
	} {
		data, _ := json.Marshal(made(t, raw, 1, generate.Options{View: schema.Request}))
		if string(data) != want {
			t.Errorf("%s: %s, want %s", raw, data, want)
		}
	}
	if v := made(t, `{"type": "string", "format": "date", "example": "2001-01-01"}`, 1, generate.Options{Dynamic: true}); v == "2001-01-01" {
		t.Error("the example was taken where fakes were asked for")
	}
}

func TestADiscriminatorIsMetAlone(t *testing.T) {
	t.Parallel()
	c := contract(t, `{"Pet": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}], "discriminator": {"propertyName": "kind", "mapping": {"c": "#/components/schemas/Cat"}}},
		"Cat": {"type": "object", "required": ["kind", "lives"], "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}},
		"Dog": {"type": "object", "required": ["kind", "bark"], "properties": {"kind": {"type": "string"}, "bark": {"type": "boolean"}}},
		"Base": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}, "discriminator": {"propertyName": "type"}},
		"Child": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["n"], "properties": {"n": {"type": "integer"}}}]}}`)
	g := generate.New(c, schema.NewSet(c))
	for name, want := range map[string][2]string{"Cat": {"kind", "c"}, "Dog": {"kind", "Dog"}, "Base": {"type", "Child"}, "Child": {"type", "Child"}} {
		for seed := range int64(5) {
			v, err := g.Value("/components/schemas/"+name, fake.New(seed), generate.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := v.(map[string]any)[want[0]]; got != want[1] {
				t.Errorf("%s: %v", name, v)
			}
		}
	}
	kinds := map[any]bool{}
	for seed := range int64(20) {
		v, err := g.Value("/components/schemas/Pet", fake.New(seed), generate.Options{})
		if err != nil {
			t.Fatal(err)
		}
		kinds[v.(map[string]any)["kind"]] = true
	}
	if !reflect.DeepEqual(kinds, map[any]bool{"c": true, "Dog": true}) {
		t.Errorf("kinds: %v", kinds)
	}
}

func TestViewsLeaveOutWhatTheyForbid(t *testing.T) {
	t.Parallel()
	raw := `{"type": "object", "required": ["id", "secret"], "properties": {"id": {"type": "integer", "readOnly": true}, "secret": {"type": "string", "writeOnly": true}}}`
	for view, want := range map[schema.View][]string{schema.Any: {"id", "secret"}, schema.Request: {"secret"}, schema.Response: {"id"}} {
		v := made(t, raw, 1, generate.Options{View: view}).(map[string]any)
		var names []string
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Errorf("view %d: %v, want %v", view, names, want)
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	t.Parallel()
	raw := `{"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}, "a": {"type": "object", "properties": {"b": {"type": "object", "properties": {"c": {"type": "object", "properties": {"d": {"type": "object"}}}}}}}}}`
	for depth, want := range map[int]string{1: `{"n":`, 2: `{"a":{},"n":`, 3: `{"a":{"b":{}},"n":`, 0: `{"a":{"b":{"c":{"d":{}}}},"n":`} {
		data, _ := json.Marshal(made(t, raw, 1, generate.Options{Depth: depth}))
		if !strings.HasPrefix(string(data), want) {
			t.Errorf("depth %d: %s, want %s…", depth, data, want)
		}
	}
}

func TestMembersAgree(t *testing.T) {
	t.Parallel()
	raw := `{"type": "object", "properties": {
		"createdAt": {"type": "string", "format": "date-time"}, "updatedAt": {"type": "string", "format": "date-time"},
		"start_date": {"type": "string", "format": "date"}, "end_date": {"type": "string", "format": "date"},
		"minPrice": {"type": "number"}, "maxPrice": {"type": "number"},
		"total": {"type": "integer"}, "rows": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}}}}`
	for seed := range int64(30) {
		v := made(t, raw, seed, generate.Options{}).(map[string]any)
		text := func(name string) string { return v[name].(string) }
		low, _ := v["minPrice"].(json.Number).Float64()
		high, _ := v["maxPrice"].(json.Number).Float64()
		total, _ := v["total"].(json.Number).Int64()
		if text("createdAt") > text("updatedAt") || text("start_date") > text("end_date") || low > high || int(total) != len(v["rows"].([]any)) {
			t.Errorf("%v", v)
		}
	}
}

func TestNumbersThatMeanSomething(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	for raw, within := range map[string][2]float64{
		`{"type": "object", "properties": {"v": {"type": "integer", "format": "int64"}}}`:                   {1, 1000},
		`{"type": "object", "properties": {"createdAt": {"type": "integer", "format": "int64"}}}`:           {float64(at.UnixMilli()) - 367*864e5, float64(at.UnixMilli())},
		`{"type": "object", "properties": {"createdAt": {"type": "integer", "format": "int32"}}}`:           {float64(at.Unix()) - 367*864e2, float64(at.Unix())},
		`{"type": "object", "properties": {"age": {"type": "integer", "minimum": 0}}}`:                      {18, 70},
		`{"type": "object", "properties": {"price": {"type": "number", "minimum": 1000}}}`:                  {1000, 1500},
		`{"type": "object", "properties": {"latitude": {"type": "number", "minimum": -90, "maximum": 90}}}`: {27, 31},
		`{"type": "object", "properties": {"page": {"type": "integer"}}}`:                                   {1, 1},
		`{"type": "object", "properties": {"v": {"type": "integer", "maximum": -5}}}`:                       {-1100, -5},
	} {
		for seed := range int64(10) {
			for _, v := range made(t, raw, seed, generate.Options{}).(map[string]any) {
				if f, err := v.(json.Number).Float64(); err != nil || f < within[0] || f > within[1] {
					t.Errorf("%s: %v", raw, v)
				}
			}
		}
	}
	id := made(t, `{"type": "string", "format": "int64"}`, 1, generate.Options{}).(string)
	if strings.Trim(id, "0123456789") != "" || id == "" {
		t.Errorf("a text of a whole number: %q", id)
	}
}

func TestChineseDocumentsGetChineseData(t *testing.T) {
	t.Parallel()
	raw := `{"type": "object", "description": %q, "properties": {"patientName": {"type": "string"}, "remark": {"type": "string"}}}`
	for description, chinese := range map[string]bool{"病人": true, "A patient": false} {
		data, _ := json.Marshal(made(t, strings.Replace(raw, "%q", `"`+description+`"`, 1), 1, generate.Options{}))
		if fake.HasHan(string(data)) != chinese {
			t.Errorf("%s: %s", description, data)
		}
	}
}

func TestDatesLieBeforeTheInstant(t *testing.T) {
	t.Parallel()
	at := time.Date(2031, time.March, 4, 5, 6, 7, 0, time.UTC)
	v := made(t, `{"type": "string", "format": "date"}`, 1, generate.Options{At: at}).(string)
	if v > "2031-03-04" || v < "2030-03-03" {
		t.Error(v)
	}
}

func TestWhatCannotBeMadeIsTold(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][2]string{
		`{"type": "integer", "minimum": 5, "maximum": 4}`:                                                                {"", "minimum"},
		`{"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "minLength": 5, "maxLength": 4}}}`: {"", "required"},
		`{"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/Root"}}}`:              {"", "required"},
		`{"enum": ["a"], "type": "integer"}`:                                                                             {"", "enum"},
		`false`:                                                                                                          {"", "false"},
		`{"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "pattern": "^a$", "minLength": 3}}}`: {"/a", "pattern"},
		`{"type": "array", "minItems": 4000000000}`:                                           {"", "minItems"},
		`{"type": "string", "minLength": 4000000000}`:                                         {"", "minLength"},
		`{"type": "object", "minProperties": 4000000000}`:                                     {"", "minProperties"},
		`{"allOf": [{"type": "string"}, {"type": "integer"}]}`:                                {"", "type"},
		`{"type": "array", "minItems": 3, "uniqueItems": true, "items": {"type": "boolean"}}`: {"/2", "uniqueItems"},
	} {
		c := contract(t, `{"Root": `+raw+`}`)
		v, err := generate.New(c, schema.NewSet(c)).Value(root, fake.New(1), generate.Options{})
		var told *generate.Error
		if !errors.As(err, &told) {
			t.Errorf("%s: %v, %v", raw, v, err)
			continue
		}
		if told.Pointer != want[0] || told.Keyword != want[1] || !strings.Contains(err.Error(), "sample.yaml:") {
			t.Errorf("%s: %q %q: %v", raw, told.Pointer, told.Keyword, err)
		}
	}
	c := contract(t, `{}`)
	if _, err := generate.New(c, schema.NewSet(c)).Value(root, fake.New(1), generate.Options{}); err == nil {
		t.Error("a value of a schema that is not there")
	}
}

func TestExamplesAreJudged(t *testing.T) {
	t.Parallel()
	c := contract(t, `{"Root": {"type": "integer", "minimum": 3}, "Values": {"examples": [5, 2, "x"]}}`)
	g := generate.New(c, schema.NewSet(c))
	list := []specs.Example{
		{Name: "good", Pointer: "/components/schemas/Values/examples/0"}, {Name: "small", Pointer: "/components/schemas/Values/examples/1"},
		{Name: "text", Pointer: "/components/schemas/Values/examples/2"}, {Name: "none", Pointer: "/components/schemas/Values/examples/3"},
	}
	valid, broken := g.Examples(list, root, schema.Any)
	if len(valid) != 1 || valid[0].Name != "good" || valid[0].Value != json.Number("5") {
		t.Errorf("valid: %v", valid)
	}
	if len(broken) != 2 || broken[0].Violations[0].Keyword != "minimum" || broken[1].Name != "text" || broken[1].At.Line == 0 {
		t.Errorf("broken: %v", broken)
	}
	if valid, broken = g.Examples(list, "", schema.Any); len(valid) != 3 || len(broken) != 0 {
		t.Errorf("without a schema: %v, %v", valid, broken)
	}
}

func TestManyAskAtOnce(t *testing.T) {
	t.Parallel()
	for _, h := range hard {
		c := contract(t, h.schemas)
		g := generate.New(c, schema.NewSet(c))
		var wait sync.WaitGroup
		got := make([]any, 8)
		for i := range got {
			wait.Go(func() { got[i], _ = g.Value(root, fake.New(9), generate.Options{Optional: generate.All}) })
		}
		wait.Wait()
		for _, v := range got {
			if !reflect.DeepEqual(v, got[0]) {
				t.Errorf("%s: %v and %v", h.name, got[0], v)
			}
		}
	}
}

func TestWhatIsHandedOutMayBeChanged(t *testing.T) {
	t.Parallel()
	c := contract(t, `{"Root": {"type": "object", "example": {"a": [1]}}}`)
	g := generate.New(c, schema.NewSet(c))
	v, _ := g.Value(root, fake.New(1), generate.Options{})
	v.(map[string]any)["a"].([]any)[0] = "changed"
	again, _ := g.Value(root, fake.New(1), generate.Options{})
	if data, _ := json.Marshal(again); string(data) != `{"a":[1]}` {
		t.Errorf("%s", data)
	}
}

func TestSmaller(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`null`: `null`, `false`: `null`, `true`: `[false]`, `""`: `null`, `0`: `null`, `{}`: `null`, `[]`: `null`,
		`"abcd"`: `["","a","ab","abc","aaaa"]`, `10`: `[0,1,5,9]`, `-2.5`: `[0,1,2,2.5]`, `1`: `[0]`,
		`{"a":1,"b":true}`: `[{},{"b":true},{"a":1},{"a":0,"b":true},{"a":1,"b":false}]`,
		`[1,"x"]`:          `[[],["x"],[1],[0,"x"],[1,""],[1,"a"]]`,
	} {
		data, _ := json.Marshal(generate.Smaller(decoded(t, text)))
		if string(data) != want {
			t.Errorf("%s: %s, want %s", text, data, want)
		}
	}
}

// TestSmallerEnds shrinks as far as it goes, whichever candidate is taken.
func TestSmallerEnds(t *testing.T) {
	t.Parallel()
	for pick := range 7 {
		v := decoded(t, `{"a":[45,"体检 text",{"b":-7.25}],"c":"0123456789","d":true}`)
		for steps := 0; ; steps++ {
			list := generate.Smaller(v)
			if len(list) == 0 {
				break
			}
			if steps > 2000 {
				t.Fatalf("no end with candidate %d: %v", pick, v)
			}
			v = list[(len(list)-1)*pick/6]
		}
	}
}

func FuzzValue(f *testing.F) {
	for _, h := range hard {
		f.Add(h.schemas)
	}
	f.Add(`{"Root": {"type": 5, "properties": [], "required": {}, "items": [true], "enum": {}, "allOf": {}, "minItems": -1}}`)
	f.Fuzz(func(t *testing.T, schemas string) {
		if !json.Valid([]byte(schemas)) {
			return
		}
		c, err := specs.Parse("sample", "sample.yaml", []byte(`{"openapi": "3.1.0", "info": {"title": "Sample", "version": "1"}, "paths": {"/": {"get": {"responses": {}}}},
"components": {"schemas": `+schemas+`}}`))
		if err != nil {
			return
		}
		set := schema.NewSet(c)
		g := generate.New(c, set)
		v, err := g.Value(root, fake.New(1), generate.Options{})
		if err != nil {
			return
		}
		s, err := set.Compile(root)
		if err != nil {
			t.Fatal(err)
		}
		if violations := s.Validate(v); len(violations) > 0 {
			t.Errorf("%v: %v", v, violations)
		}
	})
}

func BenchmarkValue(b *testing.B) {
	c := contract(b, `{"Root": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer", "format": "int64"}, "name": {"type": "string"},
		"email": {"type": "string", "format": "email"}, "age": {"type": "integer", "minimum": 0, "maximum": 150}, "status": {"type": "string", "enum": ["on", "off"]}, "createdAt": {"type": "string", "format": "date-time"}}}}`)
	g := generate.New(c, schema.NewSet(c))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := g.Value(root, fake.New(int64(i)), generate.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
