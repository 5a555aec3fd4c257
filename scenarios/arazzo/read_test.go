package arazzo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// head is a document up to its workflows, in six lines.
const head = `arazzo: 1.0.1
info: {title: Shop, version: "1"}
sourceDescriptions:
  - {name: shop, url: shop.yaml, type: openapi}
  # the workflows begin on line 6
workflows:
`

// one puts steps into a workflow whose first step is on line 9.
func one(steps string) string {
	return head + "  - workflowId: buy\n    steps:\n" + steps
}

const okStep = "      - {stepId: a, operationId: list}\n"

func TestWrongDocuments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string // without the file's name
	}{
		{"nothing", "", []string{": the file is empty"}},
		{"a list", "- a", []string{":1: a story: an object is due, and this is a list"}},
		{"no YAML", "arazzo: [", []string{":1: not YAML: did not find expected node content"}},
		{"neither JSON nor YAML", "{\n\"arazzo\": {]", []string{":2: not YAML"}},
		{"two documents", one(okStep) + "---\na: 1", []string{":10: a second YAML document begins here; write one story in a file"}},
		{"not UTF-8", "arazzo: 1.0.1\n# \xff", []string{":2: this file is not UTF-8; save it as UTF-8"}},
		{"OpenAPI", "openapi: 3.1.0\ninfo: {}", []string{":1: this is an OpenAPI document and no story; a story begins with arazzo: 1.0.1"}},
		{"a name twice", "arazzo: 1.0.1\narazzo: 1.0.1", []string{`:2: the name "arazzo" stands twice in one object`}},
		{"a merge key", "a: &a {b: 1}\nc:\n  <<: *a", []string{":3: a merge key (<<) is not part of YAML 1.2's JSON schema; write the members out"}},
		{"an unknown tag", "arazzo: !secret a", []string{":1: the tag !secret has no meaning here"}},
		{"a leading zero", "arazzo: 00", []string{":1: the number 00 begins with a zero, which readers of YAML take differently; put it in quotes"}},
		{"no number of JSON", "arazzo: .nan", []string{`:1: ".nan" is no number that JSON has`}},
		{"an alias within itself", "a: &a [*a]", []string{":1: the alias *a stands for something that it is part of"}},
		{"a missing everything", "x-a: 1", []string{
			":1: a story: arazzo is missing", ":1: a story: info is missing", ":1: a story: sourceDescriptions is missing", ":1: a story: workflows is missing",
		}},
		{"another version", strings.Replace(one(okStep), "1.0.1", "1.1.0", 1), []string{`:1: this reads Arazzo 1.0, such as 1.0.1, not "1.1.0"`}},
		{"a version that is a number", strings.Replace(one(okStep), "1.0.1", "1.0", 1), []string{":1: a story: arazzo is a text, and this is a number; put it in quotes"}},
		{"info", strings.Replace(one(okStep), `{title: Shop, version: "1"}`, "{title: '', version: 1, name: a}", 1), []string{
			":2: info: there is no member name", ":2: info: title is empty", ":2: info: version is a text, and this is a number; put it in quotes",
		}},
		{"sources", strings.Replace(one(okStep), "  - {name: shop, url: shop.yaml, type: openapi}", "  - {name: shop, url: a, type: arazzo}\n  - {name: shop, type: wsdl}\n  - {name: a b, url: c}", 1), []string{
			":4: sources of type arazzo are not read; write the workflows in one document",
			":5: a source: url is missing", `:5: a source: type is openapi, not "wsdl"`, ":5: the source shop is there twice",
			`:6: a source: name is "a b"; it has letters, digits, _ and - alone`,
			":11: there are several sources: write $sourceDescriptions.SOURCE.list",
		}},
		{"no sources", strings.Replace(one(okStep), "  - {name: shop, url: shop.yaml, type: openapi}", "  []", 1), []string{":4: sourceDescriptions: at least one entry is due"}},
		{"no workflows", strings.Replace(head, "workflows:", "workflows: []", 1), []string{":6: workflows: at least one entry is due"}},
		{"workflows that are none", head + "  a: 1", []string{":7: workflows: a list is due, and this is an object"}},
		{"a workflow", head + "  - {workflowId: a b, stepz: []}", []string{
			":7: a workflow: there is no member stepz; did you mean steps?", `:7: a workflow: workflowId is "a b"; it has letters, digits, _ and - alone`, ":7: a workflow: steps is missing",
		}},
		{"a workflow twice", head + "  - {workflowId: a, steps: [{stepId: b, operationId: c}]}\n  - {workflowId: a, steps: [{stepId: b, operationId: c}]}", []string{":8: the workflow a is there twice"}},
		{"no steps", head + "  - {workflowId: a, steps: []}", []string{":7: steps: at least one entry is due"}},
		{"dependsOn", head + "  - {workflowId: aa, dependsOn: [ab, $sourceDescriptions.x.y, 3], steps: [{stepId: b, operationId: c}]}", []string{
			":7: workflows of other documents are not read; write them in this one", ":7: dependsOn has the ids of workflows", ":7: dependsOn: there is no workflow ab; did you mean aa?",
		}},
		{"dependsOn in a circle", head + "  - {workflowId: a, dependsOn: [b], steps: [{stepId: b, operationId: c}]}\n  - {workflowId: b, dependsOn: [a], steps: [{stepId: b, operationId: c}]}", []string{
			":7: dependsOn leads in a circle: a, b, a",
		}},
		{"a step", one("      - {stepId: a/b, operationID: list}\n"), []string{
			":9: a step: there is no member operationID; did you mean operationId?", `:9: a step: stepId is "a/b"; it has letters, digits, _ and - alone`,
			":9: the step a/b says nothing to call: operationId, operationPath or workflowId",
		}},
		{"a step twice", one(okStep + okStep), []string{":10: the step a is in the workflow buy twice"}},
		{"two things to call", one("      - {stepId: a, operationId: list, workflowId: buy}\n"), []string{":9: the step a has operationId and workflowId; only one of them says what is called"}},
		{"our own extension", one("      - {stepId: a, operationId: list, x-understudy-lenent: true, x-other: 1}\n"), []string{
			":9: a step: there is no member x-understudy-lenent; did you mean x-understudy-lenient?",
		}},
		{"our own extension's value", one("      - {stepId: a, operationId: list, x-understudy-lenient: 1}\n"), []string{":9: a step: x-understudy-lenient is true or false"}},
		{"unknown references", one("      - {stepId: a, operationId: $sourceDescriptions.shp.list}\n      - {stepId: b, workflowId: by}\n      - {stepId: c, operationId: $shop.list}\n"), []string{
			":9: there is no source shp; did you mean shop?", ":10: the step b: there is no workflow by; did you mean buy?",
			":11: an operationId is the operation's name, or $sourceDescriptions.SOURCE.OPERATION; $shop.list is neither",
		}},
		{"an operationPath", one("      - {stepId: a, operationPath: '#/paths/~1a/get'}\n"), []string{
			":9: an operationPath is {$sourceDescriptions.SOURCE.url}#/paths/PATH/METHOD with each / of the path as ~1, not #/paths/~1a/get",
		}},
		{"parameters", one("      - stepId: a\n        operationId: list\n        parameters:\n          - {name: a, in: body, value: 1}\n          - {name: b, value: 1}\n          - {name: c, in: query}\n          - {name: d, in: query, value: 1}\n          - {name: d, in: query, value: 2}\n          - 3\n"), []string{
			`:12: the parameter a: in is path, query, header or cookie, not "body"; what stands in the body is the requestBody's payload`,
			":13: the parameter b: in is missing: path, query, header or cookie", ":14: the parameter c: value is missing",
			":16: the parameter d is there twice", ":17: a parameter: an object is due, and this is a number",
		}},
		{"references", one("      - stepId: a\n        operationId: list\n        parameters:\n          - {reference: $components.parameters.q}\n          - {reference: $components.inputs.q}\n") + "components:\n  parameters:\n    page: {name: p, in: query, value: 1}\n    'a b': {name: p, in: query, value: 1}\n", []string{
			":12: there is no component $components.parameters.q", ":13: a reference here is $components.parameters.NAME, not $components.inputs.q",
			`:17: components.parameters: the name "a b" has letters, digits, . - and _ alone`,
		}},
		{"a value for an action", one("      - stepId: a\n        operationId: list\n        onSuccess: [{reference: $components.successActions.stop, value: 1}]\n") + "components: {successActions: {stop: {name: stop, type: end}}}\n", []string{
			":11: a value can be given to parameters alone, and this refers to an action",
		}},
		{"a body", one("      - stepId: a\n        operationId: list\n        requestBody:\n          payload: {}\n          replacements:\n            - {target: name, value: 1}\n            - {target: //name, value: 1}\n            - {target: /a~b, value: 1}\n            - {value: 1}\n            - {target: /a}\n"), []string{
			`:14: a replacement: the target is a JSON pointer such as /user/name, not "name"`, ":15: a replacement: XPath is not supported; the target is a JSON pointer",
			`:16: a replacement: the target is a JSON pointer such as /user/name, not "/a~b"`, ":17: a replacement: target is missing", ":18: a replacement: value is missing",
		}},
		{"a body for a workflow", one("      - {stepId: a, workflowId: buy, requestBody: {payload: 1}}\n"), []string{":9: the step a calls a workflow, which takes parameters and no requestBody"}},
		{"criteria", one("      - stepId: a\n        operationId: list\n        successCriteria:\n          - {condition: '$.a', type: jsonpath, context: $response.body}\n          - {condition: //a, type: {type: xpath, version: xpath-30}, context: $response.body}\n          - {condition: a, type: regex}\n          - {condition: '(?=a)', type: regex, context: $url}\n          - {condition: a, type: glob, context: $url}\n          - {condition: $statusCode == 1, context: $url}\n          - {condition: $statusCode = 1}\n          - {type: simple}\n"), []string{
			":12: criteria of type jsonpath are not supported: engines disagree on what they mean; write a simple condition with JSON pointers, such as $response.body#/code == 0",
			":13: criteria of type xpath are not supported: engines disagree on what they mean; write a simple condition with JSON pointers, such as $response.body#/code == 0",
			":14: a criterion of type regex needs a context, such as $response.body#/id",
			":15: the pattern is none of RE2, which has neither lookaround nor back references: invalid or unsupported Perl syntax: `(?=`",
			`:16: a criterion: type is simple or regex, not "glob"`, ":17: a criterion with a context has a type; write type: regex, or a simple condition without context",
			":18: condition: = is no operator; equality is ==", ":19: a criterion: condition is missing",
		}},
		{"actions", one("      - stepId: a\n        operationId: list\n        onSuccess:\n          - {name: a, type: retry}\n          - {name: b, type: goto}\n          - {name: c, type: goto, stepId: bb, workflowId: buy}\n          - {name: d, type: end, stepId: a}\n          - {name: d, type: jump}\n        onFailure:\n          - {name: a, type: retry, retryAfter: -1, retryLimit: 1.5}\n          - {name: b, type: end, retryAfter: 1}\n          - {name: c, type: goto, workflowId: by}\n"), []string{
			":12: a success action: type is end or goto; retry is for failures", ":13: the action b: goto needs a stepId or a workflowId",
			":14: the action c: only one of stepId and workflowId", ":14: the action c: there is no step bb in the workflow buy",
			":15: the action d ends the workflow; stepId and workflowId belong to goto and retry",
			`:16: a success action: type is end or goto, not "jump"`, ":16: onSuccess: the action d is there twice",
			":18: the action a: retryAfter is a number of seconds, 0 or more and a day at most", ":18: the action a: retryLimit is a whole number, 0 or more",
			":19: the action b: retryAfter belongs to type retry", ":20: the action c: there is no workflow by; did you mean buy?",
		}},
		{"outputs", one("      - stepId: a\n        operationId: list\n        outputs: {'a b': $response.body, c: 1, d: response.body, e: $response.bdy}\n"), []string{
			`:11: outputs: the name "a b" has letters, digits, . - and _ alone`, ":11: outputs: c is a runtime expression such as $response.body#/id, and this is a number",
			":11: outputs: d: response.body is no runtime expression: it begins with none of $url, $method, $statusCode, $request, $response, $inputs, $outputs, $steps, $workflows, $sourceDescriptions, $components",
			":11: outputs: e: $response.bdy is no runtime expression: behind $response. one of header., query., path., body and body# is due",
		}},
		{"what expressions speak of", one("      - stepId: a\n        operationId: list\n        parameters:\n          - {name: p, in: query, value: $inputs.day}\n          - {name: q, in: query, value: '{$steps.b.outputs.x} and {$response.body#/a}'}\n          - {name: r, in: query, value: $steps.a.outputs.y}\n          - {name: s, in: query, value: $workflows.by.outputs.x}\n          - {name: u, in: query, value: $workflows.buy.outputs.x}\n          - {name: v, in: query, value: $input.x}\n          - {name: w, in: query, value: '{$inputs.x'}\n          - {name: x, in: query, value: $components.parameters.y}\n          - {name: y, in: query, value: $sourceDescriptions.shop.list}\n        outputs: {x: $response.body}\n    outputs: {z: $statusCode}\n"), []string{
			":12: $inputs.day: the workflow buy has no such input", ":13: $steps.b.outputs.x: there is no step b in the workflow buy",
			":13: $response.body#/a has no value before the step's call; take it from another step's outputs", ":14: $steps.a.outputs.y: the step a has no such output",
			":15: $workflows.by.outputs.x: there is no workflow by; did you mean buy?", ":16: $workflows.buy.outputs.x: the workflow buy has no such output",
			":17: $input.x is no runtime expression: it begins with none of", ":18: {$ begins a runtime expression, and } that ends it is missing",
			":19: there is no component $components.parameters.y", ":20: $sourceDescriptions.shop.list: a value is that of $sourceDescriptions.SOURCE.url alone",
			":22: $statusCode belongs to a step's call, and a workflow's outputs come from $steps, $inputs and $workflows",
		}},
		{"a call that a step has not", one("      - stepId: a\n        workflowId: buy\n        successCriteria: [{condition: $statusCode == 200}]\n"), []string{
			":11: $statusCode: the step a calls a workflow and has no call of its own; speak of $outputs.NAME",
		}},
		{"inputs that are no schema", head + "  - workflowId: buy\n    inputs: {type: objct}\n    steps:\n" + okStep, []string{":8: inputs: no JSON Schema: /type: value must be one of "}},
		{"inputs that are a text", head + "  - workflowId: buy\n    inputs: day\n    steps:\n" + okStep, []string{":8: inputs: a JSON Schema is due, and that is an object"}},
		{"inputs from elsewhere", head + "  - workflowId: buy\n    inputs: {$ref: 'https://a.test/x.json'}\n    steps:\n" + okStep, []string{":8: inputs: no JSON Schema: "}},
		{"a default that does not fit", head + "  - workflowId: buy\n    inputs: {properties: {n: {type: integer, default: x}}}\n    steps:\n" + okStep, []string{":8: inputs: the default of n does not fit its own schema"}},
		{"a control character", "arazzo: 1.0.1\n# a\x00b", []string{":2: not YAML: control characters are not allowed"}},
		{"a member beside a reference", one("      - stepId: a\n        operationId: list\n        parameters:\n          - {reference: $components.parameters.page, valeu: 1}\n") + "components: {parameters: {page: {name: p, in: query, value: 1}}}\n", []string{
			":12: a reference to a component: there is no member valeu; did you mean value?",
		}},
		{"a parameter of all steps without a place", head + "  - workflowId: buy\n    parameters: [{name: day, value: 1}]\n    steps:\n" + okStep + "      - {stepId: b, workflowId: buy}\n", []string{
			":8: the parameter day: in is missing: path, query, header or cookie, since the step a calls an operation",
		}},
		{"a parameter that the called workflow does not take", one("      - {stepId: a, workflowId: sell, parameters: [{name: dya, value: 1}]}\n") + "  - workflowId: sell\n    inputs: {properties: {day: {}}}\n    steps:\n" + okStep, []string{
			":9: the parameter dya: the workflow sell has no such input; did you mean day?",
		}},
		{"outputs where none are", one("      - stepId: a\n        operationId: list\n        parameters: [{name: p, in: query, value: $outputs.x}]\n        successCriteria: [{condition: $outputs.x == 1}]\n      - {stepId: b, workflowId: buy, onSuccess: [{name: stop, type: end, criteria: [{condition: $outputs.x == 1}]}]}\n    outputs: {x: $outputs.x}\n"), []string{
			":11: $outputs.x: $outputs are those of a workflow that the step calls, and the step a calls none; speak of $response or of $steps.STEP.outputs.NAME",
			":12: $outputs.x: $outputs are those of a workflow that the step calls, and the step a calls none; speak of $response or of $steps.STEP.outputs.NAME",
			":14: $outputs.x has no value here; speak of $steps.STEP.outputs.NAME",
		}},
		{"inputs among the components that nothing refers to", one(okStep) + "components: {inputs: {day: {type: 3}}}\n", []string{":10: inputs: no JSON Schema: "}},
	}
	for _, tt := range tests {
		_, err := Parse("s.yaml", []byte(tt.text))
		var wrong *InvalidError
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got := strings.Split(err.Error(), "\n")
		for i := range max(len(got), len(tt.want)) {
			switch {
			case i >= len(tt.want):
				t.Errorf("%s: also %s", tt.name, got[i])
			case i >= len(got):
				t.Errorf("%s: not told: %s", tt.name, tt.want[i])
			case !strings.HasPrefix(got[i], "s.yaml"+tt.want[i]):
				t.Errorf("%s:\n%s, want\ns.yaml%s", tt.name, got[i], tt.want[i])
			}
		}
	}
}

