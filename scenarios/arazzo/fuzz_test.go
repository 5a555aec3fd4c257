package arazzo

import (
	"errors"
	"testing"
)

// FuzzDocument: whatever stands in a file, it is read or told what is wrong with it, with the file's name.
func FuzzDocument(f *testing.F) {
	for _, text := range []string{
		one(okStep), head, "a: &a [*a]", "{\"arazzo\": \"1.0.1\"}", one("      - {stepId: a, operationId: list, parameters: [{name: a, in: query, value: '{$inputs.x}'}]}\n"),
		one("      - stepId: a\n        operationId: list\n        successCriteria: [{condition: $response.body#/a[0].b == 'x''y' && !($statusCode < 3)}]\n"),
		head + "  - workflowId: buy\n    inputs: {$ref: '#/components/inputs/a'}\n    steps:\n" + okStep + "components: {inputs: {a: {$ref: '#/components/inputs/a'}}}\n",
		head + "  - {workflowId: a, dependsOn: [a], steps: [{stepId: a, workflowId: a, onFailure: [{name: r, type: retry, stepId: a, retryAfter: 1e9}]}]}\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse("f.yaml", data)
		if err != nil {
			var wrong *InvalidError
			if !errors.As(err, &wrong) || len(wrong.Problems) == 0 || wrong.Problems[0].At.File != "f.yaml" {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		s := scope(t)
		s.Document = d
		for _, w := range d.Workflows {
			_, _ = w.Complete(nil)
			for _, step := range w.Steps {
				for _, p := range step.Parameters {
					_, _ = p.Value.Evaluate(s)
				}
				for _, c := range step.Criteria {
					c.Judge(s)
				}
			}
		}
	})
}

// FuzzExpression: an expression that is read can be evaluated, and stands for the same when its text is read again.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{"$url", "$response.body#/a~1b/0", "$inputs.a.b", "$steps.one.outputs.all#/list/1", "{$inputs.day} x {$statusCode}", "$components.parameters.page", "$request.header.a"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := scope(t)
		if v, err := parseText(text); err == nil {
			_, _ = v.Evaluate(s)
		}
		e, err := ParseExpression(text)
		if err != nil {
			return
		}
		again, err := ParseExpression(e.Text)
		if err != nil {
			t.Fatal(err)
		}
		v, ok := s.Resolve(e)
		if w, there := s.Resolve(again); ok != there || Text(v) != Text(w) {
			t.Fatalf("%s stands for %v and %v", text, v, w)
		}
	})
}

// FuzzCondition: a condition that is read has a truth value, and its negation the other one.
func FuzzCondition(f *testing.F) {
	for _, text := range []string{
		"$statusCode == 200", "!($a == 'it''s') || true", "$response.body#/list[0].id != null", "((1 < 2))", "{$statusCode} >= 1e3", "$inputs.o == $response.body && false", "'a' < 'b'",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCondition(text)
		if err != nil {
			return
		}
		s := scope(t)
		got := (&Criterion{simple: c}).Judge(s)
		other := (&Criterion{simple: &condition{op: "!", left: c}}).Judge(s)
		if got.Why == "" && other.Why == "" && got.Holds == other.Holds {
			t.Fatalf("%s and its negation are both %t", text, got.Holds)
		}
	})
}
