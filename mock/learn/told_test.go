package learn

import (
	"testing"

	"understudy/scenarios"
)

// TestKeysOfSides: what makes a difference to the judgement of a side makes its key another one, and nothing else does.
func TestKeysOfSides(t *testing.T) {
	t.Parallel()
	const both, request, reply, neither = "both", "request", "reply", ""
	tests := []struct {
		changes string
		change  func(x *scenarios.Exchange)
	}{
		{neither, func(x *scenarios.Exchange) { x.Number, x.Request.Wire.Bytes, x.Response.Wire.Bytes = 7, 7, 7 }},
		{request, func(x *scenarios.Exchange) { x.Request.Body = []byte(`{}`) }},
		{request, func(x *scenarios.Exchange) { x.Request.Wire.Credential = scenarios.Missing }},
		{request, func(x *scenarios.Exchange) { x.Request.Method = "PUT" }},
		{both, func(x *scenarios.Exchange) {
			x.Request.Parameters = []scenarios.Parameter{{In: "query", Name: "a", Value: "b"}}
		}},
		{both, func(x *scenarios.Exchange) { x.Callback = "a/b/post" }},
		{reply, func(x *scenarios.Exchange) { x.Response.Status = 404 }},
		{reply, func(x *scenarios.Exchange) { x.Response.Body = []byte(`[]`) }},
		{reply, func(x *scenarios.Exchange) { x.Response.MediaType = "text/plain" }},
		{reply, func(x *scenarios.Exchange) { x.Response.Wire.Seal = scenarios.SealOpened }},
		{reply, func(x *scenarios.Exchange) { x.Response.Broken = "reset" }},
	}
	keys := func(change func(x *scenarios.Exchange)) *told {
		x := &scenarios.Exchange{
			Request:  scenarios.Request{Method: "POST", Path: "/a", MediaType: "application/json", Body: []byte(`[]`)},
			Response: scenarios.Response{Status: 200, MediaType: "application/json", Body: []byte(`{}`)},
		}
		change(x)
		one := &told{heard: x}
		one.setKeys()
		return one
	}
	plain := keys(func(*scenarios.Exchange) {})
	for i, test := range tests {
		one := keys(test.change)
		if got, want := one.askedKey != plain.askedKey, test.changes == request || test.changes == both; got != want {
			t.Errorf("test %d: another request: %t, want %t", i, got, want)
		}
		if got, want := one.repliedKey != plain.repliedKey, test.changes == reply || test.changes == both; got != want {
			t.Errorf("test %d: another reply: %t, want %t", i, got, want)
		}
	}
}
