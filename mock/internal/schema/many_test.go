package schema

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"understudy/specs"
)

// many is a contract of n operations, each with two schemas of its own; all of them lead to one another, ring by ring.
func many(tb testing.TB, n, ring int) *specs.Contract {
	tb.Helper()
	var b strings.Builder
	b.WriteString("openapi: 3.1.0\ninfo: {title: Many, version: \"1\"}\npaths:\n")
	for i := range n {
		fmt.Fprintf(&b, `  /things%[1]d/{id}:
    post:
      operationId: op%[1]d
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer, format: int64}}
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100, default: 20}}
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing%[1]d'}}}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Thing%[1]d'}}}}}
        default: {description: no, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}
`, i)
	}
	b.WriteString("components:\n  schemas:\n    Problem: {type: object, required: [code], properties: {code: {type: integer}, message: {type: string}}}\n")
	for i := range n {
		fmt.Fprintf(&b, `    Thing%[1]d:
      type: object
      required: [id, name]
      properties:
        id: {type: integer, format: int64, readOnly: true}
        name: {type: string, minLength: 1, maxLength: 80}
        kind: {type: string, enum: [a, b, c]}
        amount: {type: number, minimum: 0}
        created: {type: string, format: date-time}
        tags: {type: array, items: {type: string}}
        owner: {$ref: '#/components/schemas/Owner%[1]d'}
        next: {$ref: '#/components/schemas/Thing%[2]d'}
    Owner%[1]d:
      allOf:
        - {type: object, properties: {email: {type: string, format: email}}}
        - {type: object, properties: {phone: {type: string, pattern: '^[0-9]{11}$'}}}
`, i, i/ring*ring+(i+1)%ring)
	}
	c, err := specs.Parse("many", "many.yaml", []byte(b.String()))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// compileAll compiles every schema of every operation.
func compileAll(tb testing.TB, c *specs.Contract) []*Schema {
	tb.Helper()
	set := NewSet(c)
	var all []*Schema
	compile := func(pointer string, v View) {
		s, err := set.CompileView(pointer, v)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, s)
	}
	for _, op := range c.Operations {
		for _, p := range op.Parameters {
			compile(p.Schema, Any)
		}
		for _, m := range op.Body.Content {
			compile(m.Schema, Request)
		}
		for _, r := range op.Responses {
			for _, m := range r.Content {
				compile(m.Schema, Response)
			}
		}
	}
	return all
}

// TestCompilationIsLinear: however the schemas hang together, compiling costs what they are many. The library on its own
// takes a time that grows with the square of what hangs together.
func TestCompilationIsLinear(t *testing.T) {
	const n = 120
	took := func(c *specs.Contract) time.Duration {
		best := time.Hour
		for range 3 {
			start := time.Now()
			for _, s := range compileAll(t, c) {
				library(t, s)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	apart, together := took(many(t, n, 1)), took(many(t, n, n))
	if together > 4*apart+100*time.Millisecond {
		t.Errorf("%d schemas that hang together take %s, those that do not %s", n, together, apart)
	}
}

func BenchmarkCompile(b *testing.B) {
	c := many(b, 1000, 10)
	for b.Loop() {
		compileAll(b, c)
	}
}
