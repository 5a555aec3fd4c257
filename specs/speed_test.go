package specs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"understudy/specs"
)

// manyOperations is a document of OpenAPI 3.0 with n operations whose schemas lead from one to the next.
func manyOperations(n int) string {
	var b strings.Builder
	b.WriteString("openapi: 3.0.3\ninfo: {title: many, version: \"1\"}\npaths:\n")
	operation := func(method, id string, thing int) {
		fmt.Fprintf(&b, "    %s:\n      operationId: %s\n      summary: does something with a thing\n      parameters:\n        - name: size\n          in: query\n          schema:\n            type: integer\n            minimum: 1\n", method, id)
		if method != "get" {
			fmt.Fprintf(&b, "      requestBody:\n        content:\n          application/json:\n            schema:\n              $ref: '#/components/schemas/Thing%d'\n", thing)
		}
		fmt.Fprintf(&b, "      responses:\n        \"200\":\n          description: fine\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Thing%d'\n", thing)
		b.WriteString("        4XX:\n          description: not so\n          content:\n            application/json:\n              schema:\n                type: object\n                properties:\n                  code:\n                    type: integer\n                  message:\n                    type: string\n")
	}
	for i := range n / 4 {
		fmt.Fprintf(&b, "  /things%d:\n", i)
		operation("get", fmt.Sprintf("list%d", i), i)
		operation("post", fmt.Sprintf("create%d", i), i)
		fmt.Fprintf(&b, "  /things%d/{id}:\n    parameters:\n      - name: id\n        in: path\n        required: true\n        schema:\n          type: string\n", i)
		operation("get", fmt.Sprintf("read%d", i), i)
		operation("put", fmt.Sprintf("replace%d", i), i)
	}
	b.WriteString("components:\n  schemas:\n")
	for i := range n / 4 {
		fmt.Fprintf(&b, "    Thing%d:\n      type: object\n      required: [field0, field1]\n      properties:\n", i)
		for j := range 10 {
			fmt.Fprintf(&b, "        field%d:\n          type: string\n          maxLength: 40\n          nullable: true\n          description: the field number %d of a thing\n", j, j)
		}
		fmt.Fprintf(&b, "        next:\n          $ref: '#/components/schemas/Thing%d'\n", (i+1)%(n/4))
	}
	return b.String()
}

// TestReadGrowsWithTheDocument holds reading to time and memory that grow with the document, not with its square: four
// times the operations take four times as much, and time has room for a busy machine.
func TestReadGrowsWithTheDocument(t *testing.T) {
	dir := t.TempDir()
	measure := func(n int) (time.Duration, uint64) {
		file := filepath.Join(dir, "many.yaml")
		text := manyOperations(n)
		if n == 1000 && (len(text) < 1_000_000 || len(text) > 1_500_000) {
			t.Fatalf("the document has %d bytes", len(text))
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		best, least := time.Hour, ^uint64(0)
		for range 3 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			c, err := specs.Read("many", file, specs.ReadConfig{})
			if err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
			runtime.ReadMemStats(&after)
			least = min(least, after.Mallocs-before.Mallocs)
			if len(c.Operations) != n || len(c.Notes) != 0 {
				t.Fatalf("%d operations, notes %v", len(c.Operations), c.Notes)
			}
		}
		return best, least
	}
	few, fewAllocs := measure(248)
	many, manyAllocs := measure(1000)
	t.Logf("248 operations: %v, %d allocations; 1000: %v, %d", few, fewAllocs, many, manyAllocs)
	if many > 10*few && many > time.Second {
		t.Errorf("1000 operations take %v, 248 take %v", many, few)
	}
	if manyAllocs > 5*fewAllocs {
		t.Errorf("1000 operations take %d allocations, 248 take %d", manyAllocs, fewAllocs)
	}
}

func BenchmarkRead(b *testing.B) {
	file := filepath.Join(b.TempDir(), "many.yaml")
	text := manyOperations(1000)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := specs.Read("many", file, specs.ReadConfig{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParse reads a contract of this module as it is read at the start of a program.
func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("zheliban/openapi.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := specs.Parse("zheliban", "zheliban/openapi.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}
