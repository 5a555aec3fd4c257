package scenarios

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"understudy/specs"
)

func fingerprintsOf(tb testing.TB, c *specs.Contract) map[string]Fingerprint {
	tb.Helper()
	all := map[string]Fingerprint{}
	for _, op := range c.Operations {
		f, err := FingerprintOf(c, op.ID)
		if err != nil {
			tb.Fatal(err)
		}
		all[op.ID] = f
	}
	if len(all) == 0 {
		tb.Fatal("there are no operations")
	}
	return all
}

// ring has schemas that refer to each other, alone and in a ring.
const ring = `
openapi: 3.1.0
info: {title: Ring, version: "1"}
paths:
  /nodes:
    get:
      operationId: readNodes
      parameters: [{name: depth, in: query, schema: {$ref: "#/components/schemas/Depth"}}, {name: size, in: query, schema: {type: integer}}]
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Node"}}}}
        "404": {$ref: "#/components/responses/None"}
    post:
      operationId: addNode
      requestBody: {$ref: "#/components/requestBodies/Body"}
      responses: {"204": {description: done}}
      callbacks:
        added:
          "{$request.body#/url}":
            post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Edge"}}}}, responses: {"200": {description: ok}}}
components:
  requestBodies:
    Body: {content: {application/json: {schema: {$ref: "#/components/schemas/Leaf"}}}}
  responses:
    None: {description: none, headers: {X-Why: {schema: {type: string}}}}
  schemas:
    Depth: {type: integer, minimum: 1}
    Leaf: {type: object, required: [a, b], properties: {a: {type: string, enum: [x, y]}, b: {type: string}, description: {type: string, description: prose}}}
    Node:
      type: object
      properties: {left: {$ref: "#/components/schemas/Node"}, edges: {type: array, items: {$ref: "#/components/schemas/Edge"}}, leaf: {$ref: "#/components/schemas/Leaf"}}
    Edge:
      type: object
      properties: {to: {$ref: "#/components/schemas/Node"}, weight: {type: number, maximum: 5}}
`

