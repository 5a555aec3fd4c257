package story

import (
	"errors"
	"testing"

	"understudy/scenarios"
)

// FuzzDraft: whatever was heard, the draft is a valid story, or there is none.
func FuzzDraft(f *testing.F) {
	f.Add("/orders/1", "a=b&c", `{"item": "$inputs.x", "nested": "{\"a\": 1}"}`, `{"id": "order-1", "n": 12345}`, `{"id": "order-1", "item": "{$x"}`)
	f.Add("//", "\xff=%zz", "[[1], {}]", "null", "{")
	f.Add("/orders/", "id={\"id\":\"order-1\"}", `{"a": "\u0000\ud800", "a": "yes", "": "0x1"}`, `"text"`, `{"b": 1e400}`)
	contract := shop(f)
	f.Fuzz(func(t *testing.T, path, parameter, first, reply, second string) {
		in := []scenarios.Parameter{{In: "query", Name: parameter, Value: reply}, {In: "header", Name: "X-A", Value: parameter}}
		one := func(operation, body string) *scenarios.Exchange {
			return &scenarios.Exchange{
				Operation: operation, Request: scenarios.Request{Path: path, Parameters: in, MediaType: "application/json", Body: []byte(body), Wire: scenarios.Wire{Credential: scenarios.Invalid}},
				Response: scenarios.Response{Status: 200, MediaType: "application/json", Body: []byte(reply)},
			}
		}
		form := one("createOrder", parameter)
		form.Request.MediaType = formType
		r := &scenarios.Recording{Exchanges: []*scenarios.Exchange{one("createOrder", first), one("readOrder", ""), form, one("createOrder", second)}}
		_, err := Draft(r, DraftConfig{Contract: contract})
		if err != nil && !errors.Is(err, ErrNothingToTell) {
			t.Fatal(err)
		}
	})
}
