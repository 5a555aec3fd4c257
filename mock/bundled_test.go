package mock

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"understudy/specs"
)

// TestBundledCompiles compiles what a start leaves to first calls: every operation of every contract of this module. A reading
// is compiled whole when it is chosen; each is chosen here.
func TestBundledCompiles(t *testing.T) {
	t.Parallel()
	contracts, err := specs.LoadAll()
	if err != nil || len(contracts) == 0 {
		t.Fatalf("%d contracts, %v", len(contracts), err)
	}
	for _, c := range contracts {
		t.Run(c.Vendor, func(t *testing.T) {
			t.Parallel()
			if !proven(c) {
				t.Fatal("the contract as it came is not taken for that")
			}
			all, err := compilationOf(c)
			if err != nil || len(all.operations) == 0 {
				t.Fatalf("%d operations, %v", len(all.operations), err)
			}
			for _, op := range all.operations {
				if err := op.ready(); err != nil {
					t.Errorf("%s: %v", op.ID, err)
				}
			}
			for _, u := range c.Unclear {
				for _, r := range u.Readings {
					variant, err := c.With(map[string]string{u.ID: r.Name})
					if err == nil {
						_, err = compilationOf(variant)
					}
					if err != nil {
						t.Errorf("%s=%s: %v", u.ID, r.Name, err)
					} else if variant != c && proven(variant) {
						t.Errorf("%s=%s is taken for the contract as it came", u.ID, r.Name)
					}
				}
			}
		})
	}
}

// TestCorrectedIsNotProven: a correction of the user's own is compiled at once, and what is wrong with it ends the start.
func TestCorrectedIsNotProven(t *testing.T) {
	t.Parallel()
	c, err := specs.Load("weixiao")
	if err != nil {
		t.Fatal(err)
	}
	corrected, err := c.Overlay("fix.yaml", []byte(`{overlay: 1.0.0, info: {title: t, version: "1"}, actions: [{target: $.paths, update: {/x: {get: {operationId: x, `+
		`responses: {"200": {description: d, content: {application/json: {schema: {type: object, dependentRequired: {a: [b, b]}}}}}}}}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Contracts: []*specs.Contract{corrected}}); err == nil || !strings.Contains(err.Error(), "fix.yaml:1: the schema does not compile") {
		t.Errorf("a schema that does not compile is taken: %v", err)
	}
}

// TestFirstCallsTogether calls an operation for the first time from many sides at once.
func TestFirstCallsTogether(t *testing.T) {
	t.Parallel()
	server, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			w := httptest.NewRecorder()
			server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject", nil))
			if w.Code != http.StatusOK {
				t.Errorf("answered with %d %s", w.Code, w.Body)
			}
		})
	}
	all.Wait()
}
