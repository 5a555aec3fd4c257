package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"go.yaml.in/yaml/v3"
)

// model is kin-openapi's own reading of a document.
func model(t *testing.T, file string) *openapi3.T {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte(`swagger: "2.0"`)) {
		return converted(t, text)
	}
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	doc, err := loader.LoadFromFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// With references to other files in it, a schema of 3.1 is checked by the rules of 3.0 in silence.
	doc.InternalizeRefs(t.Context(), nil)
	return doc
}

func converted(t *testing.T, text []byte) *openapi3.T {
	t.Helper()
	var tree any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	var old openapi2.T
	if err := json.Unmarshal(asJSON, &old); err != nil {
		t.Fatal(err)
	}
	doc, err := openapi2conv.ToV3(&old)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// formats are those that kin-openapi checks on demand only.
func formats() openapi3.SchemaValidationOption {
	return openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
		"uuid":     openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC4122),
		"email":    openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForEmail),
		"ipv4":     openapi3.NewIPValidator(true),
		"ipv6":     openapi3.NewIPValidator(false),
		"hostname": openapi3.NewRegexpFormatValidator(`^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$`),
		"uri":      openapi3.NewRegexpFormatValidator(`^[a-z][a-z0-9+.-]*:[^ ]+$`),
	})
}

// judge holds an answer to the document: its status, headers, media type and body. builtIn allows the answer of a catalogue
// that is not the document's where that says nothing of the status.
func (r *road) judge(op roadOperation, reply *http.Response, body []byte, builtIn bool) error {
	declared := op.Responses.Status(reply.StatusCode)
	if declared == nil {
		declared = op.Responses.Default()
	}
	media, _, _ := mime.ParseMediaType(reply.Header.Get("Content-Type"))
	if declared == nil {
		if !builtIn || media != "application/problem+json" {
			return errors.New("the document does not declare the status")
		}
		return nil
	}
	r.judged++
	r.media[media]++
	content := declared.Value.Content
	switch {
	case op.method == http.MethodHead:
		if len(body) > 0 {
			return errors.New("the answer to HEAD has a body")
		}
		return r.judgeHeaders(declared.Value, reply.Header)
	case len(content) == 0 && len(body) > 0:
		return errors.New("the document declares no body")
	case len(content) > 0 && content.Get(reply.Header.Get("Content-Type")) == nil:
		return fmt.Errorf("the document declares no %q", media)
	}
	if err := r.judgeHeaders(declared.Value, reply.Header); err != nil || len(content) == 0 {
		return err
	}
	said := content.Get(reply.Header.Get("Content-Type"))
	if strings.HasSuffix(media, "xml") {
		return r.judgeXML(said.Schema, body)
	}
	if openapi3filter.RegisteredBodyDecoder(media) == nil && !strings.HasSuffix(media, "json") {
		if len(body) == 0 {
			return errors.New("the body is empty")
		}
		return nil // bytes of a kind that no schema describes
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: &http.Request{Method: op.method},
			Route:   &routers.Route{Spec: r.doc, Path: op.path, PathItem: op.item, Method: op.method, Operation: op.Operation},
		},
		Status: reply.StatusCode, Header: reply.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true, SchemaValidationOptions: []openapi3.SchemaValidationOption{formats()}},
	})
}

// judgeHeaders reads headers by hand: kin-openapi leaves those of HEAD and of redirects alone.
func (r *road) judgeHeaders(response *openapi3.Response, header http.Header) error {
	for name, ref := range response.Headers {
		h := ref.Value
		text := header.Get(name)
		if text == "" {
			if h.Required {
				return fmt.Errorf("the header %s is missing", name)
			}
			continue
		}
		if h.Schema == nil {
			continue
		}
		var v any = scalarOf(text, h.Schema.Value)
		switch s := h.Schema.Value; {
		case s.Type.Is("array"):
			list := []any{}
			for _, one := range strings.Split(text, ",") {
				list = append(list, scalarOf(one, s.Items.Value))
			}
			v = list
		case s.Type.Is("object"):
			members := map[string]any{}
			for _, pair := range strings.Split(text, ",") {
				name, one, _ := strings.Cut(pair, "=")
				if p := s.Properties[name]; p != nil {
					members[name] = scalarOf(one, p.Value)
				}
			}
			v = members
		}
		if err := r.visit(h.Schema, v); err != nil {
			return fmt.Errorf("the header %s: %w", name, err)
		}
	}
	return nil
}

func (r *road) visit(schema *openapi3.SchemaRef, v any) error {
	options := []openapi3.SchemaValidationOption{openapi3.VisitAsResponse(), formats()}
	if r.doc.IsOpenAPI31OrLater() {
		options = append(options, openapi3.EnableJSONSchema2020())
	}
	return schema.Value.VisitJSON(v, options...)
}

// scalarOf reads a text as the schema's type has it.
func scalarOf(text string, s *openapi3.Schema) any {
	switch {
	case s.Type.Includes("integer"), s.Type.Includes("number"):
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
	case s.Type.Includes("boolean"):
		return text == "true"
	}
	return text
}

// element is what XML says, unread.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (r *road) judgeXML(schema *openapi3.SchemaRef, body []byte) error {
	var root element
	if err := xml.Unmarshal(body, &root); err != nil {
		return err
	}
	s := schema.Value
	if s.XML != nil && (s.XML.Name != "" && root.XMLName.Local != s.XML.Name || s.XML.Namespace != root.XMLName.Space) {
		return fmt.Errorf("the root is %v", root.XMLName)
	}
	v, err := root.value(schema)
	if err != nil {
		return err
	}
	return r.visit(schema, v)
}

// value reads an element by its schema; what the schema does not name is an error.
func (e element) value(ref *openapi3.SchemaRef) (any, error) {
	s := ref.Value
	if !s.Type.Is("object") {
		return scalarOf(e.Text, s), nil
	}
	out := map[string]any{}
	known := 0
	for name, p := range s.Properties {
		as, x := name, p.Value.XML
		if x != nil && x.Name != "" {
			as = x.Name
		}
		switch {
		case x != nil && x.Attribute:
			for _, a := range e.Attrs {
				if a.Name.Local == as {
					out[name] = scalarOf(a.Value, p.Value)
				}
			}
			continue
		case p.Value.Type.Is("array"):
			holder, count := e, 0
			if x != nil && x.Wrapped {
				i := slices.IndexFunc(e.Children, func(c element) bool { return c.XMLName.Local == as })
				if i < 0 {
					continue
				}
				known++
				holder, as = e.Children[i], name
			}
			if items := p.Value.Items.Value.XML; items != nil && items.Name != "" {
				as = items.Name
			}
			list := []any{}
			for _, c := range holder.Children {
				if c.XMLName.Local != as {
					continue
				}
				one, err := c.value(p.Value.Items)
				if err != nil {
					return nil, err
				}
				list = append(list, one)
				count++
			}
			if x == nil || !x.Wrapped {
				known += count
			}
			if len(list) > 0 || x != nil && x.Wrapped {
				out[name] = list
			}
			continue
		}
		for _, c := range e.Children {
			if c.XMLName.Local != as {
				continue
			}
			known++
			if x != nil && x.Namespace != c.XMLName.Space {
				return nil, fmt.Errorf("the element %s is of the namespace %q", as, c.XMLName.Space)
			}
			one, err := c.value(p)
			if err != nil {
				return nil, err
			}
			out[name] = one
		}
	}
	if known != len(e.Children) {
		return nil, fmt.Errorf("the element %s has %d children, and the schema knows %d of them", e.XMLName.Local, len(e.Children), known)
	}
	return out, nil
}
