package drive_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/specs"
)

type record = map[string]any

// shop is a contract that knows nothing of our vocabulary.
func shop(tb testing.TB) *specs.Contract {
	tb.Helper()
	text, err := os.ReadFile("testdata/shop.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	c, err := specs.Parse("shop", "testdata/shop.yaml", text)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// facing is a client of a server that gives one answer, and what the server has seen.
func facing(tb testing.TB, c *specs.Contract, credentials mock.Credentials, answer http.HandlerFunc) (*drive.Client, *http.Request) {
	tb.Helper()
	seen := &http.Request{}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*seen = *r
		seen.Body = io.NopCloser(strings.NewReader(string(body)))
		answer(w, r)
	}))
	tb.Cleanup(front.Close)
	client, err := drive.New(drive.Config{Contract: c, Credentials: credentials, Target: front.URL, Force: true})
	if err != nil {
		tb.Fatal(err)
	}
	return client, seen
}

func problems(list []drive.Problem) string {
	var lines []string
	for _, p := range list {
		lines = append(lines, strings.TrimSpace(p.In+" "+p.Pointer)+" "+p.Keyword)
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

func TestForeignParameters(t *testing.T) {
	t.Parallel()
	client, seen := facing(t, shop(t), nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	x, err := client.Call(t.Context(), "getItem", record{
		"id": 7, "query:id": "a b", "tags": []any{"a,b", "c"}, "many": []any{1, 2}, "filter": record{"age": record{"gte": 3}},
		"where": record{"a": 1}, "back": "http://x/?a=b", "X-Ids": []any{1, 2}, "theme": "dark; 体",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := problems(x.Request.Problems); got != "" {
		t.Errorf("problems: %s", got)
	}
	want := "/items/7?id=a+b&tags=a%2Cb,c&many=1&many=2&filter%5Bage%5D%5Bgte%5D=3&where=%7B%22a%22%3A1%7D&back=http://x/?a=b"
	if seen.RequestURI != want {
		t.Errorf("sent %s\nwant %s", seen.RequestURI, want)
	}
	if got := seen.Header.Get("X-Ids"); got != "1,2" {
		t.Errorf("X-Ids: %s", got)
	}
	if c, err := seen.Cookie("theme"); err != nil || c.Value != "dark%3B%20%E4%BD%93" {
		t.Errorf("the cookie: %v, %v", c, err)
	}
	if got := seen.Header.Get("Accept"); got != "application/json, application/xml, application/problem+json" {
		t.Errorf("Accept: %s", got)
	}
	r, err := client.Prepare(t.Context(), "getItem", record{"many": "x", "tags": []any{[]any{"x"}}})
	if got := problems(r.Problems); err != nil || got != "path id required, query many type, query tags style, query tags/0 type" {
		t.Errorf("problems of what is wrong: %s, %v", got, err)
	}
}

func TestForeignBodies(t *testing.T) {
	t.Parallel()
	tests := []struct {
		operation         string
		values            record
		contentType, body string
		problems          string
	}{
		{"putItem", record{"id": 7, "body:name": "cup", "secret": "s", "price": json.Number("1.50")}, "application/json", `{"name":"cup","secret":"s","price":1.50}`, ""},
		{"putItem", record{"path:id": 7, "body:id": 8, "name": "cup", "secret": "s"}, "application/json", `{"id":8,"name":"cup","secret":"s"}`, "body /id readOnly"},
		{"putItem", record{"id": 7, "name": "cup"}, "application/json", `{"name":"cup"}`, "body /secret required"},
		{"postXML", record{"name": "<cup>", "secret": "s"}, "application/xml", `<?xml version="1.0" encoding="UTF-8"?><Item><name>&lt;cup&gt;</name><secret>s</secret></Item>`, ""},
		{"postForm", record{"a": []any{1, 2}, "b": record{"c": 3}, "d": []any{"x", "y,z"}}, "application/x-www-form-urlencoded", "a=1&a=2&b=%7B%22c%22%3A3%7D&d=x,y%2Cz", ""},
		{"postForm", nil, "", "", ""},
		{"postText", nil, "", "", ""},
		{"putNumber", nil, "", "", "body required"},
		{"postText", record{drive.Body: "体"}, "text/plain; charset=utf-8", "体", ""},
		{"postBytes", record{drive.Body: []byte{0, 255}}, "application/octet-stream", "\x00\xff", ""},
		{"postBytes", record{drive.Body: "\x00\xff"}, "application/octet-stream", "\x00\xff", ""},
	}
	for _, tt := range tests {
		client, seen := facing(t, shop(t), nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) })
		x, err := client.Call(t.Context(), tt.operation, tt.values)
		if err != nil {
			t.Errorf("%s %v: %v", tt.operation, tt.values, err)
			continue
		}
		body, _ := io.ReadAll(seen.Body)
		if got := seen.Header.Get("Content-Type"); got != tt.contentType || string(body) != tt.body {
			t.Errorf("%s sent %s: %s\nwant %s: %s", tt.operation, got, body, tt.contentType, tt.body)
		}
		if got := problems(x.Request.Problems); got != tt.problems {
			t.Errorf("%s %v: problems %q, want %q", tt.operation, tt.values, got, tt.problems)
		}
	}
	client, seen := facing(t, shop(t), nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) })
	if _, err := client.Call(t.Context(), "upload", record{"note": "n", "file": "\x00\xff"}); err != nil {
		t.Fatal(err)
	}
	if err := seen.ParseMultipartForm(1 << 20); err != nil || seen.FormValue("note") != "n" || len(seen.MultipartForm.File["file"]) != 1 {
		t.Errorf("the upload is read as %+v, %v", seen.MultipartForm, err)
	}
	if _, err := client.Call(t.Context(), "postText", record{drive.Body: record{"a": 1}}); err == nil {
		t.Error("an object was sent as text")
	}
}

func TestSecuritySchemes(t *testing.T) {
	t.Parallel()
	text := func(s string) mock.Credential { return mock.Credential{Text: s} }
	tests := []struct {
		name        string
		operation   string
		credentials mock.Credentials
		values      record
		want        string // header X-Api-Key | Authorization | Cookie
	}{
		{"none configured", "postText", nil, nil, "||"},
		{"the first alternative", "postText", mock.Credentials{"key": text("k"), "login": text("u:p")}, nil, "k||"},
		{"the one there is", "postText", mock.Credentials{"login": text("u:p")}, nil, "|Basic dTpw|"},
		{"two schemes", "postText", mock.Credentials{"sid": text("s"), "token": text("t")}, nil, "|Bearer t|sid=s"},
		{"half of two schemes", "postText", mock.Credentials{"token": text("t")}, nil, "||"},
		{"nothing asked for", "postForm", mock.Credentials{"key": text("k")}, nil, "||"},
		{"given", "postText", mock.Credentials{"key": text("k")}, record{"X-Api-Key": "other"}, "other||"},
		{"given nothing", "postText", mock.Credentials{"key": text("k")}, record{"X-Api-Key": nil}, "||"},
	}
	for _, tt := range tests {
		client, seen := facing(t, shop(t), tt.credentials, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) })
		if _, err := client.Call(t.Context(), tt.operation, tt.values); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := strings.Join([]string{seen.Header.Get("X-Api-Key"), seen.Header.Get("Authorization"), seen.Header.Get("Cookie")}, "|"); got != tt.want {
			t.Errorf("%s: sent %s, want %s", tt.name, got, tt.want)
		}
	}
	client, _ := facing(t, shop(t), nil, nil)
	slots, err := client.Slots("postText")
	if err != nil || len(slots) != 4 || !slots[0].Scheme {
		t.Errorf("slots %v, %v", slots, err)
	}
}

