package drive_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/specs"
)

const recipes = "../../specs/testdata/recipes"

// recipe is a call that was sealed and signed without this code.
type recipe struct {
	Recipe, Operation string
	Credentials       map[string]string
	Plain, Body, Now  string
	Headers           map[string]string
}

func recipeList(tb testing.TB) []recipe {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(recipes, "vectors.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var list []recipe
	if err := json.Unmarshal(text, &list); err != nil || len(list) < 6 {
		tb.Fatalf("%d recipes, %v", len(list), err)
	}
	return list
}

func (r recipe) contract(tb testing.TB) *specs.Contract {
	tb.Helper()
	for _, document := range []string{"orders", "envelope", "pay"} {
		c, err := specs.Read(r.Recipe, filepath.Join(recipes, document+".openapi.yaml"), specs.ReadConfig{Overlays: []string{filepath.Join(recipes, r.Recipe+".yaml")}})
		if err == nil {
			return c
		}
	}
	tb.Fatalf("%s applies to no document", r.Recipe)
	return nil
}

func (r recipe) credentials(c *specs.Contract) mock.Credentials {
	all := mock.Credentials{}
	for _, slot := range c.Slots() {
		all[slot.Name] = mock.Credential{Text: r.Credentials[slot.Name]}
	}
	return all
}

// values are the fields of the body, without what the client adds.
func (r recipe) values(tb testing.TB) record {
	tb.Helper()
	text := r.Plain
	if text == "" {
		text = r.Body
	}
	values := record{}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&values); err != nil {
		tb.Fatal(err)
	}
	if r.Recipe == "aes-cbc-member" {
		return record{"appId": r.Credentials["appId"], "data": values}
	}
	delete(values, "sign")
	delete(values, "mch_id")
	return values
}

// TestRecipes holds both sides to each other for every cipher and signature that a document may describe: what the client
// sends is understood, and what the simulator answers; and a wrong key is told.
func TestRecipes(t *testing.T) {
	t.Parallel()
	for _, r := range recipeList(t) {
		t.Run(r.Recipe, func(t *testing.T) {
			t.Parallel()
			c := r.contract(t)
			server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1, Credentials: map[string]mock.Credentials{c.Vendor: r.credentials(c)}})
			if err != nil {
				t.Fatal(err)
			}
			front := httptest.NewServer(server)
			t.Cleanup(func() { front.Close(); _ = server.Close(context.WithoutCancel(t.Context())) })
			client, err := drive.New(drive.Config{Contract: c, Credentials: r.credentials(c), Target: front.URL})
			if err != nil {
				t.Fatal(err)
			}
			x, err := client.Call(t.Context(), r.Operation, r.values(t))
			if err != nil {
				t.Fatal(err)
			}
			if x.Outcome != drive.OK || x.Reply.Diagnosis != "" || len(x.Reply.Problems) > 0 {
				t.Errorf("%s, status %d, diagnosis %q, problems %v\nsent     %s\nanswered %s", x.Outcome, x.Reply.Status, x.Reply.Diagnosis, x.Reply.Problems, x.Request.Body, x.Reply.Body)
			}
			if seal := c.Operations[0].Wire.Seal; seal != nil && (string(x.Request.Body) == string(x.Request.Plain) || !x.Reply.Sealed || string(x.Reply.Body) == string(x.Reply.Plain)) {
				t.Errorf("something travelled open:\nsent     %s\nanswered %s", x.Request.Body, x.Reply.Body)
			}
			wrong := r.credentials(c)
			for slot, one := range wrong {
				if strings.Contains(strings.ToLower(slot), "secret") || strings.HasSuffix(slot, "Key") && slot != "appKey" {
					one.Text = "f" + one.Text[:len(one.Text)-1]
					wrong[slot] = one
				}
			}
			other, err := drive.New(drive.Config{Contract: c, Credentials: wrong, Target: front.URL})
			if err != nil {
				t.Fatal(err)
			}
			if x, err := other.Call(t.Context(), r.Operation, r.values(t)); err == nil && x.Reply.Diagnosis == "" {
				t.Errorf("a wrong key worked: %s", x.Reply.Body)
			}
		})
	}
}

// TestRecipesAsOthersMakeThem holds the client to the very bytes that somebody else made.
func TestRecipesAsOthersMakeThem(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, r := range recipeList(t) {
		now := time.Unix(0, 0)
		if r.Now != "" {
			var err error
			if now, err = time.Parse(time.RFC3339Nano, r.Now); err != nil {
				t.Fatal(err)
			}
		}
		values := r.values(t)
		for name, v := range r.Headers {
			switch {
			case strings.HasSuffix(name, "Signature"):
			case strings.Contains(name, "Timestamp"), strings.Contains(name, "Nonce"):
				values[name] = v
			}
		}
		c := r.contract(t)
		client, err := drive.New(drive.Config{Contract: c, Credentials: r.credentials(c), Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		request, err := client.Prepare(t.Context(), r.Operation, values)
		if err != nil || len(request.Problems) > 0 {
			t.Errorf("%s: %v, %v", r.Recipe, err, request.Problems)
			continue
		}
		for name, want := range r.Headers {
			compared++
			if got := request.Header.Get(name); got != want {
				t.Errorf("%s: %s is %s, want %s; signed\n%s", r.Recipe, name, got, want, request.Signed)
			}
		}
		if r.Recipe == "sorted-md5" {
			compared++
			var sent record
			if err := json.Unmarshal(request.Body, &sent); err != nil || sent["sign"] != "9A0A8659F005D6984697E2CA0A9CF3B7" {
				t.Errorf("%s: sent %s, %v", r.Recipe, request.Body, err)
			}
		}
	}
	if compared < 6 {
		t.Errorf("%d values were compared", compared)
	}
}
