package schema

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

const account = `
X:
  type: object
  required: [id, name, password]
  additionalProperties: false
  properties:
    id: {type: integer, readOnly: true}
    name: {type: string}
    password: {type: string, writeOnly: true}
    owner: {$ref: '#/components/schemas/Owner'}
    list: {type: array, items: {$ref: '#/components/schemas/Owner'}}
    state: {$ref: '#/components/schemas/State'}
    mixed: {allOf: [{$ref: '#/components/schemas/Base'}, {required: [created, title]}]}
    either: {oneOf: [{$ref: '#/components/schemas/Owner'}, {type: string}]}
    next: {$ref: '#/components/schemas/X'}
    pattern: {type: object, patternProperties: {'^_': {readOnly: true}}}
    narrow: {$ref: '#/components/schemas/Narrow'}
    sometimes: {type: object, required: [stamp], if: {required: [kind]}, then: {properties: {stamp: {readOnly: true}}}}
    dependent: {type: object, properties: {etag: {readOnly: true}}, dependentRequired: {a: [etag, b]}}
Owner: {type: object, required: [key, name], properties: {key: {type: string, readOnly: true}, name: {type: string}}}
State: {type: string, readOnly: true}
Base: {type: object, required: [title], properties: {created: {type: string, readOnly: true}, title: {type: string}}}
Needs: {type: object, required: [stamp], properties: {stamp: {type: string}}}
Narrow: {allOf: [{$ref: '#/components/schemas/Needs'}, {properties: {stamp: {readOnly: true}}}]}
Plain: {type: object, properties: {a: {type: string}}}
`

