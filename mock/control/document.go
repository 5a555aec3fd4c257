package control

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"understudy/mock/internal/match"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// documentText describes every route. The router, the checks of requests and the tests of replies are made from it.
//
//go:embed openapi.yaml
var documentText string

// api is a document compiled. It does not change once it is made.
type api struct {
	contract   *specs.Contract
	yaml, json []byte
	operations []*operation
	paths      match.Index[*place]
	// names are those of all members that the document describes: they may be quoted back.
	names map[string]bool
}

// place is one path template and its operations by method.
type place struct {
	methods map[string]*operation
	allow   string
}

// operation is one operation compiled.
type operation struct {
	*specs.Operation
	api        *api
	parameters []parameter
	body       *schema.Schema // nil when the operation takes none
	// secrets are the parts of the body, as JSON pointers, in which not even a name is quoted back.
	secrets []string
	replies map[string]map[string]*schema.Schema // status → media type
}

type parameter struct {
	specs.Parameter
	schema *schema.Schema
}

// ownAPI is the document of this package, compiled once per process.
var ownAPI = sync.OnceValues(func() (*api, error) { return compile("openapi.yaml", []byte(documentText)) })

// compile reads a document. Its errors name file and line.
func compile(file string, text []byte) (*api, error) {
	contract, err := specs.Parse("control", file, text)
	if err != nil {
		return nil, err
	}
	root, _ := contract.Value("")
	a := &api{contract: contract, yaml: text, names: map[string]bool{}}
	if a.json, err = json.Marshal(root); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	a.collectNames(root)
	set := schema.NewSet(contract)
	for _, o := range contract.Operations {
		op, err := a.operation(o, set)
		if err != nil {
			return nil, err
		}
		a.operations = append(a.operations, op)
	}
	return a, a.index()
}

func (a *api) operation(o *specs.Operation, set *schema.Set) (*operation, error) {
	op := &operation{Operation: o, api: a, replies: map[string]map[string]*schema.Schema{}}
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%s: %s: %s", a.contract.Position(o.Pointer), o.ID, fmt.Sprintf(format, args...))
	}
	for _, p := range o.Parameters {
		if p.Schema == "" || p.MediaType != "" || !slices.Contains([]string{"path", "query", "header"}, p.In) {
			return nil, fail("parameter %s needs a schema and stands in path, query or header", p.Name)
		}
		compiled, err := set.Compile(p.Schema)
		if err != nil {
			return nil, err
		}
		op.parameters = append(op.parameters, parameter{p, compiled})
	}
	switch {
	case o.Body == nil && changes(o.Method):
		return nil, fail("%s changes something and needs a requestBody, be it the empty object", o.Method)
	case o.Body != nil && !changes(o.Method):
		return nil, fail("%s changes nothing and takes no requestBody", o.Method)
	case o.Body != nil:
		if len(o.Body.Content) != 1 || o.Body.Content[0].Type != mediaJSON || o.Body.Content[0].Schema == "" {
			return nil, fail("a requestBody is %s alone, with a schema", mediaJSON)
		}
		var err error
		if op.body, err = set.Compile(o.Body.Content[0].Schema); err != nil {
			return nil, err
		}
		op.secrets = a.secretParts(o.Body.Content[0].Schema)
	}
	for _, r := range o.Responses {
		op.replies[r.Status] = map[string]*schema.Schema{}
		for _, m := range r.Content {
			compiled, err := set.Compile(m.Schema)
			if err != nil {
				return nil, err
			}
			op.replies[r.Status][m.Type] = compiled
		}
	}
	if _, ok := op.replies["default"][mediaProblem]; !ok {
		return nil, fail("the default response is %s", mediaProblem)
	}
	return op, nil
}

// changes says whether a method may change something; there is no HEAD in the document, GET answers it.
func changes(method string) bool { return method != http.MethodGet }

// index puts the operations under their paths.
func (a *api) index() error {
	places := map[string]*place{}
	for _, op := range a.operations {
		at := places[op.Path]
		if at == nil {
			at = &place{methods: map[string]*operation{}}
			places[op.Path] = at
		}
		at.methods[op.Method] = op
		if op.Method == http.MethodGet {
			at.methods[http.MethodHead] = op
		}
		at.allow = strings.Join(slices.Sorted(maps.Keys(at.methods)), ", ")
	}
	for _, path := range slices.Sorted(maps.Keys(places)) {
		if err := a.paths.Add(path, places[path]); err != nil {
			return err
		}
	}
	return nil
}

func (a *api) collectNames(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, child := range v {
			if properties, ok := child.(map[string]any); ok && name == "properties" {
				for member := range properties {
					a.names[member] = true
				}
			}
			a.collectNames(child)
		}
	case []any:
		for _, child := range v {
			a.collectNames(child)
		}
	}
}

// secretParts finds the parts of a body that hold secrets, by OpenAPI's format password: the whole, as "", when a member
// of it is one itself, else the members with one somewhere below.
func (a *api) secretParts(pointer string) []string {
	at := a.follow(pointer) + "/properties/"
	var parts []string
	for _, name := range a.contract.Names(strings.TrimSuffix(at, "/")) {
		member := a.follow(at + specs.EscapePointer(name))
		v, _ := a.contract.Value(member)
		if m, ok := v.(map[string]any); ok && m["format"] == "password" {
			return []string{""}
		}
		if a.holdsSecret(member, map[string]bool{}) {
			parts = append(parts, "/"+specs.EscapePointer(name))
		}
	}
	return parts
}

func (a *api) holdsSecret(pointer string, seen map[string]bool) bool {
	pointer = a.follow(pointer)
	if seen[pointer] {
		return false
	}
	seen[pointer] = true
	v, _ := a.contract.Value(pointer)
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	if m["format"] == "password" {
		return true
	}
	for _, name := range a.contract.Names(pointer) {
		below := pointer + "/" + specs.EscapePointer(name)
		switch name {
		case "items", "additionalProperties":
			if a.holdsSecret(below, seen) {
				return true
			}
		case "properties":
			for _, member := range a.contract.Names(below) {
				if a.holdsSecret(below+"/"+specs.EscapePointer(member), seen) {
					return true
				}
			}
		}
	}
	return false
}

// follow is where the schema at a pointer really stands.
func (a *api) follow(pointer string) string {
	for range 16 {
		v, ok := a.contract.Value(pointer + "/$ref")
		ref, isText := v.(string)
		target, local := strings.CutPrefix(ref, "#")
		if !ok || !isText || !local {
			break
		}
		pointer = target
	}
	return pointer
}

// title is what a schema calls its values in a few words, "" when it does not say.
func (a *api) title(pointer string) string {
	v, _ := a.contract.Value(pointer + "/title")
	text, _ := v.(string)
	return text
}
