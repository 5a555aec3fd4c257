package generate_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
)

// TestSchemasThatMultiply asks for values of schemas that are strange by number: each takes a moment, and took minutes or
// forever when every combination was looked at.
func TestSchemasThatMultiply(t *testing.T) {
	t.Parallel()
	many := func(n int, one func(i int) string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = one(i)
		}
		return strings.Join(list, ",")
	}
	branches := func(group int) string {
		return `{"oneOf":[` + many(6, func(i int) string {
			return fmt.Sprintf(`{"type":"object","required":["p%d"],"properties":{"p%d":{"const":%d}}}`, group, group, i)
		}) + `]}`
	}
	for name, tt := range map[string]struct {
		root string
		ok   bool
	}{
		"twenty groups":            {`{"type":"object","allOf":[` + many(20, branches) + `]}`, true},
		"twenty, two that exclude": {`{"type":"object","allOf":[` + many(20, branches) + `,{"oneOf":[{"required":["z"]}]},{"properties":{"z":false}}]}`, false},
		"hundreds of branches": {`{"oneOf":[` + many(300, func(i int) string {
			return fmt.Sprintf(`{"type":"object","required":["k"],"properties":{"k":{"const":"b%d"}}}`, i)
		}) + `]}`, true},
		"thousands of members": {`{"type":"object","properties":{` + many(1_500, func(i int) string {
			return fmt.Sprintf(`"m%d":{"type":"string"}`, i)
		}) + `}}`, true},
		"a large enum": {`{"type":"string","enum":[` + many(50_000, func(i int) string { return fmt.Sprintf(`"v%d"`, i) }) + `]}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := contract(t, `{"Root":`+tt.root+`}`)
			g := generate.New(c, schema.NewSet(c))
			start := time.Now()
			_, err := g.Value(root, fake.New(1), generate.Options{})
			cases := g.Cases(root, fake.New(1), generate.Options{})
			if (err == nil) != tt.ok || (len(cases) > 0) != tt.ok {
				t.Errorf("%d cases, %v", len(cases), err)
			}
			if took := time.Since(start); took > 60*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestManySchemasAtOnce: goroutines that ask for different schemas of one contract do not get in each other's way.
func TestManySchemasAtOnce(t *testing.T) {
	t.Parallel()
	const n = 60
	var schemas []string
	for i := range n {
		schemas = append(schemas, fmt.Sprintf(`"S%d":{"type":["object","array"],"required":["next"],"properties":{"next":{"$ref":"#/components/schemas/S%d"},"n":{"type":"integer"}}}`, i, i+1))
	}
	c := contract(t, `{`+strings.Join(schemas, ",")+fmt.Sprintf(`,"S%d":{"type":"string"}}`, n))
	g := generate.New(c, schema.NewSet(c))
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range n {
				pointer := fmt.Sprintf("/components/schemas/S%d", (i*7+worker*11)%n)
				if _, err := g.Value(pointer, fake.New(1), generate.Options{}); err != nil {
					t.Errorf("%s: %v", pointer, err)
				}
			}
		})
	}
	wait.Wait()
}
