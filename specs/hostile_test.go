package specs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestSizesThatMultiply reads documents that are strange by number: each takes a moment, and took a minute when something
// was looked for from the start for each of many.
func TestSizesThatMultiply(t *testing.T) {
	t.Parallel()
	const small = `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"d"}}}}}`
	many := func(n int, one func(i int) string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = one(i)
		}
		return strings.Join(list, ",")
	}
	for name, file := range map[string]struct{ text, wrong string }{
		"one line": {small + `,"x-a":[` + strings.Repeat("[],", 1_000_000) + `[]]}`, ""},
		"a chain of references": {small + `,"components":{"schemas":{` + many(20_000, func(i int) string {
			return fmt.Sprintf(`"s%d":{"$ref":"#/components/schemas/s%d"}`, i, i+1)
		}) + `,"s20000":{"type":"string"}}}}`, ""},
		"one operationId": {`{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{` + many(20_000, func(i int) string {
			return fmt.Sprintf(`"/a%d":{"get":{"operationId":"same","responses":{"200":{"description":"d"}}}}`, i)
		}) + `}}`, ""},
		"servers of every operation": {`{"openapi":"3.1.0","info":{"title":"t","version":"1"},"servers":[` + many(20_000, func(i int) string {
			return fmt.Sprintf(`{"url":"/base%d"}`, i)
		}) + `],"paths":{` + many(3_000, func(i int) string {
			return fmt.Sprintf(`"/a%d":{"get":{"responses":{"200":{"description":"d"}}}}`, i)
		}) + `}}`, ""},
		"merge keys":               {"openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: d}}}}}\nx-a:\n" + strings.Repeat("  <<: {}\n", 250_000), ""},
		"long names in each other": {small + `,"x-a":` + strings.Repeat(`{"`+strings.Repeat("n", 30_000)+`":`, 480) + "1" + strings.Repeat("}", 480) + "}", "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, _, err := read(t, map[string]string{"a.yaml": file.text})
			if took := time.Since(start); took > 60*time.Second {
				t.Errorf("it took %v", took)
			}
			if (err != nil) != (file.wrong != "") || err != nil && !strings.Contains(err.Error(), file.wrong) {
				t.Errorf("got %v, want %q", err, file.wrong)
			}
		})
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