func ringWith(tb testing.TB, changes ...string) map[string]Fingerprint {
	tb.Helper()
	text := strings.NewReplacer(changes...).Replace(ring)
	if len(changes) > 0 && text == ring {
		tb.Fatalf("%q changes nothing", changes)
	}
	c, err := specs.Parse("ring", "ring.yaml", []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return fingerprintsOf(tb, c)
}

// TestFingerprintsStay keeps fingerprints of recordings that are there from changing with this program.
func TestFingerprintsStay(t *testing.T) {
	t.Parallel()
	want := map[string]Fingerprint{
		"readNodes": {"fb69e5f9873c65f05a3b7397c0a4c2be", "3871f4faf79e12b7d992c9e0113d8b22", "480a419e69ff6f1cb3fec86f516adea1"},
		"addNode":   {"e9b0eb62b6bb05fd637b738983cc5c9f", "3871f4faf79e12b7d992c9e0113d8b22", "480a419e69ff6f1cb3fec86f516adea1"},
	}
	if got := ringWith(t); !maps.Equal(got, want) {
		t.Errorf("fingerprints are %v", got)
	}
	zheliban, err := specs.Load("zheliban")
	if err != nil {
		t.Fatal(err)
	}
	f, err := FingerprintOf(zheliban, "pullReservations")
	if err != nil || len(f.Schema) != 32 || f.Schema == f.Wire || f.Wire == f.Errors || strings.Trim(f.Schema+f.Wire+f.Errors, "0123456789abcdef") != "" {
		t.Errorf("%v, %v", f, err)
	}
	if _, err := FingerprintOf(zheliban, "none"); err == nil || !strings.Contains(err.Error(), `zheliban has no operation "none"`) {
		t.Errorf("error is %v", err)
	}
}

func TestWhatChangesAFingerprint(t *testing.T) {
	t.Parallel()
	before := ringWith(t)
	const read, add = "readNodes", "addNode"
	for name, tt := range map[string]struct {
		changes []string
		changed []string
	}{
		"a description":              {[]string{"description: prose", "description: other"}, nil},
		"no description":             {[]string{", description: prose", ""}, nil},
		"deprecated":                 {[]string{"operationId: addNode", "operationId: addNode\n      deprecated: true\n      tags: [a]\n      summary: b"}, nil},
		"a schema's name":            {[]string{"Leaf", "Blatt"}, nil},
		"a name in the ring":         {[]string{"Edge", "Kante"}, nil},
		"a parameter's order":        {[]string{`{name: depth, in: query, schema: {$ref: "#/components/schemas/Depth"}}, {name: size, in: query, schema: {type: integer}}`, `{name: size, in: query, schema: {type: integer}}, {name: depth, in: query, schema: {$ref: "#/components/schemas/Depth"}}`}, nil},
		"a schema in its place":      {[]string{`schema: {$ref: "#/components/schemas/Depth"}`, `schema: {minimum: 1, type: integer}`}, nil},
		"a body in its place":        {[]string{`requestBody: {$ref: "#/components/requestBodies/Body"}`, `requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Leaf"}}}}`}, nil},
		"false for nothing":          {[]string{`{name: size, in: query,`, `{name: size, in: query, required: false,`}, nil},
		"another order":              {[]string{"required: [a, b]", "required: [b, a]", "enum: [x, y]", "enum: [y, x]"}, nil},
		"a list of one type":         {[]string{"weight: {type: number", "weight: {type: [number]"}, nil},
		"an extension":               {[]string{"weight: {type: number", "weight: {x-y: 1, type: number"}, nil},
		"a property's name":          {[]string{"description: {type: string, description: prose}", "title: {type: string}"}, []string{add, read}},
		"a bound in the ring":        {[]string{"maximum: 5", "maximum: 6"}, []string{add, read}},
		"a type":                     {[]string{"b: {type: string}", "b: {type: integer}"}, []string{add, read}},
		"an enum":                    {[]string{"enum: [x, y]", "enum: [x, y, z]"}, []string{add, read}},
		"what is required":           {[]string{"required: [a, b]", "required: [a]"}, []string{add, read}},
		"another target in the ring": {[]string{`to: {$ref: "#/components/schemas/Node"}`, `to: {$ref: "#/components/schemas/Edge"}`}, []string{add, read}},
		"what a callback sends":      {[]string{`post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Edge"}}}}`, `post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Leaf"}}}}`}, []string{add}},
		"a callback's method":        {[]string{`            post: {`, `            put: {`}, []string{add}},
		"a status":                   {[]string{`"204":`, `"202":`}, []string{add}},
		"a parameter's bound":        {[]string{"minimum: 1", "minimum: 2"}, []string{read}},
		"a parameter's name":         {[]string{"name: size", "name: Size"}, []string{read}},
		"a header's type":            {[]string{"X-Why: {schema: {type: string}}", "X-Why: {schema: {type: integer}}"}, []string{read}},
		"a style":                    {[]string{"{name: size, in: query,", "{name: size, in: query, explode: false,"}, []string{read}},
		"a media type":               {[]string{"Body: {content: {application/json:", "Body: {content: {text/json:"}, []string{add}},
		"a path":                     {[]string{"/nodes:", "/node:"}, []string{add, read}},
		"security":                   {[]string{"components:\n", "security: [{key: []}]\ncomponents:\n  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}\n"}, []string{add, read}},
		"security of one":            {[]string{"operationId: addNode", "operationId: addNode\n      security: [{key: []}]", "components:\n", "components:\n  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}\n"}, []string{add}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var changed []string
			after := ringWith(t, tt.changes...)
			for id, f := range after {
				if f != before[id] {
					changed = append(changed, id)
				}
			}
			if slices.Sort(changed); !slices.Equal(changed, tt.changed) {
				t.Errorf("changed are %v, want %v", changed, tt.changed)
			}
			if strings.HasPrefix(name, "security") && after[add].Schema != before[add].Schema {
				t.Error("security changes the schema")
			}
		})
	}
}

// bundled is one of our contracts as a tree that a test may change.
func bundled(tb testing.TB, vendor string) *yaml.Node {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "specs", vendor, "openapi.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		tb.Fatal(err)
	}
	return &root
}

func parsed(vendor string, root *yaml.Node) (*specs.Contract, error) {
	text, err := yaml.Marshal(root)
	if err != nil {
		return nil, err
	}
	return specs.Parse(vendor, vendor+".yaml", text)
}

