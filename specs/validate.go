package specs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// breach is something in which a document breaks the OpenAPI Specification, at a JSON pointer.
type breach struct{ pointer, text string }

// strictly holds a document to the OpenAPI Specification; the first breach is an error.
func (d *document) strictly() (err error) {
	defer func() {
		if fault := recover(); fault != nil { // the library's: it runs beside the reading, where nobody else would catch it
			err = errors.New("the document as a whole could not be held to the OpenAPI Specification")
		}
	}()
	w := jsonWriter{}
	w.node(d.root)
	var doc openapi3.T
	if err := json.Unmarshal(w.text, &doc); err != nil {
		return err
	}
	if err := openapi3.NewLoader().ResolveRefsIn(&doc, nil); err != nil {
		return err
	}
	return doc.Validate(context.Background(), openapi3.DisableExamplesValidation(), unknownFields())
}

// unknownFields are those of OpenAPI 3.1 that the library takes for mistakes.
func unknownFields() openapi3.ValidationOption { return openapi3.AllowExtraSiblingFields("pathItems") }

// judged is a document as it is held to the OpenAPI Specification when nothing stops at a breach: without the references
// of schemas, which are judged where they lead to. The library follows them from each place anew, which takes a time that
// grows with the square of the document.
type judged struct {
	root  *yaml.Node
	drop  map[*yaml.Node]bool // of these objects, the $ref
	other map[*yaml.Node]*yaml.Node
	bad   map[*yaml.Node]bool // what cannot be read at all
}

func newJudged(root *yaml.Node) *judged {
	j := &judged{root: root, drop: map[*yaml.Node]bool{}, other: map[*yaml.Node]*yaml.Node{}, bad: map[*yaml.Node]bool{}}
	whole := tree{root: root, tables: tables{}}
	empty := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	w := walker{layouts: layouts(), visit: func(n *yaml.Node, k kind) bool {
		ref, ok := reference(n)
		switch {
		case !ok:
		case k == schemaKind:
			j.drop[n] = true
		case strings.Count(ref.Value, "/") == 3 && strings.HasPrefix(ref.Value, "#/components/"):
		case k == callbackKind: // it may stand in itself
			j.other[n] = empty
		default:
			for hops := 0; ok && hops < mostHops; hops++ {
				target, found := whole.find(strings.TrimPrefix(ref.Value, "#"))
				if !found {
					break
				}
				j.other[n] = target
				ref, ok = reference(target)
			}
		}
		return true
	}}
	w.walk(root, rootKind)
	j.oncePerShape()
	return j
}

// oncePerShape leaves out the paths that no request can have, or that differ from an earlier one in nothing but their
// parameters' names: the library stops at the first of them, and whoever reads the paths tells of all.
func (j *judged) oncePerShape() {
	paths := field(j.root, "paths")
	if paths == nil || paths.Kind != yaml.MappingNode {
		return
	}
	shapes := map[string]bool{}
	for i := 0; i+1 < len(paths.Content); i += 2 {
		name := paths.Content[i].Value
		if strings.HasPrefix(name, "x-") {
			continue
		}
		if shape := shapeOf(name); shapes[shape] || unservable(name) != "" {
			j.bad[paths.Content[i+1]] = true
		} else {
			shapes[shape] = true
		}
	}
}

func (j *judged) json(n *yaml.Node) []byte {
	w := jsonWriter{
		drop: func(n *yaml.Node, name string) bool {
			return name == "$ref" && j.drop[n] || len(j.bad) > 0 && j.bad[field(n, name)]
		},
		instead: func(n *yaml.Node) *yaml.Node {
			if other, ok := j.other[n]; ok {
				return other
			}
			return n
		},
	}
	w.node(n)
	return w.text
}

// findings lists all in which the document breaks the OpenAPI Specification. Examples and defaults are judged by others,
// who know the whole schema.
func (j *judged) findings() (list []breach) {
	defer func() {
		if fault := recover(); fault != nil { // the library's, on a document that nobody has thought of
			list = append(list, breach{"", "the document as a whole could not be held to the OpenAPI Specification"})
		}
	}()
	var doc openapi3.T
	if err := json.Unmarshal(j.json(j.root), &doc); err != nil {
		if list = j.unreadable(); len(list) == 0 {
			return []breach{{"", readable(err)}}
		}
		doc = openapi3.T{}
		if err := json.Unmarshal(j.json(j.root), &doc); err != nil {
			return append(list, breach{"", readable(err)})
		}
	}
	if err := openapi3.NewLoader().ResolveRefsIn(&doc, nil); err != nil {
		return append(list, breach{"", readable(err)})
	}
	err := doc.Validate(context.Background(), openapi3.EnableMultiError(), openapi3.DisableExamplesValidation(),
		openapi3.DisableSchemaDefaultsValidation(), unknownFields(), openapi3.DisableSchemaPatternValidation())
	var all openapi3.MultiError
	switch {
	case err == nil:
	case errors.As(err, &all):
		for _, one := range all {
			pointer := pointerOf(one)
			told := slices.ContainsFunc(list, func(b breach) bool { return b.pointer == pointer && pointer == "/info" }) // left out
			if !told && !strings.Contains(one.Error(), "have the same operation id") {                                   // told with its line
				list = append(list, breach{pointer, readable(one)})
			}
		}
	default:
		list = append(list, breach{pointerOf(err), readable(err)})
	}
	return list
}

