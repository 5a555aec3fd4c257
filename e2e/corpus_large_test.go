package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/specs"
)

// largest is how many operations the largest contract of the corpus has.
const largest = 1000

// writeLarge writes a contract with n operations, five to a path and each with schemas of its own, and returns its file.
func writeLarge(tb testing.TB, n int) string {
	tb.Helper()
	var paths, schemas strings.Builder
	// What people write between the lines is most of a large contract.
	prose := strings.Repeat("Whoever calls this has to know what a thing is, as it is told above, and who may see it. ", 8)
	for i := range n / 5 {
		fmt.Fprintf(&paths, `  /group%[2]d/things%[1]d:
    get:
      operationId: list%[1]d
      description: %[3]s
      summary: Lists the things of sort %[1]d.
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
        - {name: state, in: query, schema: {type: array, items: {$ref: "#/components/schemas/State%[1]d"}}}
      responses:
        "200": {description: All., content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Thing%[1]d"}}}}}
        default: {$ref: "#/components/responses/Problem"}
    post:
      operationId: add%[1]d
      description: %[3]s
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Thing%[1]d"}}}}
      responses:
        "201": {description: Added., content: {application/json: {schema: {$ref: "#/components/schemas/Thing%[1]d"}}}}
        default: {$ref: "#/components/responses/Problem"}
  /group%[2]d/things%[1]d/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, format: int64, minimum: 1}}]
    get:
      operationId: show%[1]d
      description: %[3]s
      responses:
        "200": {description: One., content: {application/json: {schema: {$ref: "#/components/schemas/Thing%[1]d"}}}}
        default: {$ref: "#/components/responses/Problem"}
    put:
      operationId: change%[1]d
      description: %[3]s
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Thing%[1]d"}}}}
      responses:
        "200": {description: One., content: {application/json: {schema: {$ref: "#/components/schemas/Thing%[1]d"}}}}
        default: {$ref: "#/components/responses/Problem"}
    delete:
      operationId: drop%[1]d
      description: %[3]s
      responses:
        "204": {description: Gone.}
        default: {$ref: "#/components/responses/Problem"}
`, i, i%20, prose)
		fmt.Fprintf(&schemas, `    State%[1]d: {type: string, enum: [new, used, broken, sold%[1]d]}
    Part%[1]d:
      type: object
      required: [sku, amount]
      properties:
        sku: {type: string, pattern: "^[A-Z]{3}-[0-9]{4}$", description: How the shop calls it; unique among the parts of sort %[1]d.}
        amount: {type: integer, format: int32, minimum: 0, maximum: 10000, description: How many there are in stock at the moment.}
        price: {type: number, minimum: 0, multipleOf: 0.01, description: "In euro, with value added tax."}
        maker: {type: string, maxLength: 80, description: Who makes it. It is empty where nobody knows.}
    Thing%[1]d:
      description: A thing of sort %[1]d. Things of different sorts have nothing to do with each other, as it is in a large contract, whatever their members are called.
      allOf:
        - $ref: "#/components/schemas/Base"
        - type: object
          required: [name, state]
          properties:
            name: {type: string, minLength: 1, maxLength: 60, description: What people call it.}
            state: {$ref: "#/components/schemas/State%[1]d"}
            made: {type: string, format: date-time, description: When it was made.}
            owner: {type: string, format: email, nullable: true, description: Whose it is.}
            tags: {type: array, maxItems: 10, uniqueItems: true, items: {type: string, minLength: 1, maxLength: 20}}
            parts: {type: array, maxItems: 50, items: {$ref: "#/components/schemas/Part%[1]d"}}
            size: {type: object, properties: {width: {type: number, minimum: 0}, height: {type: number, minimum: 0}, depth: {type: number, minimum: 0}}}
            notes%[1]d: {type: object, additionalProperties: {type: string}, description: Whatever else there is to say about a thing of sort %[1]d, by subject.}
`, i)
	}
	text := "openapi: 3.0.3\ninfo: {title: Large, version: \"1\"}\npaths:\n" + paths.String() + `components:
  responses:
    Problem: {description: It failed., content: {application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}}}
  schemas:
    Base: {type: object, required: [id], properties: {id: {type: integer, format: int64, minimum: 1, readOnly: true}}}
    Problem: {type: object, properties: {title: {type: string}, status: {type: integer}}}
` + schemas.String()
	file := filepath.Join(tb.TempDir(), "large.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

// begin reads a contract, makes a server of it and answers a first call: what whoever starts it waits for.
func begin(tb testing.TB, file string) *mock.Server {
	tb.Helper()
	c, err := specs.Read("large", file, specs.ReadConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1})
	if err != nil {
		tb.Fatal(err)
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/group1/things1/7", nil))
	if w.Code != http.StatusOK {
		tb.Fatalf("the first call is answered with %d: %s", w.Code, w.Body)
	}
	return server
}

func TestLargeContractStartsSoon(t *testing.T) {
	if underRace || testing.Short() {
		t.Skip("what is measured is the product, not the race detector")
	}
	file := writeLarge(t, largest)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if size := info.Size(); size < 1_200_000 || size > 1_500_000 {
		t.Errorf("the contract has %d bytes; it should have nearly 1.5 million", size)
	}
	var took []time.Duration
	for range 5 {
		before := time.Now()
		begin(t, file)
		took = append(took, time.Since(before))
		runtime.GC()
	}
	slices.Sort(took)
	t.Logf("%d operations in %d bytes start in %v", largest, info.Size(), took)
	if took[2] > 2*time.Second {
		t.Errorf("the median of five starts is %v, more than two seconds", took[2])
	}
}

// Every operation of the large contract answers, and by the second validator what it should.
func TestLargeContractIsTrue(t *testing.T) {
	t.Parallel()
	const some = 100
	r := newRoad(t, corpusFile{file: writeLarge(t, some)}, 1)
	if len(r.operations) != some {
		t.Fatalf("there are %d operations", len(r.operations))
	}
	for _, op := range r.operations {
		r.drive(t, op)
	}
	if r.judged < 2*some {
		t.Errorf("%d answers were judged", r.judged)
	}
}

// What a call costs must not depend on how many operations there are.
func TestCallsDoNotGrowWithTheContract(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates as well")
	}
	few, many := begin(t, writeLarge(t, 10)), begin(t, writeLarge(t, largest))
	calls := []struct {
		method, path, body string
		status             int
	}{
		{http.MethodGet, "/group1/things1/7", "", http.StatusOK},
		{http.MethodGet, "/group0/things0?limit=3&state=new", "", http.StatusOK},
		{http.MethodPost, "/group0/things0", `{"name": "a", "state": "new"}`, http.StatusCreated},
		{http.MethodDelete, "/group1/things1/7", "", http.StatusNoContent},
		{http.MethodGet, "/group1/things1/none", "", 0},
		{http.MethodPatch, "/group1/things1/7", "", 0},
	}
	for _, c := range calls {
		cost := func(server *mock.Server) (allocations, bytes float64) {
			call := func() {
				w := httptest.NewRecorder()
				r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
				if c.body != "" {
					r.Header.Set("Content-Type", "application/json")
				}
				server.ServeHTTP(w, r)
				if c.status != 0 && w.Code != c.status || w.Code >= 500 {
					t.Fatalf("%s %s: %d %s", c.method, c.path, w.Code, w.Body)
				}
			}
			const runs = 200
			for range 20 {
				call() // the first ones compile
			}
			allocations = testing.AllocsPerRun(runs, call)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range runs {
				call()
			}
			runtime.ReadMemStats(&after)
			return allocations, float64(after.TotalAlloc-before.TotalAlloc) / runs
		}
		fewAllocations, fewBytes := cost(few)
		manyAllocations, manyBytes := cost(many)
		t.Logf("%s %s: %v allocations of %.0f bytes with 10 operations, %v of %.0f with %d", c.method, c.path, fewAllocations, fewBytes, manyAllocations, manyBytes, largest)
		if manyAllocations > fewAllocations*1.05+5 || manyBytes > fewBytes*1.1+1024 {
			t.Errorf("%s %s costs %v allocations of %.0f bytes with %d operations, and %v of %.0f with 10", c.method, c.path, manyAllocations, manyBytes, largest, fewAllocations, fewBytes)
		}
	}
}

// BenchmarkStart measures from the file to the first answer.
func BenchmarkStart(b *testing.B) {
	for _, n := range []int{10, 100, largest} {
		b.Run(fmt.Sprintf("%d operations", n), func(b *testing.B) {
			file := writeLarge(b, n)
			b.ReportAllocs()
			for b.Loop() {
				begin(b, file)
			}
		})
	}
}