// eachNode goes through a tree; names says that the keys of n are names that the document gives.
func eachNode(n *yaml.Node, path []string, visit func(n *yaml.Node, path []string, names bool)) {
	last := ""
	if len(path) > 0 {
		last = path[len(path)-1]
	}
	names := slices.Contains([]string{"properties", "patternProperties", "schemas", "paths", "content", "responses", "headers", "callbacks", "parameters", "examples", "success", "error", "body"}, last)
	visit(n, path, names)
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			eachNode(n.Content[i+1], append(slices.Clone(path), n.Content[i].Value), visit)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			eachNode(item, append(slices.Clone(path), strconv.Itoa(i)), visit)
		}
	case yaml.DocumentNode:
		eachNode(n.Content[0], path, visit)
	}
}

func TestProseAndOrderChangeNoFingerprint(t *testing.T) {
	t.Parallel()
	for _, vendor := range specs.Vendors() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c, err := specs.Load(vendor)
			if err != nil {
				t.Fatal(err)
			}
			before := fingerprintsOf(t, c)
			root := bundled(t, vendor)
			told, turned := 0, 0
			eachNode(root, nil, func(n *yaml.Node, path []string, names bool) {
				if n.Kind == yaml.SequenceNode {
					switch last := path[len(path)-1]; last {
					case "required", "enum", "parameters", specs.KeyErrors, "conditions":
						slices.Reverse(n.Content)
						turned++
					}
					return
				}
				if n.Kind != yaml.MappingNode {
					return
				}
				var kept []*yaml.Node
				for i := len(n.Content) - 2; i >= 0; i -= 2 {
					key, v := n.Content[i], n.Content[i+1]
					switch {
					case names || slices.Contains(path, "x-unclear"):
					case key.Value == "example", key.Value == "examples":
						told++
						continue
					case slices.Contains([]string{"description", "summary", "title", "when", "source", specs.KeySource}, key.Value) && v.Kind == yaml.ScalarNode:
						v.SetString("other words")
						told++
					}
					kept = append(kept, key, v)
				}
				n.Content = kept
				turned++
			})
			if told < 10 || turned < 10 {
				t.Fatalf("%d words and %d orders were changed", told, turned)
			}
			changed, err := parsed(vendor, root)
			if err != nil {
				t.Fatal(err)
			}
			for id, f := range fingerprintsOf(t, changed) {
				if f != before[id] {
					t.Errorf("%s: %v, was %v", id, f, before[id])
				}
			}
		})
	}
}

