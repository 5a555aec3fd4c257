package specs

import (
	"slices"
	"testing"
)

// TestWhatHoldsForAnOperation: the innermost statement counts, of servers and of security; parameters add up.
func TestWhatHoldsForAnOperation(t *testing.T) {
	t.Parallel()
	c, err := Parse("one", "one.yaml", []byte(`openapi: 3.1.0
x-understudy: 1
info: {title: t, version: "1"}
servers: [{url: "http://a.example/root/"}]
security: [{token: []}]
x-wire:
  auth: {security: token, token: listed, slot: tokens}
components:
  securitySchemes:
    token: {type: http, scheme: BEARER}
paths:
  /a/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: plain
      parameters:
        - {name: q, in: query, schema: {type: string}}
      responses: {"200": {description: d}}
    post:
      operationId: own
      servers: [{url: "http://a.example/own"}]
      security: []
      requestBody:
        content:
          Application/JSON; charset=utf-8: {schema: {type: object}}
      responses: {"200": {description: d}}
  /b:
    servers: [{url: "http://a.example/path"}]
    get:
      operationId: moved
      responses: {"200": {description: d}}
`))
	if err != nil {
		t.Fatal(err)
	}
	find := func(id string) *Operation {
		op, ok := c.Operation(id)
		if !ok {
			t.Fatalf("there is no operation %s", id)
		}
		return op
	}
	for id, want := range map[string]string{"plain": "/root", "own": "/own", "moved": "/path"} {
		if got := find(id).Prefixes; !slices.Equal(got, []string{"", want}) {
			t.Errorf("%s is served below %q, want %q", id, got, want)
		}
	}
	plain, own := find("plain"), find("own")
	if len(plain.Parameters) != 2 || plain.Parameters[0].Name != "id" || plain.Parameters[1].Name != "q" {
		t.Errorf("the parameters are %+v", plain.Parameters)
	}
	if plain.Security == nil || !plain.Security.Bearer || plain.Wire.Auth == nil {
		t.Errorf("security is %+v, auth %+v", plain.Security, plain.Wire.Auth)
	}
	if own.Security != nil || own.Wire.Auth != nil {
		t.Errorf("an open operation has security %+v and auth %+v", own.Security, own.Wire.Auth)
	}
}
