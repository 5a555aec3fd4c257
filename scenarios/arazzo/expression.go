package arazzo

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Root is what a runtime expression begins with.
type Root string

// The roots of runtime expressions.
const (
	RootURL        Root = "$url"
	RootMethod     Root = "$method"
	RootStatusCode Root = "$statusCode"
	RootRequest    Root = "$request"
	RootResponse   Root = "$response"
	RootInputs     Root = "$inputs"
	RootOutputs    Root = "$outputs"
	RootSteps      Root = "$steps"
	RootWorkflows  Root = "$workflows"
	RootSources    Root = "$sourceDescriptions"
	RootComponents Root = "$components"
)

func roots() []string {
	return []string{
		"$url", "$method", "$statusCode", "$request", "$response", "$inputs", "$outputs", "$steps", "$workflows", "$sourceDescriptions", "$components",
	}
}

// Expression is one runtime expression (Arazzo 1.0.1, "Runtime Expressions").
type Expression struct {
	// Text is the whole as it is written.
	Text string
	Root Root
	// In is header, query, path or body for $request and $response; inputs or outputs for $steps and $workflows.
	In string
	// Owner is the step, workflow or source that is named; for $components the kind, which is parameters.
	Owner string
	// Name is that of the header, parameter, input or output. It may hold dots, of which the last parts lead into the value
	// where no such name is there.
	Name string
	// HasPointer says that a JSON pointer follows behind #; "" points to the whole.
	HasPointer bool
	Pointer    string

	dotted []string // members behind the body, in conditions alone
}

var tokenForm = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// ParseExpression reads a text that is one runtime expression as a whole.
func ParseExpression(text string) (*Expression, error) { return parseExpression(text, false) }

// parseExpression reads an expression; behind a body dots may follow where it is part of a condition.
func parseExpression(text string, dots bool) (*Expression, error) {
	e := &Expression{Text: text}
	root, rest, below := strings.Cut(text, ".")
	e.Root = Root(root)
	fail := func(format string, args ...any) (*Expression, error) {
		return nil, fmt.Errorf("%s is no runtime expression: %s", shortened(text), fmt.Sprintf(format, args...))
	}
	switch e.Root {
	case RootURL, RootMethod, RootStatusCode:
		if below {
			return fail("nothing stands behind %s", root)
		}
		return e, nil
	case RootRequest, RootResponse, RootInputs, RootOutputs, RootSteps, RootWorkflows, RootSources, RootComponents:
		if !below || rest == "" {
			return fail("a dot and a name belong behind %s", root)
		}
	default:
		return fail("it begins with none of %s%s", strings.Join(roots(), ", "), meant(root, roots()))
	}
	if e.Root == RootRequest || e.Root == RootResponse {
		if err := e.source(rest, dots); err != nil {
			return fail("%s", err)
		}
		return e, nil
	}
	if e.Root != RootSources {
		rest, e.Pointer, e.HasPointer = strings.Cut(rest, "#")
		if err := checkPointer(e.Pointer); err != nil {
			return fail("%s", err)
		}
	}
	if err := e.named(rest); err != nil {
		return fail("%s", err)
	}
	return e, nil
}

// source reads what follows $request. and $response.
func (e *Expression) source(rest string, dots bool) error {
	in, name, _ := strings.Cut(rest, ".")
	switch {
	case in == "header" && tokenForm.MatchString(name):
		e.In, e.Name = in, name
		return nil
	case in == "header":
		return errors.New("behind header. the name of a header is due")
	case (in == "query" || in == "path") && e.Root == RootResponse:
		return errors.New("a response has header and body alone")
	case (in == "query" || in == "path") && name != "":
		e.In, e.Name = in, name
		return nil
	case in == "query" || in == "path":
		return errors.New("behind " + in + ". the name of a parameter is due")
	}
	head, pointer, has := strings.Cut(rest, "#")
	if dots && strings.HasPrefix(head, "body.") {
		e.dotted = strings.Split(strings.TrimPrefix(head, "body."), ".")
		head = "body"
	}
	if head != "body" {
		return errors.New("behind " + string(e.Root) + ". one of header., query., path., body and body# is due")
	}
	e.In, e.Pointer, e.HasPointer = "body", pointer, has
	return checkPointer(pointer)
}

// named reads the names behind the other roots.
func (e *Expression) named(rest string) error {
	if rest == "" {
		return errors.New("a name is due")
	}
	if e.Root == RootInputs || e.Root == RootOutputs {
		e.Name = rest
		return nil
	}
	owner, below, _ := strings.Cut(rest, ".")
	e.Owner = owner
	switch e.Root {
	case RootSources:
		e.Name = below
		if below == "" {
			return errors.New("behind the source's name .url or an operationId is due")
		}
		return nil
	case RootComponents:
		if owner != "parameters" || below == "" {
			return errors.New("a value is that of $components.parameters.NAME alone")
		}
		e.Name = below
		return nil
	}
	in, name, _ := strings.Cut(below, ".")
	e.In, e.Name = in, name
	switch {
	case name != "" && in == "outputs", name != "" && in == "inputs" && e.Root == RootWorkflows:
		return nil
	case e.Root == RootSteps:
		return errors.New("write $steps.STEP.outputs.NAME")
	}
	return errors.New("write $workflows.WORKFLOW.outputs.NAME or $workflows.WORKFLOW.inputs.NAME")
}

// checkPointer holds a text to the form of a JSON pointer (RFC 6901, section 3).
func checkPointer(pointer string) error {
	if pointer != "" && pointer[0] != '/' {
		return errors.New("a JSON pointer begins with /")
	}
	for i := range len(pointer) {
		if pointer[i] == '~' && (i+1 == len(pointer) || pointer[i+1] != '0' && pointer[i+1] != '1') {
			return errors.New("in a JSON pointer ~ is written ~0, and / within a name ~1")
		}
	}
	return nil
}
