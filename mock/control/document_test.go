package control

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"understudy/mock"
)

const smallDocument = `openapi: 3.1.0
info: {title: small, version: "1"}
paths:
  /things:
    get:
      operationId: listThings
      parameters:
        - {name: of, in: query, schema: {type: string}}
      responses:
        "200": {description: fine}
        default: {$ref: "#/components/responses/Problem"}
    post:
      operationId: addThing
      requestBody:
        content:
          application/json:
            schema: {type: object}
      responses:
        "204": {description: fine}
        default: {$ref: "#/components/responses/Problem"}
components:
  responses:
    Problem:
      description: no
      content:
        application/problem+json:
          schema: {type: object}
`

func TestDocumentAndHandlersAgree(t *testing.T) {
	t.Parallel()
	a, err := compile("small.yaml", []byte(smallDocument))
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(*call) error { return nil }
	if _, err := newRouter(a, map[string]handler{"listThings": nothing, "addThing": nothing}, nil, nil); err != nil {
		t.Errorf("they agree, and the error is %v", err)
	}
	_, err = newRouter(a, map[string]handler{"listThings": nothing, "moveThing": nothing}, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "small.yaml:12: operation addThing has no handler") || !strings.Contains(err.Error(), "no operation moveThing") {
		t.Errorf("one handler is missing and one is too many, and the error is %v", err)
	}
}

func TestDocumentsThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new, want string }{
		{"no YAML", "openapi:", "\t", "small.yaml"},
		{"no schema", "schema: {type: string}}", "content: {text/plain: {schema: {type: string}}}}", "parameter of needs a schema"},
		{"a cookie", "in: query", "in: cookie", "parameter of needs a schema"},
		{"a change without a body", "      requestBody:\n        content:\n          application/json:\n            schema: {type: object}\n", "", "POST changes something and needs a requestBody"},
		{"a body of another type", "application/json:", "text/plain:", "a requestBody is application/json alone"},
		{"no problem", "default: {$ref: \"#/components/responses/Problem\"}", "\"500\": {description: no}", "the default response is application/problem+json"},
		{"a schema that is none", "schema: {type: string}}", "schema: {type: string, pattern: '('}}", "small.yaml"},
	}
	for _, tt := range tests {
		text := strings.Replace(smallDocument, tt.old, tt.new, 1)
		if text == smallDocument {
			t.Fatalf("%s: nothing was replaced", tt.name)
		}
		if _, err := compile("small.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: the error is %v, want %q in it", tt.name, err, tt.want)
		}
	}
	body := strings.Replace(smallDocument, "operationId: listThings", "operationId: listThings\n      requestBody: {content: {application/json: {schema: {type: object}}}}", 1)
	if _, err := compile("small.yaml", []byte(body)); err == nil || !strings.Contains(err.Error(), "takes no requestBody") {
		t.Errorf("a GET with a body: the error is %v", err)
	}
}

// TestOwnDocument holds the document to what the tests of every route need: examples of what a good caller sends.
func TestOwnDocument(t *testing.T) {
	t.Parallel()
	a, err := ownAPI()
	if err != nil {
		t.Fatal(err)
	}
	if len(a.operations) < 30 {
		t.Errorf("only %d operations are described", len(a.operations))
	}
	for _, op := range a.operations {
		if op.Summary == "" {
			t.Errorf("%s has no summary", op.ID)
		}
		for _, p := range op.parameters {
			if p.In == "path" != p.Required {
				t.Errorf("%s: parameter %s: what stands in the path is required, and nothing else", op.ID, p.Name)
			}
		}
		if path, body := example(t, op); strings.Contains(path, "{") || op.body != nil && body == "" {
			t.Errorf("%s: the example %s %s is not complete", op.ID, path, body)
		}
	}
	if secret := a.operations[slices.IndexFunc(a.operations, func(op *operation) bool { return op.ID == "createSession" })].secrets; !slices.Equal(secret, []string{"/credentials"}) {
		t.Errorf("the secret parts of a new session are %v", secret)
	}
	if secret := a.operations[slices.IndexFunc(a.operations, func(op *operation) bool { return op.ID == "revokeToken" })].secrets; !slices.Equal(secret, []string{""}) {
		t.Errorf("the secret parts of a token to revoke are %v", secret)
	}
}

func TestDocumentIsServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	text := w.want(http.StatusOK, http.MethodGet, "/openapi.yaml", "").Body.String()
	if text != documentText {
		t.Error("/openapi.yaml is not the document")
	}
	served := w.want(http.StatusOK, http.MethodGet, "/openapi.json", "").Body.Bytes()
	again, err := compile("openapi.json", served)
	if err != nil {
		t.Fatal(err)
	}
	own, _ := ownAPI()
	if len(again.operations) != len(own.operations) || string(again.json) != string(own.json) {
		t.Error("/openapi.json says something else than /openapi.yaml")
	}
}

// TestFirstCallsTogether: the document is compiled at the first call, once, however many come at the same time.
func TestFirstCallsTogether(t *testing.T) {
	t.Parallel()
	server, err := mock.New(mock.Config{})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := New(Config{Server: server})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/openapi.yaml", nil))
			if w.Code != http.StatusOK || w.Body.String() != documentText {
				t.Errorf("answered with %d and %d bytes", w.Code, w.Body.Len())
			}
		})
	}
	all.Wait()
}
