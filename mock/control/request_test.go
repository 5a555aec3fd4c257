package control

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestViolations tells all that is wrong with a request at once, each with its place.
func TestViolations(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	tests := []struct {
		name, method, target, body string
		id                         string
		want                       []Violation
	}{
		{
			"a query", http.MethodGet, "/journal?limit=0&outcome=good&sesion=a&status=1&status=2&x%20y=1", "", "query",
			[]Violation{
				{In: "query", Pointer: "sesion", Keyword: "unknown", Expected: "one of session, vendor, operation, outcome, status, error, diagnosis, since, limit", Got: "another parameter"},
				{In: "query", Pointer: "?", Keyword: "unknown", Expected: "one of session, vendor, operation, outcome, status, error, diagnosis, since, limit", Got: "another parameter"},
				{In: "query", Pointer: "outcome", Keyword: "enum", Expected: "one of [ok vendor-error fault refusal]", Got: "a text of 4 characters"},
				{In: "query", Pointer: "status", Keyword: "once", Expected: "one value", Got: "2 of them"},
				{In: "query", Pointer: "limit", Keyword: "minimum", Expected: "at least 1", Got: "the number 0"},
			},
		},
		{
			"a query that is none", http.MethodGet, "/journal?a=%zz", "", "query",
			[]Violation{{In: "query", Keyword: "syntax", Expected: "NAME=VALUE pairs, percent-encoded and joined by &", Got: "something else"}},
		},
		{
			"a path and a body", http.MethodPost, "/sessions/.../faults", "{\n \"status\": \"503\",\n \"calls\": 0,\n \"share\": 2,\n \"oops\": 1}", "path",
			[]Violation{
				{In: "path", Pointer: "name", Keyword: "pattern", Expected: "1 to 64 letters, digits, '.', '_' or '-', not dots alone", Got: "a text of 3 characters"},
				{In: "body", Pointer: "/calls", Keyword: "minimum", Expected: "at least 1", Got: "the number 0", Line: 3},
				{In: "body", Pointer: "/oops", Keyword: "additionalProperties", Expected: "one of id, vendor, operation, error, status, delay, break, calls, share, afterCommit", Got: "present", Line: 5},
				{In: "body", Pointer: "/share", Keyword: "maximum", Expected: "at most 1", Got: "the number 2", Line: 4},
				{In: "body", Pointer: "/status", Keyword: "type", Expected: "integer", Got: "a text of 3 characters", Line: 2},
			},
		},
		{
			"the id of an exchange", http.MethodGet, "/journal/x", "", "path",
			[]Violation{{In: "path", Pointer: "id", Keyword: "type", Expected: "the id of an exchange, a whole number", Got: "a text of 1 characters"}},
		},
		{
			"too large an id", http.MethodGet, "/journal/99999999999999999999", "", "path",
			[]Violation{{In: "path", Pointer: "id", Keyword: "format", Expected: "the id of an exchange, a whole number", Got: "a number of 20 characters"}},
		},
		{
			"nothing where something is needed", http.MethodPut, "/sessions/a/clock", " ", "body",
			[]Violation{{In: "body", Keyword: "required", Expected: "a JSON object", Got: "nothing"}},
		},
		{
			"a member that is missing", http.MethodPost, "/sessions/a/clock/advance", "\n\n{}", "body",
			[]Violation{{In: "body", Pointer: "/by", Keyword: "required", Expected: "a value", Got: "absent", Line: 3}},
		},
		{
			"a name twice", http.MethodPost, "/sessions", "{\"seed\":1,\n\"seed\":2}", "body",
			[]Violation{{In: "body", Keyword: "syntax", Expected: "one JSON value (RFC 8259) in UTF-8", Got: "a name twice in one object", Line: 2}},
		},
		{
			"a duration in words", http.MethodPut, "/sessions/a/clock", `{"shift":"an hour"}`, "body",
			[]Violation{{In: "body", Pointer: "/shift", Keyword: "pattern", Expected: "a duration such as 1h30m, or -10m to go back", Got: "a text of 7 characters", Line: 1}},
		},
		{
			"two changes of the clock", http.MethodPut, "/sessions/a/clock", `{"shift":"1h","running":true}`, "body",
			[]Violation{{In: "body", Keyword: "maxProperties", Expected: "exactly one of frozen, shift and running", Got: "an object of 2 members", Line: 1}},
		},
		{
			"running is never false", http.MethodPut, "/sessions/a/clock", `{"running":false}`, "body",
			[]Violation{{In: "body", Pointer: "/running", Keyword: "const", Expected: "true", Got: "false", Line: 1}},
		},
		{
			"frozen is never false", http.MethodPut, "/sessions/a/clock", `{"frozen":false}`, "body",
			[]Violation{{In: "body", Pointer: "/frozen", Keyword: "not", Expected: "a time (RFC 3339) to stand at, or true", Got: "false", Line: 1}},
		},
		{
			"a time that is none", http.MethodPut, "/sessions/a/clock", `{"frozen":"2026-02-30T00:00:00Z"}`, "body",
			[]Violation{{In: "body", Pointer: "/frozen", Keyword: "format", Expected: "a time (RFC 3339) to stand at, or true", Got: "a text of 20 characters", Line: 1}},
		},
		{
			"a delay that is none", http.MethodPost, "/sessions/a/faults", `{"delay":{"p50":"1s"}}`, "body",
			[]Violation{{In: "body", Pointer: "/delay/p99", Keyword: "required", Expected: "a value", Got: "absent", Line: 1}},
		},
		{
			"something to say where nothing is", http.MethodPost, "/sessions/a/reset", `{"seed":1}`, "body",
			[]Violation{{In: "body", Pointer: "/seed", Keyword: "additionalProperties", Expected: "no member", Got: "present", Line: 1}},
		},
	}
	for _, tt := range tests {
		p := w.refused(http.StatusBadRequest, tt.id, tt.method, tt.target, tt.body)
		if !slices.Equal(p.Violations, tt.want) {
			t.Errorf("%s: the violations are\n%+v\nwant\n%+v", tt.name, p.Violations, tt.want)
		}
		if len(p.Violations) > 0 && !strings.Contains(p.Detail, p.Violations[0].Expected) {
			t.Errorf("%s: the detail does not tell the first: %s", tt.name, p.Detail)
		}
		if n := len(tt.want) - 1; n > 0 && !strings.HasSuffix(p.Detail, fmt.Sprintf("; and %d more", n)) {
			t.Errorf("%s: the detail does not tell that there are more: %s", tt.name, p.Detail)
		}
	}
	if w.names() != "" {
		t.Errorf("refused requests made sessions: %s", w.names())
	}
}

