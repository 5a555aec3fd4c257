package specs_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"understudy/specs"
)

// several is a document in several files: references forth and back, nested, round in circles, to whole files and into
// them, with slashes of both kinds and percent signs.
func several() map[string]string {
	return map[string]string{
		"a.yaml": `openapi: 3.1.0
info: {title: several, version: "1"}
paths:
  /pets:
    $ref: paths/pets.yaml
  /pets/{id}:
    parameters:
      - $ref: 'parts.yaml#/params/id'
    get:
      operationId: readPet
      responses:
        "200": {$ref: 'parts.yaml#/responses/Pet'}
        "404": {$ref: '#/components/responses/Lost'}
components:
  schemas:
    $ref: schemas/_index.yaml
  responses:
    Lost:
      description: lost
      content:
        application/json:
          schema: {$ref: './schemas/error%20shape.yaml'}
`,
		"paths/pets.yaml": `parameters:
  - $ref: ../parts.yaml#/params/size
get:
  operationId: listPets
  responses:
    "200":
      description: pets
      content:
        application/json:
          schema:
            type: array
            items: {$ref: '..\schemas\pet.yaml'}
post:
  operationId: createPet
  requestBody:
    content:
      application/json:
        schema: {$ref: ../a.yaml#/components/schemas/Pet}
        examples:
          one: {$ref: '../parts.yaml#/examples/one'}
  responses:
    "201": {$ref: '../parts.yaml#/responses/Pet'}
`,
		"schemas/_index.yaml":      "Pet: {$ref: pet.yaml}\nOwner:\n  type: object\n  properties:\n    pets: {type: array, items: {$ref: ./pet.yaml}}\n",
		"schemas/pet.yaml":         "type: object\nproperties:\n  owner: {$ref: '_index.yaml#/Owner'}\n  tag: {$ref: '#/$defs/tag'}\n  mood: {$ref: '#mood'}\n  kind: {$ref: kinds.json#/kind}\n  parent: {$ref: pet.yaml}\n  data: {default: {$ref: not-a-reference.yaml}}\n$defs:\n  tag: {type: string}\n  mood: {$anchor: mood, enum: [good]}\ndiscriminator: {propertyName: kind, mapping: {cat: kinds.json#/cat, dog: Owner}}\n",
		"schemas/kinds.json":       `{"kind": {"type": "string"}, "cat": {"allOf": [{"$ref": "pet.yaml"}]}}`,
		"schemas/error shape.yaml": "type: object\nproperties: {next: {$ref: '#'}}\n",
		"parts.yaml": `params:
  id: {name: id, in: path, required: true, schema: {type: string}}
  size: {name: size, in: query, schema: {$ref: '#/sizes/small'}}
sizes: {small: {type: integer, maximum: 9}}
responses:
  Pet:
    description: a pet
    headers: {X-Rate: {$ref: '#/headers/Rate'}}
    content: {application/json: {schema: {$ref: schemas/pet.yaml}}}
headers:
  Rate: {schema: {type: integer}}
examples:
  one: {value: {tag: t, $ref: data}}
`,
	}
}

