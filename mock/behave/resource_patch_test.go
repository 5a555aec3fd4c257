package behave

import (
	"errors"
	"reflect"
	"strconv"
	"testing"
	"time"
)

// The rows are those of RFC 7396, appendix A.
func TestMergePatch(t *testing.T) {
	t.Parallel()
	tests := [][3]string{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	}
	for _, tt := range tests {
		target := decoded(t, tt[0])
		if got := mergePatch(target, decoded(t, tt[1])); !reflect.DeepEqual(got, decoded(t, tt[2])) {
			t.Errorf("%s patched with %s is %v, want %s", tt[0], tt[1], got, tt[2])
		}
		if !reflect.DeepEqual(target, decoded(t, tt[0])) {
			t.Errorf("patching has changed %s to %v", tt[0], target)
		}
	}
}

// The rows are in the order of RFC 6902, appendix A; "" is a refusal.
func TestJSONPatch(t *testing.T) {
	t.Parallel()
	tests := [][3]string{
		{`{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux"}]`, `{"baz":"qux","foo":"bar"}`},
		{`{"foo":["bar","baz"]}`, `[{"op":"add","path":"/foo/1","value":"qux"}]`, `{"foo":["bar","qux","baz"]}`},
		{`{"baz":"qux","foo":"bar"}`, `[{"op":"remove","path":"/baz"}]`, `{"foo":"bar"}`},
		{`{"foo":["bar","qux","baz"]}`, `[{"op":"remove","path":"/foo/1"}]`, `{"foo":["bar","baz"]}`},
		{`{"baz":"qux","foo":"bar"}`, `[{"op":"replace","path":"/baz","value":"boo"}]`, `{"baz":"boo","foo":"bar"}`},
		{`{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}`, `[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]`, `{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}`},
		{`{"foo":["all","grass","cows","eat"]}`, `[{"op":"move","from":"/foo/1","path":"/foo/3"}]`, `{"foo":["all","cows","eat","grass"]}`},
		{`{"baz":"qux","foo":["a",2,"c"]}`, `[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2.0}]`, `{"baz":"qux","foo":["a",2,"c"]}`},
		{`{"baz":"qux"}`, `[{"op":"test","path":"/baz","value":"bar"}]`, ``},
		{`{"foo":"bar"}`, `[{"op":"add","path":"/child","value":{"grandchild":{}}}]`, `{"foo":"bar","child":{"grandchild":{}}}`},
		{`{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux","xyz":123}]`, `{"foo":"bar","baz":"qux"}`},
		{`{"foo":"bar"}`, `[{"op":"add","path":"/baz/bat","value":"qux"}]`, ``},
		{`{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":10}]`, `{"/":9,"~1":10}`},
		{`{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":"10"}]`, ``},
		{`{"foo":["bar"]}`, `[{"op":"add","path":"/foo/-","value":["abc","def"]}]`, `{"foo":["bar",["abc","def"]]}`},
		{`{"a":{"b":[{"c":1}]}}`, `[{"op":"copy","from":"/a/b/0","path":"/a/b/0"},{"op":"replace","path":"/a/b/1/c","value":2}]`, `{"a":{"b":[{"c":1},{"c":2}]}}`},
		{`{"a":1}`, `[{"op":"add","path":"","value":{"b":2}}]`, `{"b":2}`},
		{`{"a":1}`, `[{"op":"remove","path":""}]`, `null`},
		{`{"a":1}`, `[]`, `{"a":1}`},
		{`{"a":{"b":1}}`, `[{"op":"move","from":"/a","path":"/a/b"}]`, ``},
		{`{"a":1}`, `[{"op":"remove","path":"/b"}]`, ``},
		{`{"a":1}`, `[{"op":"replace","path":"/b","value":1}]`, ``},
		{`{"a":[1]}`, `[{"op":"add","path":"/a/2","value":1}]`, ``},
		{`{"a":[1]}`, `[{"op":"add","path":"/a/01","value":1}]`, ``},
		{`{"a":[1]}`, `[{"op":"remove","path":"/a/-"}]`, ``},
		{`{"a":1}`, `[{"op":"add","path":"a","value":1}]`, ``},
		{`{"a":1}`, `[{"op":"add","path":"/b"}]`, ``},
		{`{"a":1}`, `[{"op":"spam","path":"/b","value":1}]`, ``},
		{`{"a":1}`, `[7]`, ``},
		{`"text"`, `[{"op":"add","path":"/a","value":1}]`, ``},
	}
	for _, tt := range tests {
		target := decoded(t, tt[0])
		got, err := jsonPatch(target, decoded(t, tt[1]).([]any))
		switch {
		case tt[2] == "" && err == nil:
			t.Errorf("%s patched with %s is %v, want a refusal", tt[0], tt[1], got)
		case tt[2] != "" && (err != nil || !reflect.DeepEqual(got, decoded(t, tt[2]))):
			t.Errorf("%s patched with %s is %v, %v, want %s", tt[0], tt[1], got, err, tt[2])
		}
		if !reflect.DeepEqual(target, decoded(t, tt[0])) {
			t.Errorf("patching has changed %s to %v", tt[0], target)
		}
	}
}

func TestEqualValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{`1`, `1.0`, true}, {`1`, `"1"`, false}, {`9007199254740993`, `9007199254740992`, false}, {`1e999999999`, `1e999999999`, true},
		{`1e999999999`, `1e999999998`, false}, {`null`, `null`, true}, {`null`, `0`, false}, {`true`, `true`, true}, {`true`, `"true"`, false},
		{`[1,[2]]`, `[1.0,[2]]`, true}, {`[1]`, `[1,2]`, false}, {`{"a":1}`, `{"a":1.0}`, true}, {`{"a":1}`, `{"b":1}`, false}, {`{"a":1}`, `[1]`, false},
	}
	for _, tt := range tests {
		if a, b := decoded(t, tt.a), decoded(t, tt.b); equalValues(a, b) != tt.want || equalValues(b, a) != tt.want {
			t.Errorf("%s and %s: want equal %v", tt.a, tt.b, tt.want)
		}
	}
}

func TestWithValue(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, pointer, put, want string }{
		{`{"a":1}`, "/b/c", `2`, `{"a":1,"b":{"c":2}}`},
		{`{"a":{"x":1}}`, "/a/y", `2`, `{"a":{"x":1,"y":2}}`},
		{`[1,2]`, "/1", `9`, `[1,9]`},
		{`{"a":1}`, "", `9`, `9`},
		{`null`, "/a", `9`, `{"a":9}`},
		{`"text"`, "/a", `9`, `"text"`},
		{`[1]`, "/7", `9`, `[1]`},
		{`{"a/b":1}`, "/a~1b", `2`, `{"a/b":2}`},
	}
	for _, tt := range tests {
		in := decoded(t, tt.in)
		if got := withValue(in, tt.pointer, decoded(t, tt.put)); !reflect.DeepEqual(got, decoded(t, tt.want)) {
			t.Errorf("%s with %s at %q is %v, want %s", tt.in, tt.put, tt.pointer, got, tt.want)
		}
		if !reflect.DeepEqual(in, decoded(t, tt.in)) {
			t.Errorf("%s has become %v", tt.in, in)
		}
	}
	if got := withoutMember(decoded(t, `{"a":{"b":1,"c":2}}`), "/a/b"); !reflect.DeepEqual(got, decoded(t, `{"a":{"c":2}}`)) {
		t.Errorf("without it is %v", got)
	}
	for _, pointer := range []string{"", "/x/y", "/x"} {
		if got := withoutMember(decoded(t, `{"a":1}`), pointer); !reflect.DeepEqual(got, decoded(t, `{"a":1}`)) {
			t.Errorf("without %q it is %v", pointer, got)
		}
	}
}

// TestJSONPatchesThatMultiply: a patch that copies the whole into itself again and again is refused, one of many small
// operations on a large object is not.
func TestJSONPatchesThatMultiply(t *testing.T) {
	t.Parallel()
	twice := decoded(t, `{"op":"copy","from":"","path":"/a/-"}`)
	deep := decoded(t, `{"op":"copy","from":"","path":"/b"}`)
	for name, op := range map[string]any{"twice as much": twice, "one level deeper": deep} {
		patch := make([]any, 5_000)
		for i := range patch {
			patch[i] = op
		}
		if _, err := jsonPatch(decoded(t, `{"a":["some text"]}`), patch); !errors.Is(err, errPatchSize) {
			t.Errorf("%s each time: %v", name, err)
		}
	}
	large := map[string]any{}
	for i := range 50_000 {
		large[strconv.Itoa(i)] = "x"
	}
	var patch []any
	for i := range 20_000 {
		patch = append(patch, map[string]any{"op": "replace", "path": "/large/" + strconv.Itoa(i), "value": "y"})
	}
	start := time.Now()
	got, err := jsonPatch(map[string]any{"large": large}, patch)
	if v, _ := valueAt(got, "/large/19999"); err != nil || v != "y" || large["19999"] != "x" {
		t.Errorf("%v, %v", v, err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}