func TestForeignReplies(t *testing.T) {
	t.Parallel()
	reply := func(status int, contentType, body string, headers ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			if contentType != "" {
				w.Header().Set("Content-Type", contentType)
			}
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Add(headers[i], headers[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	const good = `{"id":1,"name":"cup"}`
	tests := []struct {
		name, operation string
		answer          http.HandlerFunc
		outcome         drive.Outcome
		problems        string
		value           any
	}{
		{"good", "getItem", reply(200, "application/json; charset=utf-8", good, "X-Count", "1", "X-List", "1, 2"), drive.OK, "", record{"id": json.Number("1"), "name": "cup"}},
		{"good in XML", "getItem", reply(200, "application/xml", "<Item><id>1</id><name>cup</name></Item>", "X-Count", "1"), drive.OK, "", record{"id": json.Number("1"), "name": "cup"}},
		{"wrong", "getItem", reply(200, "application/json", `{"id":"x","name":"cup","secret":"s"}`, "X-Count", "1"), drive.Unexplained, "reply /id type, reply /secret writeOnly", nil},
		{"headers", "getItem", reply(200, "application/json", good, "X-List", "1,b"), drive.OK, "header X-Count required, header X-List/1 type", nil},
		{"header below its minimum", "getItem", reply(200, "application/json", good, "X-Count", "0"), drive.OK, "header X-Count minimum", nil},
		{"header twice", "getItem", reply(200, "application/json", good, "X-Count", "1", "X-Count", "2"), drive.OK, "header X-Count style", nil},
		{"another type", "getItem", reply(200, "text/html", "<html>", "X-Count", "1"), drive.Unexplained, "reply mediaType", "<html>"},
		{"no type", "getItem", reply(200, "", good, "X-Count", "1"), drive.Unexplained, "reply mediaType", record{"id": json.Number("1"), "name": "cup"}},
		{"no body", "getItem", reply(200, "application/json", "", "X-Count", "1"), drive.Unexplained, "reply body", nil},
		{"broken", "getItem", reply(200, "application/json", `{"id"`, "X-Count", "1"), drive.Unexplained, "", nil},
		{"range", "getItem", reply(404, "application/problem+json", `{"title":"no"}`), drive.VendorError, "", record{"title": "no"}},
		{"range, wrong", "getItem", reply(404, "application/problem+json", `{}`), drive.Unexplained, "reply /title required", record{}},
		{"a status of its own in a range", "getItem", reply(410, "", ""), drive.VendorError, "", nil},
		{"no such status", "getItem", reply(500, "text/plain", "x"), drive.Unexplained, "reply status", "x"},
		{"not modified", "getItem", reply(304, "", ""), drive.OK, "", nil},
		{"HEAD", "headItem", reply(200, "application/json", ""), drive.OK, "", nil},
		{"no content", "putItem", reply(204, "", ""), drive.OK, "", nil},
		{"default", "putItem", reply(500, "text/plain", "short"), drive.VendorError, "", "short"},
		{"default, wrong", "putItem", reply(500, "text/plain", "too long"), drive.Unexplained, "reply maxLength", "too long"},
		{"redirect", "postText", reply(303, "", "", "Location", "/x"), drive.OK, "", nil},
		{"redirect without a place", "postText", reply(303, "", ""), drive.OK, "header Location required", nil},
		{"range of media types", "postForm", reply(200, "image/png", "\x89PNG"), drive.OK, "", "\x89PNG"},
		{"outside the range", "postForm", reply(200, "application/pdf", "%PDF"), drive.Unexplained, "reply mediaType", "%PDF"},
		{"a type that is not read here", "upload", reply(200, "application/yaml", "a: 1"), drive.OK, "", nil},
		{"body where none is declared", "postBytes", reply(200, "application/json", `{"a":1}`), drive.OK, "", record{"a": json.Number("1")}},
	}
	for _, tt := range tests {
		client, _ := facing(t, shop(t), nil, tt.answer)
		values := record{}
		if strings.HasSuffix(tt.operation, "Item") {
			values = record{"id": 7, "name": "x", "secret": "s"}
		}
		x, err := client.Call(t.Context(), tt.operation, values)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if x.Outcome != tt.outcome || problems(x.Reply.Problems) != tt.problems {
			t.Errorf("%s: %s, problems %q (%v), want %s, %q", tt.name, x.Outcome, problems(x.Reply.Problems), x.Reply.Unread, tt.outcome, tt.problems)
		}
		if tt.value != nil && fmt.Sprint(x.Reply.Value) != fmt.Sprint(tt.value) {
			t.Errorf("%s: value %v, want %v", tt.name, x.Reply.Value, tt.value)
		}
		for _, p := range x.Reply.Problems {
			if p.Expected == "" || p.Got == "" || p.At.Line == 0 {
				t.Errorf("%s: the problem says too little: %+v", tt.name, p)
			}
		}
	}
}

// The simulator understands what the client sends, and the client what the simulator answers, in every form.
func TestForeignRoundTrip(t *testing.T) {
	t.Parallel()
	c := shop(t)
	credentials := mock.Credentials{"key": {Text: "k"}}
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1, Credentials: map[string]mock.Credentials{"shop": credentials}})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server)
	t.Cleanup(func() { front.Close(); _ = server.Close(context.WithoutCancel(t.Context())) })
	client, err := drive.New(drive.Config{Contract: c, Credentials: credentials, Target: front.URL})
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]record{
		"getItem":  {"id": 7, "query:id": "a", "tags": []any{"a,b", "c"}, "many": []any{1, 2}, "filter": record{"age": record{"gte": 3}}, "where": record{"a": 1}, "X-Ids": []any{1, 2}, "theme": "dark; 体"},
		"headItem": {"id": 7}, "putItem": {"id": 7, "name": "cup", "secret": "s"}, "postXML": {"name": "<cup>", "secret": "s"},
		"postForm": {"a": []any{1, 2}, "b": record{"c": 3}, "d": []any{"x", "y,z"}}, "postText": {drive.Body: "体"}, "postBytes": {drive.Body: "\x00\xff"},
	}
	for operation, values := range calls {
		x, err := client.Call(t.Context(), operation, values)
		if err != nil {
			t.Errorf("%s: %v", operation, err)
			continue
		}
		if x.Outcome != drive.OK || len(x.Reply.Problems) > 0 {
			t.Errorf("%s: %s %d %s, diagnosis %s\n%s\n%v", operation, x.Outcome, x.Reply.Status, x.Summary(), x.Reply.Diagnosis, x.Reply.Body, x.Reply.Problems)
		}
	}
}
