package replay

import (
	"testing"
	"time"

	"understudy/scenarios"
)

func TestInstants(t *testing.T) {
	t.Parallel()
	china := time.FixedZone("UTC+8", 8*60*60)
	c := &comparison{
		exchange: &scenarios.Exchange{At: time.Date(2026, 3, 1, 10, 0, 0, 0, china)},
		now:      time.Date(2026, 5, 4, 11, 30, 0, 0, china),
	}
	for _, tt := range []struct {
		was, got  string
		any, want bool
	}{
		{"2026-03-01 10:00:00", "2026-05-04 11:30:02", false, true},
		{"2026-03-01 10:00:00", "2026-05-04 11:31:02", false, false},
		{"2026-03-01 10:00:00", "2026-05-04 11:31:02", true, true},
		{"2026-03-02 08:00:00", "2026-05-05 08:00:00", false, true}, // by whole days
		{"2026-03-02 08:00:00", "2026-05-05 09:00:00", false, false},
		{"2026-03-02", "2026-05-05", false, true},
		{"2026-03-02", "2026-05-06", false, false},
		{"2026-03-02", "2026-03-03", false, false},
		{"2026-03-02", "2026-03-02", false, true},
		{"2026-03-02", "2026-05-05 00:00:00", false, false},
		{"2026-03-01T10:00:00+08:00", "2026-05-04T03:30:01Z", false, true},
		{"1772330400000", "1777865400100", false, true},
		{"1772330400000", "1777869400000", false, false},
		{"1772330400", "1777865401", false, true},
		{"20260301", "20260504", false, true},
		{"2026-03-01 10:00", "2026-05-04 11:31", false, true}, // told to the minute
		{"2026-03-01 10:00", "2026-05-04 11:32", false, false},
		{"yesterday", "today", true, false},
		{"2026-03-01 10:00:00", "soon", true, false},
	} {
		if got := c.instants(tt.was, tt.got, tt.any); got != tt.want {
			t.Errorf("%s and %s: %v", tt.was, tt.got, got)
		}
	}
	c.paced = 5 * time.Minute
	if !c.instants("2026-03-01 10:00:00", "2026-05-04 11:34:00", false) {
		t.Error("steps that follow each other slower")
	}
}

func TestKeyOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		flows      bool
	}{
		{"id", "1", true}, {"status", "1", false}, {"page", "10000", false}, {"page", "100000", true}, {"x", "ab", false}, {"x", "abcd", true},
		{"projectId", "7", true}, {"id", "", false}, {"id", "true", false}, {"x", "success", false},
	} {
		if _, ok := keyOf(tt.name, tt.text); ok != tt.flows {
			t.Errorf("%s=%s: %v", tt.name, tt.text, ok)
		}
	}
}

func TestChangedBody(t *testing.T) {
	t.Parallel()
	change := func(name, text string) string {
		switch name + "=" + text {
		case "id=1":
			return "57"
		case "no=17":
			return "A-1"
		case "key=old":
			return "neu \"x\""
		}
		return text
	}
	for _, tt := range []struct{ mediaType, body, want string }{
		{"application/json", `{ "id" : 1, "b":[{"id":1,"x":1}], "no":17 }`, `{ "id" : 57, "b":[{"id":57,"x":1}], "no":"A-1" }`},
		{"application/json", `{"id":"1","held":"{\"id\":1,\"z\":[1]}","t":true,"n":null}`, `{"id":"57","held":"{\"id\":57,\"z\":[1]}","t":true,"n":null}`},
		{"application/json", `[{"id":[1,2]}]`, `[{"id":[57,2]}]`},
		{"application/json", `{"key":"old","\u0069d":1}`, `{"key":"neu \"x\"","\u0069d":57}`},
		{"application/json", `{"id":1`, `{"id":1`},
		{"application/json", `1`, `1`},
		{"application/json", ``, ``},
		{"application/x-www-form-urlencoded", `id=1&x=%7B%22id%22%3A1%7D&y=a+b`, `id=57&x=%7B%22id%22%3A57%7D&y=a+b`},
		{"application/x-www-form-urlencoded", `a=b+c`, `a=b+c`},
		{"text/plain", `id=1`, `id=1`},
	} {
		r := &scenarios.Request{MediaType: tt.mediaType, Body: []byte(tt.body)}
		if got := string(changedBody(r, change)); got != tt.want {
			t.Errorf("%s\n%s, want\n%s", tt.body, got, tt.want)
		}
	}
	if got := changedPath("/v1/items/1/x%2Fy", "/items/{id}/{key}", change); got != "/v1/items/57/x%2Fy" {
		t.Errorf("the path: %s", got)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	p := newPairs()
	for was, got := range map[string]string{"隗昌": "张伟", "隗昌建": "李四", "隗": "王", "15462281204": "13812345678"} {
		if !p.match("person", was, got) {
			t.Fatalf("%s and %s do not match", was, got)
		}
	}
	p.match("id", "来电", "0")
	for text, want := range map[string]string{
		"病人隗昌建来电": "病人李四来电", "隗昌来了": "张伟来了", "隗姓": "隗姓", "15462281204, 隗昌": "13812345678, 张伟", "nobody": "nobody",
	} {
		if got := p.within("person", text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