func TestBundle(t *testing.T) {
	t.Parallel()
	c, dir := mustRead(t, several())
	if len(c.Notes) != 0 {
		t.Errorf("notes %v", c.Notes)
	}
	var ids []string
	for _, op := range c.Operations {
		ids = append(ids, op.ID)
	}
	if !slices.Equal(ids, []string{"listPets", "createPet", "readPet"}) {
		t.Fatalf("operations %v", ids)
	}
	list, _ := c.Operation("listPets")
	create, _ := c.Operation("createPet")
	got, _ := c.Operation("readPet")
	for what, pair := range map[string][2]string{
		"the item of the list":   {text1(c, list.Responses[0].Content[0].Schema+"/items/$ref"), "#/components/schemas/Pet"},
		"the body":               {create.Body.Content[0].Schema, "/components/schemas/Pet"},
		"the reply":              {got.Responses[0].Content[0].Schema, "/components/schemas/Pet"},
		"the reply to creating":  {create.Responses[0].Pointer, got.Responses[0].Pointer},
		"the list's parameter":   {list.Parameters[0].Schema, "/components/schemas/small"},
		"the path's parameter":   {got.Parameters[0].Name, "id"},
		"the header":             {got.Responses[0].Headers[0].Pointer, "/components/headers/Rate"},
		"the example":            {create.Body.Content[0].Examples[0].Pointer, "/components/examples/one/value"},
		"data":                   {text1(c, "/components/schemas/Pet/properties/data/default/$ref"), "not-a-reference.yaml"},
		"an anchor":              {text1(c, "/components/schemas/Pet/properties/mood/$ref"), "#/components/schemas/mood"},
		"a file of itself":       {text1(c, "/components/schemas/Pet/properties/parent/$ref"), "#/components/schemas/Pet"},
		"the owner":              {text1(c, "/components/schemas/Pet/properties/owner/$ref"), "#/components/schemas/Owner"},
		"the owner's pets":       {text1(c, "/components/schemas/Owner/properties/pets/items/$ref"), "#/components/schemas/Pet"},
		"an escaped name":        {text1(c, "/components/responses/Lost/content/application~1json/schema/$ref"), "#/components/schemas/error_shape"},
		"the discriminator":      {text1(c, "/components/schemas/Pet/discriminator/mapping/cat"), "#/components/schemas/cat"},
		"a discriminator's name": {text1(c, "/components/schemas/Pet/discriminator/mapping/dog"), "Owner"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
	for pointer, want := range map[string]string{
		"/paths/~1pets/get":                       "paths/pets.yaml:3",
		"/paths/~1pets~1{id}/get":                 "a.yaml:9",
		"/components/schemas/Pet":                 "schemas/_index.yaml:1",
		"/components/schemas/Pet/properties/tag":  "schemas/pet.yaml:4",
		"/components/schemas/Owner/properties":    "schemas/_index.yaml:4",
		"/components/schemas/kind/type":           "schemas/kinds.json:1",
		"/components/headers/Rate/schema":         "parts.yaml:11",
		"/components/schemas/error_shape/type":    "schemas/error shape.yaml:1",
		"/components/responses/Lost/description":  "a.yaml:19",
		"/components/examples/one/value/tag":      "parts.yaml:13",
		"/components/schemas/small/maximum":       "parts.yaml:4",
		"/paths/~1pets/post/requestBody/content":  "paths/pets.yaml:16",
		"/components/parameters/id/schema":        "parts.yaml:2",
		"/components/responses/Pet/content":       "parts.yaml:9",
		"/components/schemas/Pet/discriminator":   "schemas/pet.yaml:12",
		"/components/schemas/Pet/properties/kind": "schemas/pet.yaml:6",
	} {
		got := c.Position(pointer).String()
		if got = filepath.ToSlash(strings.TrimPrefix(got, dir+string(filepath.Separator))); got != want {
			t.Errorf("%s stands at %s, want %s", pointer, got, want)
		}
	}
	var files []string
	for _, f := range c.Files {
		rel, err := filepath.Rel(dir, f)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.ToSlash(rel))
	}
	slices.Sort(files[1:])
	if want := []string{"a.yaml", "parts.yaml", "paths/pets.yaml", "schemas/_index.yaml", "schemas/error shape.yaml", "schemas/kinds.json", "schemas/pet.yaml"}; !slices.Equal(files, want) {
		t.Errorf("files %v, want %v", files, want)
	}
	everyReferenceLeads(t, c)
}

// TestBundleKeepsOverlays lays an overlay over what came from several files.
func TestBundleKeepsOverlays(t *testing.T) {
	t.Parallel()
	c, dir := mustRead(t, several())
	o, err := c.Overlay("o.yaml", []byte(head+"- {target: \"$.paths['/pets'].get\", update: {summary: s}}\n- {target: $.components.schemas.Pet.properties.tag, update: {maxLength: 4}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if op, _ := o.Operation("listPets"); op.Summary != "s" || o.Position("/paths/~1pets/get/summary").String() != "o.yaml:4" {
		t.Errorf("the overlay did not arrive: %+v", op)
	}
	if at := o.Position("/components/headers/Rate/schema"); at.File != filepath.Join(dir, "parts.yaml") {
		t.Errorf("the header stands at %s", at)
	}
	if !slices.Equal(o.Files, append(slices.Clone(c.Files), "o.yaml")) {
		t.Errorf("files %v", o.Files)
	}
	if _, err := c.Overlay("o.yaml", []byte(head+"- {target: $.components.schemas.Pet.properties, update: {more: {$ref: x.yaml}}}\n")); err == nil || !strings.HasPrefix(err.Error(), `o.yaml:4: $ref "x.yaml": this document stands alone`) {
		t.Errorf("an overlay that refers to a file: %v", err)
	}
	everyReferenceLeads(t, o)
}

// TestBundleNames gives two files' things of one name different names.
func TestBundleNames(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{
		"a.yaml":   strings.Replace(small, "{description: fine}", "{description: fine, content: {a/a: {schema: {$ref: 'b/x.yaml#/A'}}, a/b: {schema: {$ref: 'c/x.yaml#/A'}}, a/c: {schema: {$ref: 'b/x.yaml#/A'}}, a/d: {schema: {$ref: 'b/x.yaml#/é'}}}}", 1) + "components: {schemas: {A: {type: 'null'}}}\n",
		"b/x.yaml": "A: {type: string}\né: {type: boolean}\n",
		"c/x.yaml": "A: {type: integer}\n",
	})
	op := c.Operations[0]
	var schemas []string
	for _, m := range op.Responses[0].Content {
		schemas = append(schemas, m.Schema+" "+text1(c, m.Schema+"/type"))
	}
	if want := []string{"/components/schemas/A_2 string", "/components/schemas/A_3 integer", "/components/schemas/A_2 string", "/components/schemas/brought boolean"}; !slices.Equal(schemas, want) {
		t.Errorf("schemas %q, want %q", schemas, want)
	}
}

// TestReferencesWithin takes every pointer of the document itself, and brings them into one form.
func TestReferencesWithin(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{"a.yaml": `openapi: 3.1.0
info: {title: within, version: "1"}
paths:
  /a/{b c}:
    parameters: [{name: b c, in: path, required: true, schema: {type: string}}]
    get:
      responses: {"200": {description: fine, content: {application/json: {schema: {type: object, properties: {x: {type: integer}}, $defs: {y: {type: boolean}}}}}}}
    put:
      requestBody: {$ref: '#/paths/~1a~1%7Bb%20c%7D/patch/requestBody'}
      responses: {"200": {$ref: '#/paths/~1a~1{b c}/get/responses/200'}}
    patch:
      requestBody: {content: {application/json: {schema: {$ref: '#/paths/~1a~1%7Bb%20c%7D/get/responses/200/content/application~1json/schema/$defs/y'}}}}
      responses: {"200": {description: fine, content: {application/json: {schema: {$ref: '#here'}}}}}
  /b: {$ref: '#/components/pathItems/B', summary: beside}
components:
  pathItems: {B: {get: {operationId: b, responses: {"200": {description: fine}}}}}
  schemas:
    H: {$anchor: here, $id: 'https://example.com/h', items: {$ref: 'https://example.com/h'}}
`})
	put, _ := c.Operation("putABC")
	if put == nil || put.Body == nil || put.Body.Content[0].Schema != "/paths/~1a~1{b c}/get/responses/200/content/application~1json/schema/$defs/y" || put.Responses[0].Content[0].Schema != "/paths/~1a~1{b c}/get/responses/200/content/application~1json/schema" {
		t.Errorf("the references were not followed: %+v", put)
	}
	patch, _ := c.Operation("patchABC")
	if patch.Responses[0].Content[0].Schema != "/components/schemas/H" || text1(c, "/components/schemas/H/items/$ref") != "#/components/schemas/H" {
		t.Errorf("the anchors lead to %+v, %s", patch.Responses, text1(c, "/components/schemas/H/items/$ref"))
	}
	if op, ok := c.Operation("b"); !ok || op.Path != "/b" || op.Pointer != "/paths/~1b/get" || text1(c, "/paths/~1b/summary") != "beside" {
		t.Errorf("the path item was not put in place: %+v", op)
	}
	if len(c.Notes) != 0 {
		t.Errorf("notes %v", c.Notes)
	}
	everyReferenceLeads(t, c)
}

