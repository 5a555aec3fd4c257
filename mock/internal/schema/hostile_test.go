package schema

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/specs"
)

func hostileSchema(t *testing.T, text string) *Schema {
	t.Helper()
	c, err := specs.Parse("test", "test.json", []byte(`{"openapi":"3.1.0","info":{"title":"t","version":"1"},
"paths":{"/x":{"get":{"responses":{"200":{"description":"ok"}}}}},"components":{"schemas":{"X":`+text+`}}}`))
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSet(c).Compile("/components/schemas/X")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSlowPattern: a body full of texts that a pattern takes an age over is refused in a moment, and the pattern is tried
// again later.
func TestSlowPattern(t *testing.T) {
	t.Parallel()
	s := hostileSchema(t, `{"type":"array","items":{"type":"string","pattern":"^(?!x)(a|a|aa)+$"}}`)
	var list []any
	for range 200 {
		list = append(list, strings.Repeat("a", 60)+"!")
	}
	start := time.Now()
	if len(s.Validate(list)) == 0 {
		t.Error("no text was refused")
	}
	if took := time.Since(start); took > 60*time.Second {
		t.Errorf("it took %v", took)
	}
	p, err := compilePattern("^(?!x)(a|a|aa)+$")
	if err != nil {
		t.Fatal(err)
	}
	slow := p.(*pattern)
	slow.slow, slow.since = mostSlow, time.Now()
	if slow.MatchString("aaa") {
		t.Error("a pattern that gave up is tried")
	}
	slow.since = time.Now().Add(-slowFor - time.Second)
	if !slow.MatchString("aaa") {
		t.Error("a pattern that gave up is never tried again")
	}
}

// TestEnumAndConst: both hold where both stand, whoever judges.
func TestEnumAndConst(t *testing.T) {
	t.Parallel()
	s := hostileSchema(t, `{"enum":["a","b"],"const":"c"}`)
	for _, v := range []string{"a", "b", "c"} {
		if len(s.Validate(v)) == 0 {
			t.Errorf("%q is neither of the list and the constant", v)
		}
	}
}

// TestManyMembers: an object and an enum of many thousands are judged in a moment, value after value.
func TestManyMembers(t *testing.T) {
	t.Parallel()
	const n = 60_000
	properties, object, list, values := map[string]any{}, map[string]any{}, []any{}, []any{}
	for i := range n {
		name := "m" + strconv.Itoa(i)
		properties[name] = map[string]any{"type": "integer"}
		object[name] = json.Number("1")
		list = append(list, name)
		values = append(values, name)
	}
	start := time.Now()
	text, err := json.Marshal(map[string]any{"type": "object", "properties": properties, "required": list[:1]})
	if err != nil {
		t.Fatal(err)
	}
	s := hostileSchema(t, string(text))
	for range 3 {
		if found := s.Validate(object); len(found) > 0 {
			t.Fatal(found)
		}
		if len(s.Shape().Members()) != len(properties) {
			t.Fatal("members are missing")
		}
	}
	enum, err := json.Marshal(map[string]any{"type": "array", "items": map[string]any{"enum": list}})
	if err != nil {
		t.Fatal(err)
	}
	if found := hostileSchema(t, string(enum)).Validate(values); len(found) > 0 {
		t.Fatal(found[0])
	}
	if took := time.Since(start); took > 60*time.Second {
		t.Errorf("it took %v", took)
	}
}
