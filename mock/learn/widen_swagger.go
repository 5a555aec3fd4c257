package learn

import (
	"regexp"
	"slices"
	"strings"
)

// swagger says that the document is one of Swagger 2.0. The contract is read as OpenAPI 3.0; an overlay is applied to the
// document as it is written.
func (w *widener) swagger() bool { return strings.HasPrefix(w.contract.OpenAPI, "2") }

// nullable is the keyword that lets a schema take null in a document before OpenAPI 3.1.
func (w *widener) nullable() string {
	if w.swagger() {
		return "x-nullable"
	}
	return "nullable"
}

var (
	swaggerContent = regexp.MustCompile(`(/responses/[^/]+)/content/[^/]+/schema`)
	swaggerSimple  = regexp.MustCompile(`(/parameters/[0-9]+|/headers/[^/]+)/schema`)
)

// swaggerPath is where the document of Swagger 2.0 has what the contract has at a pointer.
func (w *widener) swaggerPath(pointer string) string {
	for _, moved := range []struct{ from, to string }{
		{"/components/schemas/", "/definitions/"}, {"/components/responses/", "/responses/"}, {"/components/parameters/", "/parameters/"},
	} {
		if rest, is := strings.CutPrefix(pointer, moved.from); is {
			pointer = moved.to + rest
		}
	}
	pointer = swaggerContent.ReplaceAllString(pointer, "$1/schema")
	return w.pathOf(swaggerSimple.ReplaceAllString(pointer, "$1"))
}

// item is how a JSONPath names an item of a list: by its number, a parameter of Swagger 2.0 by its name, since the body is one
// of the parameters there.
func (w *widener) item(pointer, number string) string {
	if name, ok := w.value(pointer + "/name"); ok && w.swagger() && strings.HasSuffix(pointer, "/parameters/"+number) {
		if text, ok := name.(string); ok {
			return "?@.name == " + quoted(text)
		}
	}
	return number
}

// swaggerResponse makes a response of Swagger 2.0 of one of OpenAPI 3.
func swaggerResponse(out map[string]any) map[string]any {
	content, _ := out["content"].(map[string]any)
	names := sortedKeys(content)
	if i := slices.Index(names, "application/json"); i > 0 {
		names[0] = names[i]
	}
	delete(out, "content")
	if len(names) > 0 {
		form, _ := content[names[0]].(map[string]any)
		out["schema"] = swaggerSchema(form["schema"])
	}
	return out
}

// swaggerSchema lets references lead to where Swagger 2.0 has schemas.
func swaggerSchema(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	if ref, ok := m["$ref"].(string); ok {
		if name, is := strings.CutPrefix(ref, "#/components/schemas/"); is {
			return map[string]any{"$ref": "#/definitions/" + name}
		}
	}
	return m
}
