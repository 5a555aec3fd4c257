package drive_test

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/scenarios"
	"understudy/specs"
)

// onWire is a request as a server gets it.
func onWire(tb testing.TB, r *drive.Request) *http.Request {
	tb.Helper()
	out, err := http.NewRequest(r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		tb.Fatal(err)
	}
	out.Header = r.Header.Clone()
	return out
}

// restoredTwice opens a request, restores it with a client, and opens that again: nothing may have changed, and nothing be
// found. It gives the restored one.
func restoredTwice(tb testing.TB, server *mock.Server, client *drive.Client, r *drive.Request) *drive.Request {
	tb.Helper()
	id := r.Operation.ID
	first := server.Open(onWire(tb, r))
	if first.Operation != id {
		tb.Fatalf("%s was opened as %q, %v %s", id, first.Operation, first.Found, first.Refusal)
	}
	again, err := client.Restore(tb.Context(), id, &first.Request)
	if err != nil {
		tb.Fatalf("%s: %v\n%+v", id, err, first.Request)
	}
	if len(again.Problems) > 0 {
		tb.Errorf("%s: problems %v", id, again.Problems)
	}
	if j := server.Judge(onWire(tb, again)); len(j.Found) > 0 || j.Refusal != "" || j.Operation != id {
		tb.Errorf("%s: found %v, refusal %q in\n%s %s\n%s", id, j.Found, j.Refusal, again.Method, again.URL, again.Body)
	}
	second := server.Open(onWire(tb, again))
	// How many bytes travelled depends on what is fresh.
	if diff := cmp.Diff(first.Request, second.Request, cmpopts.IgnoreFields(scenarios.Wire{}, "Bytes")); diff != "" {
		tb.Errorf("%s is another request (-recorded +restored):\n%s", id, diff)
	}
	return again
}

// TestRestoreEveryReading takes each operation of the vendors under each reading to contract level and back.
func TestRestoreEveryReading(t *testing.T) {
	t.Parallel()
	restored := 0
	for _, vendor := range specs.Vendors() {
		base := load(t, vendor)
		for _, choice := range choices(base) {
			c, err := base.With(choice)
			if err != nil {
				t.Fatal(err)
			}
			restored++
			t.Run(vendor+" "+strings.Join(slices.Sorted(maps.Values(choice)), " "), func(t *testing.T) {
				t.Parallel()
				w := newWorldUnder(t, choice, base)
				client := w.client(c, nil)
				for _, op := range c.Operations {
					list := slices.Clone(fields()[vendor+"."+op.ID])
					for i, one := range list {
						if strings.HasSuffix(one, "=") {
							list[i] = one + "20260101000000001"
						}
					}
					r, err := client.Prepare(t.Context(), op.ID, set(t, client, op.ID, list))
					if err != nil {
						t.Fatalf("%s: %v", op.ID, err)
					}
					if len(w.server.Judge(onWire(t, r)).Found) > 0 {
						continue // not every reading takes these fields
					}
					restoredTwice(t, w.server, client, r)
				}
			})
		}
	}
	if restored < 30 {
		t.Errorf("only %d choices of readings were tried", restored)
	}
}

// TestRestoreRecipes does the same for every cipher and signature that a document may describe.
func TestRestoreRecipes(t *testing.T) {
	t.Parallel()
	for _, r := range recipeList(t) {
		t.Run(r.Recipe, func(t *testing.T) {
			t.Parallel()
			c := r.contract(t)
			server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1, Credentials: map[string]mock.Credentials{c.Vendor: r.credentials(c)}})
			if err != nil {
				t.Fatal(err)
			}
			client, err := drive.New(drive.Config{Contract: c, Credentials: r.credentials(c)})
			if err != nil {
				t.Fatal(err)
			}
			request, err := client.Prepare(t.Context(), r.Operation, r.values(t))
			if err != nil {
				t.Fatal(err)
			}
			again := restoredTwice(t, server, client, request)
			if string(again.Body) != string(again.Plain) != (string(request.Body) != string(request.Plain)) {
				t.Errorf("sealed otherwise: %s", again.Body)
			}
		})
	}
}

