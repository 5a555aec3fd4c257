package specs_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"understudy/specs"
)

// head is the beginning of an overlay; its actions follow.
const head = "overlay: 1.0.0\ninfo: {title: Test, version: 1.0.0}\nactions:\n"

// clay is a document with one of each thing that an overlay can touch.
const clay = toy + `  schemas:
    Thing:
      type: object
      required: [id]
      properties:
        id: {type: [integer, string], minimum: 1, example: 2}
        name: {type: string}
        "200": {type: "null"}
x-errors:
  - {id: a, code: "1", fault: caller, conditions: [empty-body]}
  - {id: b, code: "2", fault: vendor, status: 503}
`

func clayed(t testing.TB) *specs.Contract {
	t.Helper()
	c, err := specs.Parse("toy", "toy.yaml", []byte(clay))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// same compares what stands at a pointer with JSON text; "" means that nothing stands there.
func same(t testing.TB, c *specs.Contract, pointer, want string) {
	t.Helper()
	got, ok := c.Value(pointer)
	if want == "" {
		if ok {
			t.Errorf("%s: %v should not be there", pointer, got)
		}
		return
	}
	var expected any
	d := json.NewDecoder(strings.NewReader(want))
	d.UseNumber()
	if err := d.Decode(&expected); err != nil {
		t.Fatalf("%s: %v", want, err)
	}
	if !ok || !equal(got, expected) {
		t.Errorf("%s is %v, want %v", pointer, got, expected)
	}
}

func equal(a, b any) bool { return reflect.DeepEqual(a, b) }

// TestOverlay applies one overlay each and looks at one place.
func TestOverlay(t *testing.T) {
	t.Parallel()
	const thing = "/components/schemas/Thing"
	tests := []struct{ name, actions, pointer, want string }{
		{"a new member", "- {target: $.info, update: {summary: s}}", "/info", `{"title":"Toy","version":"1","summary":"s"}`},
		{"a replaced text", "- {target: $.info, update: {title: T}}", "/info/title", `"T"`},
		{"a replaced null", "- {target: $.components.schemas.Thing.properties.name, update: {example: null}}\n- {target: $.components.schemas.Thing.properties.name, update: {example: e}}", thing + "/properties/name/example", `"e"`},
		{"a merge into the depth", "- {target: $, update: {components: {schemas: {Thing: {properties: {name: {minLength: 1}}}}}}}", thing + "/properties/name", `{"type":"string","minLength":1}`},
		{"arrays within a merge are joined", "- {target: $.components.schemas.Thing, update: {required: [name]}}", thing + "/required", `["id","name"]`},
		{"an entry for an array", "- {target: $.components.schemas.Thing.required, update: name}", thing + "/required", `["id","name"]`},
		{"an array for an array", "- {target: $.components.schemas.Thing.required, update: [name, size]}", thing + "/required", `["id","name","size"]`},
		{"an object for an array", "- {target: $.servers, update: {url: /more}}", "/servers", `[{"url":"https://toy.example/base/"},{"url":"/more"}]`},
		{"a removed object", "- {target: $.components.schemas.Thing.properties.name, remove: true}", thing + "/properties/name", ""},
		{"a removed array", "- {target: $.components.schemas.Thing.required, remove: true}", thing + "/required", ""},
		{"a removed value", "- {target: $.components.schemas.Thing.properties.id.minimum, remove: true}", thing + "/properties/id", `{"type":["integer","string"],"example":2}`},
		{"a removed element", "- {target: \"$['x-errors'][?@.id == 'a']\", remove: true}", "/x-errors", `[{"id":"b","code":"2","fault":"vendor","status":503}]`},
		{"every element removed", "- {target: \"$['x-errors'][*]\", remove: true}", "/x-errors", `[]`},
		{"remove goes before update", "- {target: $.components.schemas.Thing.required, remove: true, update: {a: b}}", thing + "/required", ""},
		{"removed with what holds it", "- {target: \"$.components.schemas..[?@.type]\", remove: true}", "/components/schemas", `{}`},
		{"replaced in two actions", "- {target: $.components.schemas.Thing.properties.id.type, remove: true}\n- {target: $.components.schemas.Thing.properties.id, update: {type: string}}", thing + "/properties/id/type", `"string"`},
		{"many at once", "- {target: $.paths.*.*.responses, update: {\"404\": {description: none}}}", "/paths/~1two~1{id}/delete/responses/404", `{"description":"none"}`},
		{"many at once, each with its own", "- {target: $.paths.*.*.responses, update: {\"404\": {description: none}}}\n- {target: $.paths.*.get.responses, update: {\"404\": {description: other}}}", "/paths/~1two~1{id}/delete/responses/404", `{"description":"none"}`},
		{"a number as a name", "- {target: \"$.components.schemas.Thing.properties['200']\", update: {title: t}}", thing + "/properties/200/title", `"t"`},
		{"an integer key of YAML", "- {target: $.paths.*.get.responses, update: {404: {description: none}}}", "/paths/~1one/get/responses/404/description", `"none"`},
		{"names with a slash", "- {target: \"$.paths['/one', '/two/{id}']['get', 'delete']\", update: {summary: s}}", "/paths/~1two~1{id}/delete/summary", `"s"`},
		{"a filter on a number", "- {target: \"$['x-errors'][?@.status == 503]\", update: {status: 500}}", "/x-errors/1/status", `500`},
		{"a filter over objects", "- {target: \"$.components.schemas.Thing.properties[?@.type == 'string']\", update: {maxLength: 9}}", thing + "/properties/name/maxLength", `9`},
		{"a filter with or", "- {target: \"$['x-errors'][?@.id == 'a' || @.id == 'b']\", update: {retryable: true}}", "/x-errors/1/retryable", `true`},
		{"the last element", "- {target: \"$['x-errors'][-1]\", update: {retryable: true}}", "/x-errors/1/retryable", `true`},
		{"a place found twice is changed once", "- {target: \"$['x-errors', 'x-errors']\", update: {id: c, code: c, fault: vendor}}", "/x-errors/3", ""},
		{"a description", "- {target: $.info, description: why, update: {summary: s}}", "/info/summary", `"s"`},
		{"an extension", "- {target: $.info, x-why: [a], update: {summary: s}}", "/info/summary", `"s"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base := clayed(t)
			before, _ := base.Value("")
			c, err := base.Overlay("fix.yaml", []byte(head+tt.actions))
			if err != nil {
				t.Fatal(err)
			}
			same(t, c, tt.pointer, tt.want)
			after, _ := base.Value("")
			if !reflect.DeepEqual(before, after) {
				t.Error("the contract under the overlay has changed")
			}
			if c == base {
				t.Error("an overlay should make another contract")
			}
		})
	}
}

// TestOverlayForms takes JSON, and extensions where the specification has them.
func TestOverlayForms(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		`{"overlay":"1.0.7","info":{"title":"t","version":"1"},"extends":"toy.yaml","actions":[{"target":"$.info","update":{"summary":"s"}}]}`,
		"overlay: 1.0.0\nx-a: b\ninfo: {title: t, version: '1', x-c: d}\nactions: [{target: $.info, update: {summary: s}}]",
	} {
		c, err := clayed(t).Overlay("fix", []byte(document))
		if err != nil {
			t.Errorf("%s: %v", document, err)
			continue
		}
		same(t, c, "/info/summary", `"s"`)
	}
}

// TestOverlayMistakes gives each mistake to the loader; the mark ⟵ stands on the line that the error must name.
func TestOverlayMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, document, want string }{
		{"empty", "", "the file is empty"},
		{"no YAML", "a: [", "not YAML"},
		{"no object", "- a⟵\n", "an overlay is an object"},
		{"unknown key", head + "- {target: $.info, update: {summary: s}}\nactionz: []⟵\n", `unknown key "actionz"; an overlay takes overlay, info, extends, actions`},
		{"a key twice", head + "- {target: $.info, update: {summary: s}}\nactions: []⟵\n", `"actions" stands here a second time (first at line 3)`},
		{"an alias", head + "- {target: $.info, update: &a {summary: s}}\n- {target: $.paths, update: *a}⟵\n", "aliases are not supported"},
		{"version 2", strings.Replace(head, "1.0.0\n", "2.0.0⟵\n", 1) + "- {target: $.info, update: {summary: s}}", `version 1.0 of the Overlay Specification (overlay: 1.0.0), not "2.0.0"`},
		{"version 1.1", strings.Replace(head, "1.0.0\n", "1.1.0⟵\n", 1) + "- {target: $.info, update: {summary: s}}", `not "1.1.0"`},
		{"version of two parts", strings.Replace(head, "1.0.0\n", "'1.0'⟵\n", 1) + "- {target: $.info, update: {summary: s}}", `not "1.0"`},
		{"version as a number", strings.Replace(head, "1.0.0\n", "1.0⟵\n", 1) + "- {target: $.info, update: {summary: s}}", "overlay is a text; put it in quotes"},
		{"no version", "info: {title: t, version: '1'}⟵\nactions: [{target: $.info, update: {summary: s}}]\n", "overlay is missing"},
		{"no info", "overlay: 1.0.0⟵\nactions: [{target: $.info, update: {summary: s}}]\n", "an overlay needs info"},
		{"info is a text", "overlay: 1.0.0\ninfo: t⟵\nactions: [{target: $.info, update: {summary: s}}]\n", "info is an object with title, version"},
		{"info without title", "overlay: 1.0.0\ninfo: {version: '1'}⟵\nactions: [{target: $.info, update: {summary: s}}]\n", "title is missing"},
		{"info without version", "overlay: 1.0.0\ninfo: {title: t}⟵\nactions: [{target: $.info, update: {summary: s}}]\n", "version is missing"},
		{"info with more", "overlay: 1.0.0\ninfo: {title: t, version: '1', note: n}⟵\nactions: [{target: $.info, update: {summary: s}}]\n", `unknown key "note"`},
		{"extends is a list", "overlay: 1.0.0\nextends: [a]⟵\ninfo: {title: t, version: '1'}\nactions: [{target: $.info, update: {summary: s}}]\n", "extends is a text"},
		{"no actions", "overlay: 1.0.0⟵\ninfo: {title: t, version: '1'}\n", "a list of actions with at least one"},
		{"empty actions", "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions: []⟵\n", "a list of actions with at least one"},
		{"actions as an object", "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions: {target: $.info}⟵\n", "a list of actions with at least one"},
		{"an action that is a text", head + "- $.info⟵\n", "an action is an object with target, description, update, remove"},
		{"an action twice", head + "- {target: $.info, update: {summary: s}}\n- {update: {summary: s}, target: $.info}⟵\n", "this action stands twice"},
		{"an action with more", head + "- {target: $.info, update: {summary: s}, copy: $.x}⟵\n", `unknown key "copy"`},
		{"no target", head + "- {update: {summary: s}}⟵\n", "target is missing"},
		{"target is a number", head + "- {target: 5, update: {summary: s}}⟵\n", "target is a text"},
		{"target without a root", head + "- {target: info, update: {summary: s}}⟵\n", "begins with $"},
		{"target is no path", head + "- {target: \"$.paths[?\", update: {summary: s}}⟵\n", "is no JSONPath"},
		{"description is a number", head + "- {target: $.info, description: 5, update: {summary: s}}⟵\n", "description is a text"},
		{"remove is a text", head + "- {target: $.info, remove: 'true'}⟵\n", "remove is true or false"},
		{"nothing to do", head + "- {target: $.info}⟵\n", "an action needs update, or remove: true"},
		{"nothing to remove", head + "- {target: $.info, remove: false}⟵\n", "an action needs update, or remove: true"},
		{"selects nothing", head + "- {target: $.info, update: {summary: s}}\n- {target: $.infos, update: {summary: s}}⟵\n", "$.infos: the path selects nothing"},
		{"selects nothing any more", head + "- {target: $.components, remove: true}\n- {target: $.components.schemas, update: {A: {}}}⟵\n", "the path selects nothing"},
		{"a filter that selects nothing", head + "- {target: \"$['x-errors'][?@.id == 'z']\", remove: true}⟵\n", "the path selects nothing"},
		{"a number for a name", head + "- {target: \"$.components.schemas.Thing.properties[200]\", remove: true}⟵\n", "the path selects nothing"},
		{"removes all", head + "- {target: $, remove: true}⟵\n", "the document as a whole cannot be removed"},
		{"removes one value of an array", head + "- {target: \"$.components.schemas.Thing.required[0]\", remove: true}⟵\n", "/components/schemas/Thing/required/0 is one value in an array"},
		{"updates a text", head + "- {target: $.info.title, update: T}⟵\n", "the path selects a single value at toy.yaml:3; an update takes the object around it"},
		{"a text for an object", head + "- {target: $.info, update: T}⟵\n", "the path selects an object at toy.yaml:3, which takes an object, not a single value"},
		{"an array for an object", head + "- {target: $.info, update: [T]}⟵\n", "takes an object, not an array"},
		{"another kind within a merge", head + "- target: $.components.schemas⟵\n  update: {Thing: {required: id}}\n", `"required" is an array at toy.yaml:22 and a single value here; remove it first`},
		{"an object for a text", head + "- {target: $.info, update: {title: {a: b}}}⟵\n", `"title" is a single value at toy.yaml:3 and an object here`},
		{"unknown vocabulary", head + "- target: $\n  update:\n    x-wires: {safe: true}⟵\n", "unknown key x-wires"},
		{"wrong place", head + "- target: $.info\n  update:\n    x-errors: []⟵\n", "x-errors cannot stand at this object"},
		{"wrong field", head + "- target: $\n  update:\n    x-wire:\n      cipher: aes⟵\n", `unknown key "cipher"`},
		{"wrong type", head + "- target: \"$['x-errors'][0]\"\n  update:\n    status: bad⟵\n", "cannot unmarshal"},
		{"wrong value", head + "- target: \"$['x-errors'][0]\"\n  update:\n    fault: nobody⟵\n", "fault is caller or vendor"},
		{"a reference to nothing", head + "- target: $.components.schemas.Thing.properties\n  update:\n    more: {$ref: '#/components/schemas/Nothing'}⟵\n", "leads nowhere"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			document, marked := tt.document, strings.Contains(tt.document, "⟵")
			line := strings.Count(document[:max(strings.Index(document, "⟵"), 0)], "\n") + 1
			_, err := clayed(t).Overlay("fix.yaml", []byte(strings.Replace(document, "⟵", "", 1)))
			if err == nil {
				t.Fatalf("accepted:\n%s", document)
			}
			for _, l := range strings.Split(err.Error(), "\n") {
				if strings.Contains(l, tt.want) && (!marked && strings.HasPrefix(l, "fix.yaml") || strings.HasPrefix(l, fmt.Sprintf("fix.yaml:%d: ", line))) {
					return
				}
			}
			t.Errorf("want fix.yaml:%d: … %s\ngot:\n%v", line, tt.want, err)
		})
	}
}

// TestOverlayMistakesAllAtOnce guards that one attempt names every action that fails.
func TestOverlayMistakesAllAtOnce(t *testing.T) {
	t.Parallel()
	_, err := clayed(t).Overlay("fix.yaml", []byte(head+"- {target: $.a, remove: true}\n- {target: $.info, update: {summary: s}}\n- {target: $.b, remove: true}\n"))
	if err == nil || !strings.Contains(err.Error(), "fix.yaml:4: $.a") || !strings.Contains(err.Error(), "fix.yaml:6: $.b") {
		t.Errorf("want both, got %v", err)
	}
}

// TestOverlayBreaksTheBase guards that what an overlay took away is missed where it is needed.
func TestOverlayBreaksTheBase(t *testing.T) {
	t.Parallel()
	c, err := load(t, "weixiao").Overlay("fix.yaml", []byte(head+"- {target: $.components.schemas.Push, remove: true}\n"))
	if err == nil || c != nil || !strings.Contains(err.Error(), "weixiao/openapi.yaml:") || !strings.Contains(err.Error(), `$ref "#/components/schemas/Push" leads nowhere`) {
		t.Errorf("got %v", err)
	}
	_, err = load(t, "weixiao").Overlay("fix.yaml", []byte(head+"- {target: $.info.title, remove: true}\n- {target: $.info, update: {summary: s}}\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "weixiao/openapi.yaml with fix.yaml: ") {
		t.Errorf("the loader's own complaint should name both files, got %v", err)
	}
}

// TestOverlayPositions looks where things stand once two overlays have been over a document.
func TestOverlayPositions(t *testing.T) {
	t.Parallel()
	c, err := clayed(t).Overlay("first.yaml", []byte(head+"- target: $.components.schemas.Thing\n  update:\n    required: [name]\n    properties:\n      name: {minLength: 1}\n      size: {type: integer}\n"))
	if err != nil {
		t.Fatal(err)
	}
	c, err = c.Overlay("second.yaml", []byte(head+"- target: $.components.schemas.Thing.properties.size\n  update:\n    type: number\n- target: $.components.schemas.Thing.properties.id\n  remove: true\n"))
	if err != nil {
		t.Fatal(err)
	}
	const thing = "/components/schemas/Thing"
	for pointer, want := range map[string]string{
		thing:                                "toy.yaml:20",
		thing + "/required":                  "toy.yaml:22",
		thing + "/required/0":                "toy.yaml:22",
		thing + "/required/1":                "first.yaml:6",
		thing + "/properties/name":           "toy.yaml:25",
		thing + "/properties/name/type":      "toy.yaml:25",
		thing + "/properties/name/minLength": "first.yaml:8",
		thing + "/properties/size":           "first.yaml:9",
		thing + "/properties/size/type":      "second.yaml:6",
		thing + "/properties/id":             "toy.yaml",
		"/x-errors/1/status":                 "toy.yaml:29",
	} {
		got := c.Position(pointer)
		if pointer == thing+"/properties/id" {
			if got.Line != 0 {
				t.Errorf("%s is gone and stands at %s", pointer, got)
			}
			continue
		}
		if got.String() != want || got.Column < 1 {
			t.Errorf("%s stands at %s, want %s", pointer, got, want)
		}
	}
}

// TestOverlayOptsIn gives a stranger's document our vocabulary.
func TestOverlayOptsIn(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("foreign", "foreign.json", []byte(`{"openapi":"3.0.3","info":{"title":"J","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"b"}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	c, err = c.Overlay("ours.yaml", []byte(head+"- target: $\n  update:\n    x-understudy: 1\n    x-errors: [{id: a, code: '1', fault: caller}]\n- {target: $.paths.*.get, update: {x-wire: {safe: true}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if op, ok := c.Operation("getA"); !ok || op.Wire.Safe == nil || len(c.Errors) != 1 {
		t.Errorf("the vocabulary did not arrive: %+v", c.Errors)
	}
}
