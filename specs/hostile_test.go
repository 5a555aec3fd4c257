package specs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestSizesThatMultiply reads documents that are strange by number. Four times the number takes about four times as long; it
// took sixteen times as long when something was looked for from the start for each of many.
func TestSizesThatMultiply(t *testing.T) {
	const compact = `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"d"}}}}}`
	many := func(n int, one func(i int) string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = one(i)
		}
		return strings.Join(list, ",")
	}
	operations := func(n int, id string) string {
		return `"paths":{` + many(n, func(i int) string {
			return fmt.Sprintf(`"/a%d":{"get":{%s"responses":{"200":{"description":"d"}}}}`, i, id)
		}) + `}`
	}
	for _, tt := range []struct {
		name string
		n    int
		text func(n int) string
	}{
		{"one line", 100_000, func(n int) string { return compact + `,"x-a":[` + strings.Repeat("[],", n) + `[]]}` }},
		{"a chain of references", 2_000, func(n int) string {
			return compact + `,"components":{"schemas":{` + many(n, func(i int) string {
				return fmt.Sprintf(`"s%d":{"$ref":"#/components/schemas/s%d"}`, i, i+1)
			}) + fmt.Sprintf(`,"s%d":{"type":"string"}}}}`, n)
		}},
		{"one operationId", 2_000, func(n int) string {
			return `{"openapi":"3.1.0","info":{"title":"t","version":"1"},` + operations(n, `"operationId":"same",`) + `}`
		}},
		{"servers of every operation", 2_000, func(n int) string {
			return `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"servers":[` + many(n, func(i int) string {
				return fmt.Sprintf(`{"url":"/base%d"}`, i)
			}) + `],` + operations(n/2, "") + `}`
		}},
		{"merge keys", 20_000, func(n int) string {
			return "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: d}}}}}\nx-a:\n" + strings.Repeat("  <<: {}\n", n)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			measure := func(n int) time.Duration {
				best := time.Hour
				file := map[string]string{"a.yaml": tt.text(n)}
				for range 3 {
					start := time.Now()
					mustRead(t, file)
					best = min(best, time.Since(start))
				}
				return best
			}
			one, four := measure(tt.n), measure(4*tt.n)
			if four > 10*one {
				t.Errorf("%d take %v, four times as many %v", tt.n, one, four)
			}
		})
	}
}

// TestLongNamesInEachOther: the places of a document are remembered by all names that lead there; those are bounded.
func TestLongNamesInEachOther(t *testing.T) {
	t.Parallel()
	text := `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"x-a":` + strings.Repeat(`{"`+strings.Repeat("n", 30_000)+`":`, 300) + "1" + strings.Repeat("}", 301)
	if _, _, err := read(t, map[string]string{"a.yaml": text}); err == nil || !strings.Contains(err.Error(), "a.yaml:") || !strings.Contains(err.Error(), "too long up to here") {
		t.Errorf("got %v", err)
	}
}

// TestBroughtInOrder: what two parts of components bring from other files under one name gets the same names each time.
func TestBroughtInOrder(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"a.yaml": `openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /a: {get: {responses: {"200": {$ref: "#/components/responses/R"}}}}
components:
  responses: {R: {$ref: "b.yaml#/R"}}
  schemas: {S: {$ref: "c.yaml#/S"}}
`,
		"b.yaml": "R:\n  description: d\n  content: {application/json: {schema: {$ref: '#/Item'}}}\nItem: {type: string}\n",
		"c.yaml": "S:\n  type: array\n  items: {$ref: '#/Item'}\nItem: {type: integer}\n",
	}
	first := ""
	for range 20 {
		c, _, err := read(t, files)
		if err != nil {
			t.Fatal(err)
		}
		item, _ := c.Value("/components/schemas/Item/type")
		got := fmt.Sprint(c.Names("/components/schemas"), item)
		if first == "" {
			first = got
		}
		if got != first {
			t.Fatalf("components are %s, and were %s", got, first)
		}
	}
}
