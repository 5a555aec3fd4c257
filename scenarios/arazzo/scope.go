package arazzo

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"understudy/specs"
)

// Scope is what expressions may speak of at one moment of a run. Its zero value has nothing.
type Scope struct {
	Document *Document
	// URL, Method, Status, Request and Response are those of the step's call, once it was made; Status is 0 before.
	URL, Method string
	Status      int
	Request     *Message
	Response    *Message
	Inputs      map[string]any
	Outputs     map[string]any
	// Steps has the outputs of the steps that were run.
	Steps map[string]map[string]any
	// Workflows has those that were run.
	Workflows map[string]Values
}

// Values are the inputs and outputs of a workflow.
type Values struct{ Inputs, Outputs map[string]any }

// Message is one side of a call.
type Message struct {
	Header http.Header
	// Query and Path are the parameters of a request, as they were given.
	Query, Path map[string]any
	// Body is the opened body as JSON has it, a text where it is no JSON; HasBody says that there is one.
	Body    any
	HasBody bool
}

// Resolve gives what an expression stands for, and whether there is such a thing. JSON's null is there.
func (s *Scope) Resolve(e *Expression) (any, bool) {
	v, ok := s.resolve(e)
	for _, name := range e.dotted {
		if !ok {
			return nil, false
		}
		v, ok = memberOf(v, name)
	}
	if ok && e.HasPointer {
		return at(v, e.Pointer)
	}
	return v, ok
}

func (s *Scope) resolve(e *Expression) (any, bool) {
	switch e.Root {
	case RootURL:
		return s.URL, s.URL != ""
	case RootMethod:
		return s.Method, s.Method != ""
	case RootStatusCode:
		return json.Number(strconv.Itoa(s.Status)), s.Status != 0
	case RootRequest:
		return s.Request.part(e)
	case RootResponse:
		return s.Response.part(e)
	case RootInputs:
		return named(s.Inputs, e.Name)
	case RootOutputs:
		return named(s.Outputs, e.Name)
	case RootSteps:
		return named(s.Steps[e.Owner], e.Name)
	case RootWorkflows:
		if e.In == "inputs" {
			return named(s.Workflows[e.Owner].Inputs, e.Name)
		}
		return named(s.Workflows[e.Owner].Outputs, e.Name)
	case RootSources:
		if s.Document == nil || e.Name != "url" {
			return nil, false
		}
		source, ok := s.Document.Source(e.Owner)
		if !ok {
			return nil, false
		}
		return source.URL, true
	case RootComponents:
		return s.component(e)
	}
	return nil, false
}

// component is the value of a parameter among the components. One that refers to a component in turn is not followed.
func (s *Scope) component(e *Expression) (any, bool) {
	if s.Document == nil {
		return nil, false
	}
	p := s.Document.parameters[e.Name]
	if p == nil {
		return nil, false
	}
	for _, inner := range p.Value.Expressions() {
		if inner.Root == RootComponents {
			return nil, false
		}
	}
	v, err := p.Value.Evaluate(s)
	return v, err == nil
}

// part is what an expression names in a message.
func (m *Message) part(e *Expression) (any, bool) {
	if m == nil {
		return nil, false
	}
	switch e.In {
	case "header":
		list := m.Header.Values(e.Name)
		if len(list) == 0 {
			return nil, false
		}
		return list[0], true
	case "query":
		v, ok := m.Query[e.Name]
		return v, ok
	case "path":
		v, ok := m.Path[e.Name]
		return v, ok
	}
	return m.Body, m.HasBody
}

// named finds a value by a name that may hold dots; what is behind the longest name that is there leads into its value.
func named(values map[string]any, name string) (any, bool) {
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '.') {
		v, ok := values[name[:end]]
		if !ok {
			continue
		}
		if end < len(name) {
			for _, step := range strings.Split(name[end+1:], ".") {
				if v, ok = memberOf(v, step); !ok {
					return nil, false
				}
			}
		}
		return v, true
	}
	return nil, false
}

// memberOf is a member of an object, or an element of a list by its number.
func memberOf(v any, name string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		inner, ok := v[name]
		return inner, ok
	case []any:
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(v) || strconv.Itoa(i) != name {
			return nil, false
		}
		return v[i], true
	}
	return nil, false
}

// at follows a JSON pointer (RFC 6901).
func at(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for _, step := range strings.Split(pointer[1:], "/") {
		var ok bool
		if v, ok = memberOf(v, specs.UnescapePointer(step)); !ok {
			return nil, false
		}
	}
	return v, true
}
