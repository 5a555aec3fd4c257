package rest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"understudy/adapters/internal/rest"
)

func TestLenientMembers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // the member x, "" for a refusal
		`{"a":1,"x":[1]}`:                        `[1]`,
		`{"x":{"b":1,"b":2},"a":{}}`:             `{"b":1,"b":2}`,
		` {"x" : "` + "\xff" + `" } `:            `"` + "\xff" + `"`,
		`{"x":"\ud800"}`:                         `"\ud800"`,
		`{"x":[` + deep(70) + `]}`:               `[` + deep(70) + `]`,
		`{"a":{"b":1,"b":2},"x":1}`:              ``,
		`{"a":"` + "\xff" + `","x":1}`:           ``,
		`{"x":{"b":1,"b":2},"x":1}`:              ``,
		`{"x":{"b":1,"b":2},"` + "\xff" + `":1}`: ``,
		`{"x":{"b":1,"b":2}} {}`:                 ``,
		`{"x":{"b":1,"b":2}`:                     ``,
		`{"x":{"b":1,"b":}}`:                     ``,
		`{"x":{"b":1,"b":2},}`:                   ``,
		`[{"b":1,"b":2}]`:                        ``,
		`"` + "\xff" + `"`:                       ``,
		``:                                       ``,
		"\xef\xbb\xbf" + `{"x":1}`:               ``,
	} {
		f, err := rest.ParseObjectExcept([]byte(text), "", "x")
		if want == "" {
			if err == nil || strings.Contains(err.Error(), "\xff") {
				t.Errorf("%q is read (%v)", text, err)
			}
			continue
		}
		if err != nil || string(f.Raw("x")) != want {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if again := f.Raw("x"); !slices.Equal(again, json.RawMessage(want)) {
			t.Errorf("%q: the member has changed to %q", text, again)
		}
	}
}

func deep(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }

func TestSyntax(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		`{"a":1,"a":2}`: true, `"` + "\xff" + `"`: true, ` [1] `: true,
		``: false, ` `: false, `[1`: false, `[1] 2`: false, `{"a":}`: false, "\xef\xbb\xbf1": false,
	} {
		if err := rest.CheckSyntax([]byte(text)); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for object, want := range map[string][]string{
		`{"id":"a"}`: {"a"}, `{"id":7}`: {"7"}, `{"id":"a","x":{"id":"b"},"id":"c"}`: {"a", "c"}, `{"ID":"a"}`: nil, `{"id":null}`: nil, `{"id":""}`: nil,
		`{"id":["a"]}`: nil, `{"id":true}`: nil, `{"\u0069d":"\u0061"}`: {"a"}, `{"id":"a` + "\xff" + `"}`: {"a\ufffd"}, `["id","a"]`: nil, `null`: nil, ``: nil,
		`{"id":"a","b":}`: nil, `{"id":9007199254740993}`: {"9007199254740993"},
	} {
		if got := rest.Texts([]byte(object), "id"); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", object, got, want)
		}
	}
}

func FuzzLenient(f *testing.F) {
	for _, seed := range []string{`{"a":1,"x":[{"b":1,"b":2}]}`, `{"x":"` + "\xff" + `"}`, `{"x":1,"x":2}`, `[]`, `{"id":"a","id":7}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		strict, strictErr := rest.ParseObject(text, "")
		lenient, err := rest.ParseObjectExcept(text, "", "x")
		if strictErr == nil && (err != nil || string(strict.Raw("x")) != string(lenient.Raw("x"))) {
			t.Errorf("%q: lenient reading refuses what strict reading takes: %v", text, err)
		}
		if err == nil && rest.CheckSyntax(text) != nil {
			t.Errorf("%q is no JSON", text)
		}
		_ = rest.Texts(text, "id")
	})
}