// TestRestoreUnderOtherKeys seals and signs what was recorded under one key with another one.
func TestRestoreUnderOtherKeys(t *testing.T) {
	t.Parallel()
	for _, r := range recipeList(t) {
		c := r.contract(t)
		server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1, Credentials: map[string]mock.Credentials{c.Vendor: r.credentials(c)}})
		if err != nil {
			t.Fatal(err)
		}
		client, err := drive.New(drive.Config{Contract: c, Credentials: r.credentials(c)})
		if err != nil {
			t.Fatal(err)
		}
		request, err := client.Prepare(t.Context(), r.Operation, r.values(t))
		if err != nil {
			t.Fatal(err)
		}
		others := r.credentials(c)
		for slot, one := range others {
			one.Text = strings.Map(func(r rune) rune {
				if r == 'a' || r == '1' {
					return r + 1
				}
				return r
			}, one.Text)
			others[slot] = one
		}
		elsewhere, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1, Credentials: map[string]mock.Credentials{c.Vendor: others}})
		if err != nil {
			t.Fatal(err)
		}
		other, err := drive.New(drive.Config{Contract: c, Credentials: others})
		if err != nil {
			t.Fatal(err)
		}
		again, err := other.Restore(t.Context(), r.Operation, &server.Open(onWire(t, request)).Request)
		if err != nil {
			t.Fatal(err)
		}
		if j := elsewhere.Judge(onWire(t, again)); len(j.Found) > 0 {
			t.Errorf("%s: %v", r.Recipe, j.Found)
		}
	}
}

// TestRestoreForms takes the forms that a body may have in a contract of anybody's there and back.
func TestRestoreForms(t *testing.T) {
	t.Parallel()
	c := shop(t)
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	client, err := drive.New(drive.Config{Contract: c, Force: true, Credentials: mock.Credentials{"key": {Text: "k"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		operation string
		values    record
	}{
		{"getItem", record{"id": 7, "query:id": "a b", "tags": []any{"a", "c"}, "many": []any{1, 2}, "filter": record{"age": record{"gte": 3}},
			"where": record{"a": 1}, "back": "http://x/?a=b", "X-Ids": []any{1, 2}, "theme": "dark; 体"}},
		{"putItem", record{"id": 7, "body:name": "cup", "secret": "s"}},
		{"postXML", record{"name": "<cup>", "secret": "s"}},
		{"postForm", record{"a": []any{1, 2}, "b": record{"c": 3}, "d": []any{"x", "y"}}},
		{"postText", record{drive.Body: "体"}},
		{"postBytes", record{drive.Body: []byte{0, 255}}},
	} {
		r, err := client.Prepare(t.Context(), tt.operation, tt.values)
		if err != nil {
			t.Fatal(err)
		}
		if found := server.Judge(onWire(t, r)).Found; len(found) > 0 {
			t.Fatalf("%s: %v", tt.operation, found)
		}
		restoredTwice(t, server, client, r)
	}
}

// notes is a contract in which a text is sealed that need not hold JSON.
const notes = `openapi: 3.1.0
x-understudy: 1
info: {title: Notes, version: "1"}
x-wire:
  seal: {cipher: aes-128, mode: ecb, padding: pkcs5, encoding: base64, reads: [base64, hex], key: {slot: key}, part: /note, directions: [request]}
paths:
  /notes:
    post:
      operationId: addNote
      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [note], properties: {note: {type: string}}}}}}
      responses: {'204': {description: done}}
`

// TestRestoreText seals a text again as it was, and in the encoding that it had.
func TestRestoreText(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("notes", "notes.yaml", []byte(notes))
	if err != nil {
		t.Fatal(err)
	}
	credentials := mock.Credentials{"key": {Text: "0123456789abcdef"}}
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Credentials: map[string]mock.Credentials{"notes": credentials}})
	if err != nil {
		t.Fatal(err)
	}
	client, err := drive.New(drive.Config{Contract: c, Credentials: credentials})
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range []string{`"plain words"`, `{"a":[1,2]}`, `17`} {
		for _, encoding := range []string{"base64", "hex"} {
			recorded := scenarios.Request{
				Method: "POST", Path: "/notes", MediaType: "application/json", Body: []byte(`{"note":` + note + `}`),
				Wire: scenarios.Wire{Seal: scenarios.SealOpened, Encoding: encoding},
			}
			r, err := client.Restore(t.Context(), "addNote", &recorded)
			if err != nil {
				t.Fatal(err)
			}
			if plain, err := client.Unseal("addNote", r.Body); err != nil || string(plain) != strings.Trim(note, `"`) {
				t.Errorf("%s in %s: sealed %q, %v", note, encoding, plain, err)
			}
			opened := server.Open(onWire(t, r))
			if string(opened.Request.Body) != string(recorded.Body) || opened.Request.Wire.Encoding != encoding || len(opened.Found) > 0 {
				t.Errorf("%s in %s: sent %s, opened %+v, %v", note, encoding, r.Body, opened.Request, opened.Found)
			}
		}
	}
}
