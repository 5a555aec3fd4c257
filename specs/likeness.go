package specs

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// noOpenAPI says what a file is that is no OpenAPI document, as far as its first names tell.
func (d *document) noOpenAPI() error {
	has := func(names ...string) bool {
		for _, name := range names {
			if field(d.root, name) == nil {
				return false
			}
		}
		return true
	}
	what := ""
	switch {
	case has("asyncapi"):
		what = "it looks like an AsyncAPI document"
	case has("arazzo"):
		what = "it looks like an Arazzo document, which describes stories and not operations"
	case has("overlay"):
		what = "it looks like an overlay; give the document that it changes, and the overlay with --overlay"
	case has("info", "item"):
		what = "it looks like a Postman collection; export it as OpenAPI"
	case has("_type", "resources"):
		what = "it looks like an Insomnia export; export it as OpenAPI"
	case has("log") && field(field(d.root, "log"), "entries") != nil:
		what = "it looks like recorded traffic (HAR)"
	case has("name", "version") && (has("dependencies") || has("devDependencies") || has("scripts") || has("main")):
		what = "it looks like a package.json of npm"
	case has("apiVersion", "kind"):
		what = "it looks like a Kubernetes object"
	case has("services") && !has("paths"):
		what = "it looks like a Compose file"
	case has("swaggerVersion"):
		what = "it looks like Swagger 1, which this does not read"
	case has("paths") && has("info"):
		return fmt.Errorf("%s: not an OpenAPI document: it has paths and info, and no line such as openapi: 3.1.0 that states the version", d.file)
	case has("paths") || has("components") || has("definitions"):
		what = "it looks like a part of one; give the file that states openapi: 3.1.0 or the like"
	case has("$schema") || has("type") && (has("properties") || has("items") || has("enum")):
		what = "it looks like a JSON Schema"
	case has("data") || has("errors"):
		what = "it looks like a reply"
	}
	if what == "" {
		return fmt.Errorf("%s: not an OpenAPI document: nothing at its root states a version, such as openapi: 3.1.0", d.file)
	}
	return fmt.Errorf("%s: not an OpenAPI document: %s", d.file, what)
}

// noObject says what a text is that is no object at all.
func noObject(file string, root *yaml.Node, what string) error {
	text := strings.TrimSpace(root.Value)
	switch {
	case root.Kind == yaml.ScalarNode && strings.HasPrefix(text, "<"):
		return fmt.Errorf("%s:%d: %s is an object in YAML or JSON; this looks like XML or HTML", file, root.Line, what)
	}
	return fmt.Errorf("%s:%d: %s is an object", file, root.Line, what)
}
