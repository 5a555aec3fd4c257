package arazzo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"understudy/specs"
)

// pendingSchema is one that is compiled when the whole document has been read.
type pendingSchema struct {
	inputs  *Inputs
	node    *node
	pointer string
}

// closed fetches nothing: what a schema refers to stands in the document.
type closed struct{}

// Load refuses.
func (closed) Load(url string) (any, error) {
	return nil, errors.New("what a schema refers to has to stand in this document: nothing is fetched")
}

// compileSchemas compiles the inputs of all workflows, and holds their defaults to them.
func (r *reader) compileSchemas() {
	if len(r.schemas) == 0 {
		return
	}
	text, err := json.Marshal(r.root.json())
	if err != nil {
		r.add(specs.Position{File: r.file}, "the document cannot be written as JSON")
		return
	}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		r.add(specs.Position{File: r.file}, "the document cannot be read as JSON")
		return
	}
	for _, one := range r.schemas {
		compiler := jsonschema.NewCompiler()
		compiler.DefaultDraft(jsonschema.Draft2020)
		compiler.UseLoader(closed{})
		const place = "story:///document"
		if err = compiler.AddResource(place, whole); err == nil {
			one.inputs.schema, err = compiler.Compile(place + "#" + one.pointer)
		}
		if err != nil {
			r.add(r.at(one.node), "inputs: %s", schemaMistake(err))
			continue
		}
		r.checkDefaults(one)
	}
}

// schemaMistake says why a schema does not compile, on one line.
func schemaMistake(err error) string {
	var invalid *jsonschema.SchemaValidationError
	var failed *jsonschema.ValidationError
	if errors.As(err, &invalid) && errors.As(invalid.Err, &failed) {
		for len(failed.Causes) > 0 {
			failed = failed.Causes[0]
		}
		return fmt.Sprintf("no JSON Schema: /%s: %s", strings.Join(failed.InstanceLocation, "/"), failed.ErrorKind.LocalizedString(message.NewPrinter(language.English)))
	}
	text := strings.ReplaceAll(err.Error(), "story:///document", "")
	return "no JSON Schema: " + shortened(text)
}

// checkDefaults holds each default to the schema that it stands in.
func (r *reader) checkDefaults(one pendingSchema) {
	for _, name := range one.inputs.Names {
		fallback, ok := one.inputs.properties[name]["default"]
		if !ok || one.inputs.schema == nil {
			continue
		}
		property := one.inputs.schema.Properties[name]
		for property != nil && property.Ref != nil {
			property = property.Ref
		}
		if property != nil && property.Validate(fallback) != nil {
			r.add(r.at(one.node), "inputs: the default of %s does not fit its own schema", name)
		}
	}
}