// unreadable finds the operations and components that cannot be read as what they stand for, and leaves them out.
func (j *judged) unreadable() (list []breach) {
	judge := func(pointer string, n *yaml.Node, into any) {
		if err := json.Unmarshal(j.json(n), into); err != nil {
			j.bad[n] = true
			list = append(list, breach{pointer, readable(err)})
		}
	}
	entries := func(pointer string, n *yaml.Node, visit func(pointer, name string, n *yaml.Node)) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			if !strings.HasPrefix(name, "x-") {
				visit(pointer+"/"+EscapePointer(name), name, n.Content[i+1])
			}
		}
	}
	methods := layouts()[pathItemKind].fields
	entries("/paths", field(j.root, "paths"), func(at, _ string, item *yaml.Node) {
		entries(at, item, func(at, name string, n *yaml.Node) {
			if methods[name] == operationKind {
				judge(at, n, &openapi3.Operation{})
			}
		})
		judge(at, item, &openapi3.PathItem{})
	})
	into := map[string]func() any{
		"schemas":    func() any { return &openapi3.SchemaRef{} },
		"parameters": func() any { return &openapi3.ParameterRef{} }, "responses": func() any { return &openapi3.ResponseRef{} },
		"requestBodies": func() any { return &openapi3.RequestBodyRef{} }, "headers": func() any { return &openapi3.HeaderRef{} },
		"examples": func() any { return &openapi3.ExampleRef{} }, "links": func() any { return &openapi3.LinkRef{} },
		"securitySchemes": func() any { return &openapi3.SecuritySchemeRef{} },
	}
	root := map[string]any{"info": &openapi3.Info{}, "servers": &openapi3.Servers{}, "tags": &openapi3.Tags{}, "externalDocs": &openapi3.ExternalDocs{}, "security": &openapi3.SecurityRequirements{}}
	entries("", j.root, func(at, name string, n *yaml.Node) {
		if whole, ok := root[name]; ok {
			judge(at, n, whole)
		}
	})
	entries("/components", field(j.root, "components"), func(at, section string, n *yaml.Node) {
		entries(at, n, func(at, _ string, n *yaml.Node) {
			if fresh, ok := into[section]; ok {
				judge(at, n, fresh())
			}
		})
	})
	return list
}

var misread = regexp.MustCompile(`json: cannot unmarshal (\S+) into (?:Go )?(?:struct )?(?:field|value) (?:of type )?(\S+)(?: of type (.+))?`)

// readable is the library's message on one line, in the words of the document where it speaks of Go's types.
func readable(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	m := misread.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	name, of := strings.ReplaceAll(strings.TrimPrefix(m[2], "openapi3."), "Bis.", "."), m[3]
	what := "an object"
	switch {
	case of == "string":
		what = "a text"
	case of == "bool":
		what = "true or false"
	case strings.HasPrefix(of, "uint"), strings.HasPrefix(of, "int"):
		what = "a whole number"
	case strings.HasPrefix(of, "float"):
		what = "a number"
	case strings.HasPrefix(of, "[]"), name == "Servers", name == "Tags", name == "SecurityRequirements":
		what = "a list"
	}
	return fmt.Sprintf("%s is %s; this one is of JSON's type %s", name, what, m[1])
}

// pointerOf is the place that an error of the library speaks of, as far as it says.
func pointerOf(err error) string {
	pointer := ""
	for ; err != nil; err = errors.Unwrap(err) {
		switch e := err.(type) {
		case *openapi3.SectionValidationError:
			pointer = "/" + e.Section
			if e.Section == "external docs" {
				pointer = "/externalDocs"
			}
		case *openapi3.PathValidationError:
			pointer = "/paths/" + EscapePointer(e.Path)
		case *openapi3.PathParametersError:
			pointer = "/paths/" + EscapePointer(e.Path) + "/" + strings.ToLower(e.Method)
		case *openapi3.OperationValidationError:
			pointer += "/" + strings.ToLower(e.Method)
		case *openapi3.ComponentValidationError:
			section := map[string]string{"request body": "requestBodies", "security scheme": "securitySchemes"}[e.Section]
			if section == "" {
				section = e.Section + "s"
			}
			pointer += "/" + section + "/" + EscapePointer(e.Name)
		case *openapi3.WebhookValidationError:
			pointer += "/" + EscapePointer(e.Name)
		}
	}
	return pointer
}