// text1 is the text at a pointer, "" for none.
func text1(c *specs.Contract, pointer string) string {
	v, _ := c.Value(pointer)
	s, _ := v.(string)
	return s
}

// visitAll calls for each place at or below a pointer, those in lists too.
func visitAll(c *specs.Contract, pointer string, call func(string)) {
	var walk func(string, any)
	walk = func(at string, v any) {
		call(at)
		switch v := v.(type) {
		case map[string]any:
			for name, child := range v {
				walk(at+"/"+specs.EscapePointer(name), child)
			}
		case []any:
			for i, child := range v {
				walk(at+"/"+strconv.Itoa(i), child)
			}
		}
	}
	value, _ := c.Value(pointer)
	walk(pointer, value)
}

// everyReferenceLeads walks a contract and follows each $ref that stands where one may.
func everyReferenceLeads(t *testing.T, c *specs.Contract) {
	t.Helper()
	count := 0
	visitAll(c, "", func(pointer string) {
		if !strings.HasSuffix(pointer, "/$ref") || strings.Contains(pointer, "/default/") || strings.Contains(pointer, "/value/") {
			return
		}
		count++
		target, local := strings.CutPrefix(text1(c, pointer), "#")
		if _, ok := c.Value(target); !local || !ok {
			t.Errorf("%s leads to %q", pointer, text1(c, pointer))
		}
	})
	if count == 0 {
		t.Error("there is no reference to follow")
	}
}

// TestValueIsJSON guards that what a contract gives can be written as JSON again.
func TestValueIsJSON(t *testing.T) {
	t.Parallel()
	c, _ := mustRead(t, map[string]string{"a.yaml": small + "x-numbers: [1, 0x10, 0o7, 1_000, 1e3, .5, -.inf, .nan, 010, 2024-01-01, yes, ~, true]\n"})
	v, _ := c.Value("/x-numbers")
	data, err := json.Marshal(v)
	if want := `[1,16,7,1000,1e3,0.5,"-.inf",".nan",8,"2024-01-01","yes",null,true]`; err != nil || string(data) != want {
		t.Errorf("%s, %v, want %s", data, err, want)
	}
}