// TestDocument reads everything that a document can say.
func TestDocument(t *testing.T) {
	t.Parallel()
	text := head + `  - workflowId: buy
    summary: A summary
    description: More
    inputs: {$ref: '#/components/inputs/buyer'}
    dependsOn: [before]
    parameters:
      - reference: $components.parameters.page
      - {name: X-Trace, in: header, value: t-1}
    successActions: [{name: stop, type: end, criteria: [{condition: $statusCode == 204}]}]
    failureActions: [{reference: $components.failureActions.again}, {name: out, type: end}]
    steps:
      - stepId: first
        operationId: $sourceDescriptions.shop.list
        parameters:
          - {reference: $components.parameters.page, value: 7}
          - {name: x-trace, in: header, value: t-2}
        requestBody:
          contentType: application/json
          payload: {a: [1, '{$inputs.day}!', $inputs.day, null, true, 1.50]}
          replacements: [{target: /a/0, value: $inputs.day}]
        onFailure: [{name: out, type: goto, stepId: second}]
        outputs: {id: $response.body#/id}
      - stepId: second
        operationPath: '{$sourceDescriptions.shop.url}#/paths/~1a~1{id}/get'
        x-understudy-lenient: true
        successCriteria:
          - {context: $response.body#/id, condition: '^[a-z]+$', type: regex}
      - stepId: third
        workflowId: before
        parameters: [{name: n, value: 2}]
        outputs: {got: $outputs.x}
    outputs: {id: $steps.first.outputs.id, x: $steps.third.outputs.x}
  - workflowId: before
    inputs: {type: object, properties: {n: {type: integer}}}
    steps: [{stepId: a, operationId: list, outputs: {x: $response.body}}]
    outputs: {x: $steps.a.outputs.x}
components:
  inputs:
    buyer: {type: object, properties: {day: {type: string, default: today}}}
  parameters:
    page: {name: page, in: query, value: 1}
  failureActions:
    again: {name: again, type: retry, retryAfter: 1.5, retryLimit: 3, stepId: second}
`
	for _, form := range []string{text, strings.ReplaceAll(text, "\n", "\r\n")} {
		d, err := Parse("s.yaml", []byte(form))
		if err != nil {
			t.Fatal(err)
		}
		w, _ := d.Workflow("buy")
		first, second, third := w.Steps[0], w.Steps[1], w.Steps[2]
		var actions []string
		for _, a := range first.OnFailure {
			actions = append(actions, fmt.Sprint(a.Name, a.Type, a.Step, a.RetryAfter, a.RetryLimit))
		}
		for _, p := range first.Parameters {
			v, _ := p.Value.Constant()
			actions = append(actions, fmt.Sprint(p.In, p.Name, v, p.At.Line))
		}
		want := "outgotosecond0s 1 againretrysecond1.5s 3 querypage721 headerx-tracet-222"
		if got := strings.Join(actions, " "); got != want {
			t.Errorf("the first step has\n%s, want\n%s", got, want)
		}
		got := fmt.Sprintln(d.Title, w.Summary, w.DependsOn, w.Inputs.Names, first.Operation.Source, first.Operation.ID, second.Operation.Path, second.Operation.Method,
			second.Lenient, second.Criteria[0], third.Workflow, len(third.OnSuccess), w.Steps[1].At, len(third.Parameters))
		if want := "Shop A summary [before] [day] shop list /a/{id} GET true $response.body#/id matches ^[a-z]+$ before 1 s.yaml:29 3\n"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		v, err := first.Body.Payload.Evaluate(&Scope{Inputs: map[string]any{"day": "Monday"}})
		if err != nil {
			t.Fatal(err)
		}
		if v, err = Replace(v, first.Body.Replacements[0].Target, "x"); err != nil || Text(v) != `{"a":["x","Monday!","Monday",null,true,1.50]}` {
			t.Errorf("%s %v", Text(v), err)
		}
		if first.OnFailure[1].RetryAfter != 1500*time.Millisecond {
			t.Error(first.OnFailure[1].RetryAfter)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	text := "{\n\t\"arazzo\": \"1.0.1\",\n\t\"info\": {\"title\": \"\\ud83d\\ude00\", \"version\": \"1\"},\n\t\"sourceDescriptions\": [{\"name\": \"a\", \"url\": \"b\"}],\n\t\"workflows\": [{\"workflowId\": \"w\",\n\t\t\"steps\": [{\"stepId\": \"s\",\n\t\t\t\"operationId\": \"o\", \"onFailure\": 1}]}]}"
	_, err := Parse("s.json", []byte(text))
	if want := "s.json:7: onFailure: a list is due, and this is a number"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	d, err := Parse("s.json", []byte(strings.Replace(text, `, "onFailure": 1`, "", 1)))
	if err != nil || d.Title != "😀" {
		t.Errorf("%v %v", d, err)
	}
	for name, text := range map[string]string{
		"something behind": text + "\n{}", "a name twice": `{"arazzo": "1", "arazzo": "2"}`, "no end": `{"arazzo": [`,
	} {
		if _, err := Parse("s.json", []byte(text)); err == nil || !strings.Contains(err.Error(), "not JSON") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBounds: nothing that is small on disk becomes large in memory.
func TestBounds(t *testing.T) {
	t.Parallel()
	bomb := "x-a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
	for c := 'b'; c <= 'h'; c++ {
		bomb += fmt.Sprintf("x-%c: &%c [*%c, *%[3]c, *%[3]c, *%[3]c, *%[3]c, *%[3]c, *%[3]c, *%[3]c]\n", c, c, c-1)
	}
	for name, text := range map[string]string{
		"written out":  bomb,
		"levels deep":  "arazzo: " + strings.Repeat("[", 200) + strings.Repeat("]", 200),
		" levels deep": `{"arazzo": ` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}",
	} {
		if _, err := Parse("s.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	file := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(file, []byte(one(okStep)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(file, ReadConfig{}); err != nil {
		t.Error(err)
	}
	if _, err := ReadFile(file, ReadConfig{MaxBytes: 10}); err == nil || err.Error() != file+": this is more than the 10 bytes that a story may have" {
		t.Error(err)
	}
	if _, err := ReadFile(file+"x", ReadConfig{}); err == nil || err.Error() != file+"x: there is no such file" {
		t.Error(err)
	}
	if _, err := ReadFile(filepath.Dir(file), ReadConfig{}); err == nil || !strings.Contains(err.Error(), "this is a folder") {
		t.Error(err)
	}
}

func TestInputs(t *testing.T) {
	t.Parallel()
	d, err := Parse("s.yaml", []byte(head+`  - workflowId: buy
    inputs:
      type: object
      additionalProperties: false
      required: [day, n]
      properties:
        day: {type: string}
        n: {type: integer, minimum: 1}
        on: {type: boolean, default: false}
        list: {type: array}
        any: {}
    steps: [{stepId: a, operationId: list}]
`))
	if err != nil {
		t.Fatal(err)
	}
	w := d.Workflows[0]
	for _, tt := range []struct{ name, text, want string }{
		{"day", "3", `"3"`}, {"n", "3", "3"}, {"n", "x", "the input n takes integer; write it as JSON"}, {"on", "true", "true"},
		{"list", "[1,2]", "[1,2]"}, {"list", "[1] 2", "the input list takes array; write it as JSON"}, {"any", "3", `"3"`}, {"other", "3", `"3"`},
	} {
		v, err := w.Inputs.Typed(tt.name, tt.text)
		got := fmt.Sprint(err)
		if err == nil {
			if got = Text(v); fmt.Sprintf("%T", v) == "string" {
				got = `"` + got + `"`
			}
		}
		if got != tt.want {
			t.Errorf("%s=%s is %s, want %s", tt.name, tt.text, got, tt.want)
		}
	}
	three, _ := w.Inputs.Typed("n", "3")
	for _, tt := range []struct {
		given map[string]any
		want  string
	}{
		{nil, "the inputs of buy: it needs day, n"},
		{map[string]any{"day": "x", "n": three}, `{"day":"x","n":3,"on":false}`},
		{map[string]any{"day": three, "n": "x", "other": true}, "the inputs of buy: "},
		{map[string]any{"day": "secret-day", "n": three, "on": "yes"}, "the inputs of buy: on is to be boolean"},
		{map[string]any{"day": "x", "n": three, "other": true}, "the inputs of buy: there is no input other"},
	} {
		v, err := w.Complete(tt.given)
		got := fmt.Sprint(err)
		if err == nil {
			got = Text(v)
		}
		if !strings.HasPrefix(got, tt.want) || strings.Contains(got, "secret") {
			t.Errorf("%v gives %s, want %s", tt.given, got, tt.want)
		}
	}
}