// TestEverySubstanceChangesAFingerprint changes one thing after the other in our contracts; each has to be told by the right
// part of the fingerprint of some operation.
func TestEverySubstanceChangesAFingerprint(t *testing.T) {
	t.Parallel()
	const most = 25
	for _, vendor := range specs.Vendors() {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			c, err := specs.Load(vendor)
			if err != nil {
				t.Fatal(err)
			}
			before := fingerprintsOf(t, c)
			type change struct {
				name string
				part string
				make func()
				undo func()
			}
			var all []change
			root := bundled(t, vendor)
			set := func(n *yaml.Node, part string, path []string, value string) {
				old := *n
				all = append(all, change{strings.Join(path, "/") + " = " + value, part, func() { n.Value = value }, func() { *n = old }})
			}
			drop := func(n *yaml.Node, part string, path []string) {
				old := n.Content
				all = append(all, change{strings.Join(path, "/") + " without its last", part, func() { n.Content = old[:len(old)-1] }, func() { n.Content = old }})
			}
			eachNode(root, nil, func(n *yaml.Node, path []string, names bool) {
				if len(path) < 2 || slices.Contains(path, "examples") || slices.Contains(path, "example") || path[0] == "info" || path[0] == "x-unclear" {
					return
				}
				last, above := path[len(path)-1], path[len(path)-2]
				switch {
				case path[0] == specs.KeyErrors:
					switch last {
					case "code":
						set(n, "errors", path, n.Value+"1")
					case "message", "subMessage":
						set(n, "errors", path, n.Value+"!")
					case "fault":
						set(n, "errors", path, map[string]string{"caller": "vendor", "vendor": "caller"}[n.Value])
					}
				case slices.Contains(path, specs.KeyWire):
					if n.Kind != yaml.ScalarNode {
						return
					}
					switch last {
					case "padding":
						set(n, "wire", path, map[string]string{"pkcs5": "zero", "zero": "pkcs5", "none": "zero"}[n.Value])
					case "within", "lifetime":
						set(n, "wire", path, "77s")
					case "secret", "keySlot", "slot", "parameter", "issuer", "audience", "mediaType", "first", "last":
						set(n, "wire", path, n.Value+"1")
					}
				case above == "properties" || above == "schemas" || names:
				case last == "type" && n.Kind == yaml.ScalarNode && n.Value == "string":
					set(n, "schema", path, "boolean")
				case last == "required" && n.Kind == yaml.SequenceNode, last == "enum" && n.Kind == yaml.SequenceNode:
					drop(n, "schema", path)
				case slices.Contains([]string{"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"}, last) && n.Kind == yaml.ScalarNode:
					set(n, "schema", path, n.Value+"9")
				case last == "pattern" && n.Kind == yaml.ScalarNode:
					set(n, "schema", path, n.Value+"x?")
				case last == "format" && n.Kind == yaml.ScalarNode:
					set(n, "schema", path, "other")
				}
			})
			parts := map[string]int{}
			for i := 0; i < len(all); i += 1 + len(all)/most {
				one := all[i]
				one.make()
				changed, err := parsed(vendor, root)
				one.undo()
				if err != nil {
					continue // the vocabulary does not allow it
				}
				told := ""
				for id, f := range fingerprintsOf(t, changed) {
					was := before[id]
					for _, part := range []struct {
						name   string
						is, on string
					}{{"schema", f.Schema, was.Schema}, {"wire", f.Wire, was.Wire}, {"errors", f.Errors, was.Errors}} {
						if part.is != part.on && !strings.Contains(told, part.name) {
							told += part.name + " "
						}
					}
				}
				parts[one.part]++
				if strings.TrimSpace(told) != one.part {
					t.Errorf("%s: changed is %q, want %s", one.name, told, one.part)
				}
			}
			t.Log(len(all), parts)
			if parts["schema"] == 0 || len(parts) < 2 {
				t.Errorf("%d changes, tried were %v", len(all), parts)
			}
		})
	}
}

func TestReadingsHaveFingerprintsOfTheirOwn(t *testing.T) {
	t.Parallel()
	different := 0
	for _, vendor := range specs.Vendors() {
		c, err := specs.Load(vendor)
		if err != nil {
			t.Fatal(err)
		}
		before := fingerprintsOf(t, c)
		for _, clause := range c.Unclear {
			for _, reading := range clause.Readings {
				if reading.Base {
					continue
				}
				variant, err := c.With(map[string]string{clause.ID: reading.Name})
				if err != nil {
					t.Fatal(err)
				}
				if !maps.Equal(before, fingerprintsOf(t, variant)) {
					different++
				}
			}
		}
	}
	if different == 0 {
		t.Error("no reading changes a fingerprint")
	}
}

// TestManyOperationsAreFast sums up a thousand operations whose schemas all refer to each other.
func TestManyOperationsAreFast(t *testing.T) {
	t.Parallel()
	const many = 1000
	var b strings.Builder
	b.WriteString("openapi: 3.1.0\ninfo: {title: Many, version: '1'}\npaths:\n")
	for i := range many {
		fmt.Fprintf(&b, "  /a%d: {get: {operationId: a%d, responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/S%d'}}}}}}}\n", i, i, i)
	}
	b.WriteString("components:\n  schemas:\n")
	for i := range many {
		fmt.Fprintf(&b, "    S%d: {type: object, properties: {n%d: {type: integer}, a: {$ref: '#/components/schemas/S%d'}, b: {$ref: '#/components/schemas/S%d'}}}\n", i, i, (i+1)%many, (i*7)%many)
	}
	c, err := specs.Parse("many", "many.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	all := fingerprintsOf(t, c)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it takes %v", took)
	}
	schemas := map[string]bool{}
	for _, f := range all {
		schemas[f.Schema] = true
	}
	if len(schemas) != many {
		t.Errorf("%d fingerprints of %d operations", len(schemas), many)
	}
}