// TestNoSecretIsQuoted sends secrets in every wrong way, and to every operation that takes some: no answer has any part of
// them.
func TestNoSecretIsQuoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	// One looks like a secret, the other like the name of a member.
	for _, secret := range []string{"canary-secret-70319", "canarysecret"} {
		noSecretIsQuoted(w, secret)
	}
}

func noSecretIsQuoted(w *world, secret string) {
	w.t.Helper()
	tests := []struct{ target, body string }{
		{"/sessions", `{"credentials":"` + secret + `"}`},
		{"/sessions", `{"credentials":{"` + secret + `":{}}}`},
		{"/sessions", `{"credentials":{"` + secret + `":1}}`},
		{"/sessions", `{"credentials":{"zheliban":"` + secret + `"}}`},
		{"/sessions", `{"credentials":{"zheliban":{"` + secret + `":"x"}}}`},
		{"/sessions", `{"credentials":{"zheliban":{"` + secret + `":1}}}`},
		{"/sessions", `{"credentials":{"zheliban":{"aesKey":70319}}}`},
		{"/sessions", `{"credentials":{"zheliban":{"aesKey":"` + secret + `"}}}`},
		{"/sessions", `{"credentials":{"zheliban":{"aesKey":" ` + secret + `"}}}`},
		{"/sessions", `{"credentials":{"zheliban":{"aesKey":[{"value":"` + secret + `"}]}}}`},
		{"/sessions", `{"credentials":{"zheliban":{"secret":"` + strings.Repeat(secret, 100) + `"}}}`},
		{"/sessions", `{"credentials":{"mytijian":{"accessTokens":"` + secret + `"}}}`},
		{"/sessions", `{"credentials":{"mytijian":{"accessTokens":["` + secret + `"]}}}`},
		{"/sessions", `{"credentials":{"mytijian":{"accessTokens":{"` + secret + `":"197"}}}}`},
		{"/sessions", `{"credentials":{"mytijian":{"accessTokens":[{"value":"` + secret + `","` + secret + `":1}]}}}`},
		{"/sessions", `{"credentials":{"mytijian":{"accessTokens":[{"value":"` + secret + ` "}]}}}`},
		{"/sessions", `{"credentials":{"mytijian":{"accessTokens":[{"value":70319}]}}}`},
		{"/sessions", `{"credentials":{"weixiao":{"appKey":"` + secret + `"}},"signatureWindow":"x"}`},
		{"/sessions", `{"credentials":{"weixiao":{"appKey":"` + secret + `","appKey":"` + secret + `"}}}`},
		{"/sessions", `{"credentials":{"weixiao":{"appKey":"` + secret + `"`},
		{"/sessions", `{"credentials":{"weixiao":{"appKey":"` + secret + `"}}}}`},
		{"/sessions", `{"readings":{"Z-1":"nowhere"},"credentials":{"mytijian":{"accessTokens":[{"value":"` + secret + `"}]}}}`},
		{"/sessions", `{"faults":[{"status":999}],"credentials":{"mytijian":{"accessTokens":[{"value":"` + secret + `"}]}}}`},
		{"/sessions", `"` + secret + `"`},
		{"/sessions/default/tokens/revoke", `"` + secret + `"`},
		{"/sessions/default/tokens/revoke", `{"token":70319}`},
		{"/sessions/default/tokens/revoke", `{"token":["` + secret + `"]}`},
		{"/sessions/default/tokens/revoke", `{"tokens":"` + secret + `"}`},
		{"/sessions/default/tokens/revoke", `{"` + secret + `":1,"token":"x"}`},
		{"/sessions/default/tokens/revoke", `{"token":"` + strings.Repeat(secret, 1000) + `"}`},
		{"/sessions/default/tokens/revoke", `{"token":"` + secret + `"} x`},
		{"/sessions/default/tokens/revoke?token=" + secret, `{"token":"` + secret + `"}`},
		{"/sessions/default/tokens/revoke?" + secret, `{"token":"x"}`},
		{"/sessions/absent/tokens/revoke", `{"token":"` + secret + `"}`},
	}
	for _, tt := range tests {
		got := w.ask(http.MethodPost, tt.target, tt.body)
		if got.Code < 400 {
			w.t.Errorf("%s %s is answered %d: nothing to be told", tt.target, tt.body, got.Code)
		}
		for _, part := range []string{"canary", "70319"} {
			if strings.Contains(got.Body.String(), part) {
				w.t.Errorf("%s %.80s: quoted in %s", tt.target, tt.body, got.Body)
			}
		}
	}
}

func FuzzBody(f *testing.F) {
	a, err := ownAPI()
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{`{"name":"a"}`, "", "{\n\"seed\": 1e9999999}", `{"credentials":{"a":{"b":["c"]}}}`, `[[[[`, "{\"a\":\"\xff\"}", `{"/~":1}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, op := range a.operations {
			if op.body == nil {
				continue
			}
			for _, v := range op.readBody(text, a.names) {
				if v.Line < 0 || v.Line > 1+strings.Count(string(text), "\n") || v.Expected == "" || v.Got == "" {
					t.Errorf("%s: %q gives %+v", op.ID, text, v)
				}
			}
		}
	})
}
