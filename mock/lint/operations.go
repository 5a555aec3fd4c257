package lint

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/media"
	"understudy/mock/internal/schema"
	"understudy/specs"
)

// operation examines what an operation says beyond its schemas.
func (l *linter) operation(op *specs.Operation) {
	if _, ok := l.at(op.Pointer + "/operationId"); !ok {
		l.add(ruleNoID, op.Pointer, "%s %s has no operationId; it is called %s here", op.Method, op.Path, op.ID)
	}
	l.parameters(op)
	if op.Body != nil {
		for i := range op.Body.Content {
			l.content(&op.Body.Content[i], schema.Request)
		}
	}
	l.responses(op)
	l.security(op)
}

// inPath finds the names of a path's parameters.
var inPath = regexp.MustCompile(`\{([^{}]+)\}`)

func (l *linter) parameters(op *specs.Operation) {
	inOperation := map[string]bool{}
	for i := range op.Parameters {
		p := &op.Parameters[i]
		inOperation[p.In+" "+p.Name] = true
		l.examples(p.Examples, p.Schema, schema.Request)
	}
	names := map[string]bool{}
	for _, m := range inPath.FindAllStringSubmatch(op.Path, -1) {
		names[m[1]] = true
		if !inOperation["path "+m[1]] {
			l.add(rulePathParameter, op.Pointer, "%s %s has no path parameter %q, which stands in the path", op.Method, op.Path, m[1])
		}
	}
	for i := range op.Parameters {
		if p := &op.Parameters[i]; p.In == "path" && !names[p.Name] {
			l.add(ruleUnusedPathParams, p.Pointer, "%q does not stand in the path %s", p.Name, op.Path)
		}
	}
	l.twice(op.Pointer)
	if i := strings.LastIndexByte(op.Pointer, '/'); i > 0 {
		l.twice(op.Pointer[:i])
	}
}

// twice tells parameters of one list that have one name and one place.
func (l *linter) twice(pointer string) {
	v, _ := l.at(pointer + "/parameters")
	list, _ := v.([]any)
	seen := map[string]bool{}
	for i, one := range list {
		m, _ := one.(map[string]any)
		if ref, ok := refOf(m); ok {
			m = l.object(ref)
		}
		name, _ := m["name"].(string)
		in, _ := m["in"].(string)
		if name == "" {
			continue
		}
		if in == "header" {
			name = strings.ToLower(name)
		}
		if key := in + " " + name; seen[key] {
			l.add(ruleParameterTwice, pointer+"/parameters/"+strconv.Itoa(i), "there is another %s parameter %q in this list", in, name)
		} else {
			seen[key] = true
		}
	}
}

// content examines one form of a body.
func (l *linter) content(m *specs.MediaType, view schema.View) {
	switch {
	case strings.HasPrefix(m.Type, "*/"):
		l.add(ruleUncheckedMedia, m.Pointer, "a body of any media type does: state which ones there are")
	case !media.Supported(m.Type):
		l.add(ruleUncheckedMedia, m.Pointer, "bodies of %s are not looked into", m.Type)
	case m.Schema == "" && structured(m.Type):
		l.add(ruleUncheckedBody, m.Pointer, "the body has no schema: any %s does", m.Type)
	}
	l.bodyExamples(m, view)
}

// structured says whether a media type has parts that a schema speaks of.
func structured(mediaType string) bool {
	base, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	return isJSON(mediaType) || strings.HasSuffix(base, "xml") || strings.Contains(base, "form")
}

func (l *linter) responses(op *specs.Operation) {
	success, failure := false, len(l.contract.Errors) > 0
	for i := range op.Responses {
		r := &op.Responses[i]
		switch {
		case r.Status == "default":
			success, failure = true, true
		case r.Status[0] == '2', r.Status[0] == '3':
			success = true
		case r.Status[0] == '4':
			failure = true
		}
		for j := range r.Content {
			l.content(&r.Content[j], schema.Response)
		}
		for j := range r.Headers {
			l.examples(r.Headers[j].Examples, r.Headers[j].Schema, schema.Response)
		}
		l.links(r)
		if r.Status[0] == '2' && len(r.Content) == 0 && op.Method != http.MethodHead && r.Status != "204" && r.Status != "205" {
			l.add(ruleEmptySuccess, r.Pointer, "%s %s answers %s without a body, as far as is said; what comes is not looked at", op.Method, op.Path, r.Status)
		}
	}
	if !success {
		l.add(ruleNoSuccess, op.Pointer+"/responses", "%s %s says nothing of success", op.Method, op.Path)
	}
	if !failure && op.Method != http.MethodHead && op.Method != http.MethodOptions {
		l.add(ruleNoError, op.Pointer+"/responses", "%s %s says nothing of errors: any answer to a bad call would do", op.Method, op.Path)
	}
}

// links examines where a response's links lead to.
func (l *linter) links(r *specs.Response) {
	for i := range r.Links {
		link := &r.Links[i]
		if _, ok := l.contract.Operation(link.Operation); !ok {
			l.add(ruleLink, link.Pointer, "link %q leads to no operation of the document", link.Name)
		}
	}
}

// security examines the names of security schemes that an operation asks for, or the document for all.
func (l *linter) security(op *specs.Operation) {
	pointer := op.Pointer + "/security"
	v, ok := l.at(pointer)
	if !ok {
		pointer = "/security"
		v, _ = l.at(pointer)
	}
	list, _ := v.([]any)
	declared := l.object("/components/securitySchemes")
	for i, one := range list {
		m, _ := one.(map[string]any)
		var names []string
		for name := range m {
			if _, ok := declared[name]; !ok {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			at := pointer + "/" + strconv.Itoa(i) + "/" + specs.EscapePointer(name)
			l.add(ruleSecurity, at, "there is no security scheme %q in components", name)
		}
	}
}