func TestViews(t *testing.T) {
	t.Parallel()
	set := NewSet(contract(t, account))
	compile := func(v View) *Schema {
		s, err := set.CompileView("/components/schemas/X", v)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	views := []*Schema{compile(Any), compile(Request), compile(Response)}
	tests := []struct {
		name, v string
		want    [3]string // any, request, response
	}{
		{"all there", `{"id":1,"name":"a","password":"p"}`, [3]string{"", "/id readOnly", "/password writeOnly"}},
		{"request", `{"name":"a","password":"p"}`, [3]string{"/id required", "", "/id required, /password writeOnly"}},
		{"response", `{"id":1,"name":"a"}`, [3]string{"/password required", "/id readOnly, /password required", ""}},
		{"through a reference", `{"name":"a","password":"p","owner":{"name":"x"}}`, [3]string{"/id required, /owner/key required", "", "*"}},
		{"through a reference, given", `{"name":"a","password":"p","owner":{"key":"k"}}`, [3]string{"*", "/owner/key readOnly, /owner/name required", "*"}},
		{"in a list", `{"name":"a","password":"p","list":[{"name":"x"},{"key":"k","name":"x"}]}`, [3]string{"*", "/list/1/key readOnly", "*"}},
		{"marked where it is referred to", `{"name":"a","password":"p","state":"s"}`, [3]string{"*", "/state readOnly", "*"}},
		{"required beside the part that marks", `{"name":"a","password":"p","mixed":{"title":"t"}}`, [3]string{"/id required, /mixed/created required", "", "*"}},
		{"in an alternative", `{"name":"a","password":"p","either":{"name":"x"}}`, [3]string{"*", "", "*"}},
		{"in itself", `{"name":"a","password":"p","next":{"name":"a","password":"p"}}`, [3]string{"/id required, /next/id required", "", "*"}},
		{"by a pattern", `{"name":"a","password":"p","pattern":{"_x":1,"y":2}}`, [3]string{"*", "/pattern/_x readOnly", "*"}},
		{"required in what another part marks", `{"name":"a","password":"p","narrow":{}}`, [3]string{"/id required, /narrow/stamp required", "", "*"}},
		{"marked under a condition", `{"name":"a","password":"p","sometimes":{"kind":1}}`, [3]string{"/id required, /sometimes/stamp required", "", "*"}},
		{"required beside a member", `{"name":"a","password":"p","dependent":{"a":1,"b":2}}`, [3]string{"/dependent/etag dependentRequired, /id required", "", "*"}},
	}
	for _, tt := range tests {
		for i, s := range views {
			var got []string
			for _, v := range s.Validate(decoded(t, tt.v)) {
				got = append(got, v.Pointer+" "+v.Keyword)
				if v.At.File != "test.yaml" || v.At.Line < firstLine || v.Expected == "" || v.Got == "" {
					t.Errorf("%s: the violation says too little: %+v", tt.name, v)
				}
			}
			slices.Sort(got)
			if want := tt.want[i]; want != "*" && strings.Join(got, ", ") != want {
				t.Errorf("%s, view %d: %q, want %q", tt.name, i, got, want)
			}
		}
	}
	// A component that another one narrows is not changed by that.
	needs, err := set.CompileView("/components/schemas/Needs", Request)
	if err != nil || len(needs.Validate(decoded(t, `{}`))) != 1 {
		t.Errorf("the narrowed component no longer requires what it requires: %v", err)
	}
	// Convert and the writers do not look from a side.
	if text, err := written(views[1], map[string]any{"id": 1, "name": "a", "password": "p"}, Plain); err != nil || text != `{"id":1,"name":"a","password":"p"}` {
		t.Errorf("written %s, %v", text, err)
	}
}

func TestViewsShareWhatIsNotMarked(t *testing.T) {
	t.Parallel()
	set := NewSet(contract(t, account))
	for _, pointer := range []string{"/components/schemas/Plain", "/components/schemas/Needs"} {
		plain, err := set.Compile(pointer)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []View{Request, Response} {
			if s, err := set.CompileView(pointer, v); err != nil || s != plain {
				t.Errorf("%s was compiled anew for view %d: %v", pointer, v, err)
			}
		}
	}
	whole, _ := set.Compile("/components/schemas/Owner")
	if s, err := set.CompileView("/components/schemas/Owner", Request); err != nil || s == whole {
		t.Errorf("a marked schema is the same for a request: %v", err)
	}
	if s, err := set.CompileView("/components/schemas/Owner", Response); err != nil || s != whole {
		t.Errorf("a schema without writeOnly was compiled anew for a response: %v", err)
	}
}

func TestCompileAtOnce(t *testing.T) {
	t.Parallel()
	set := NewSet(contract(t, account))
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			name := []string{"X", "Owner", "Base", "Narrow"}[i%4]
			s, err := set.CompileView("/components/schemas/"+name, View(i%3))
			if err != nil {
				t.Error(err)
				return
			}
			s.Validate(map[string]any{"name": "a", "owner": map[string]any{}})
			s.Shape().Members()
		})
	}
	all.Wait()
}

// One broken schema is no reason why another would not compile.
func TestAFailureIsNotAnothersFailure(t *testing.T) {
	t.Parallel()
	set := NewSet(contract(t, "Loop: {anyOf: [{$ref: '#/components/schemas/Loop'}]}\nBad: {type: object, properties: {a: {pattern: '('}}}\nUses: {type: array, items: {$ref: '#/components/schemas/Bad'}}\nX: {type: object, properties: {a: {type: string}}}"))
	for range 2 {
		for _, name := range []string{"Loop", "Bad", "Uses"} {
			for _, v := range []View{Any, Request} {
				if s, err := set.CompileView("/components/schemas/"+name, v); err == nil || !strings.Contains(err.Error(), "test.yaml:") {
					t.Errorf("%s compiles to %v, %v", name, s, err)
				}
			}
		}
		if len(component(t, set, "X").Validate(decoded(t, `{"a":1}`))) != 1 {
			t.Error("X does not hold what it says")
		}
	}
}

func ExampleView() {
	fmt.Println(Request.keyword(), Response.keyword())
	// Output: readOnly writeOnly
}
