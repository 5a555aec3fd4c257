package wire

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// slowMembers is what rawMembers is held to: encoding/json takes the object apart.
func slowMembers(text []byte) ([]rawMember, bool) {
	if !opensWith(text, '{') || !json.Valid(text) {
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	var list []rawMember
	for dec.More() {
		name, err := dec.Token()
		one := rawMember{}
		if err == nil {
			one.name, _ = name.(string)
			err = dec.Decode(&one.raw)
		}
		if err != nil {
			return nil, false
		}
		list = append(list, one)
	}
	return list, true
}

// slowMember finds a member by slowMembers.
func slowMember(text []byte, pointer string) (raw []byte, ok bool) {
	raw = bytes.TrimSpace(text)
	for _, name := range pointerNames(pointer) {
		list, isObject := slowMembers(raw)
		if !isObject {
			return nil, false
		}
		ok = false
		for _, one := range list {
			if one.name == name {
				raw, ok = one.raw, true
			}
		}
		if !ok {
			return nil, false
		}
	}
	return raw, true
}

func memberTexts() []string {
	return []string{
		`{}`, ` { } `, `{"a":1}`, `{"a":1,"a":2}`, `{"a":{"b":[1,{"a":"}"}]},"b":"x"} `, `{"a":1,}`, `{"a" : "\u0061\"\\" , "\u0061":null}`,
		`{"a":1}x`, `{"a":01}`, `{"a":1.}`, `{"a":-}`, `{"a":-0.5e+7}`, `{"a":tru}`, `{"a":true,"b":false,"c":null}`, `{"a":"` + "\x01" + `"}`,
		`{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\ud800"}`, "{\"a\xff\":1}", `{"a�":1}`, "{\"a\":\"\xff\"}", `[{"a":1}]`, `"a"`, ``, `{`, `{"`, `{"a`, `{"a"`, `{"a":`,
		`{"a":[}`, `{"a":[1,]}`, `{"a":[1 2]}`, `{"a":{"b":1]}`, `{"a":1 "b":2}`, `{,}`, `{"a":[[[]]],"x":[{},{"a":[]}]}`, "\u00a0{\"a\":1}", "\v{\"a\":1}\f",
		`{"a/b":1,"a~b":2,"":{"":3}}`, `{"a":` + strings.Repeat("[", 9_999) + strings.Repeat("]", 9_999) + `}`, `{"a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`,
		`{"姓名":"甲","a":{"姓名":{"b":"乙"}}}`, `{"a":1}` + "\x00",
	}
}

func memberPointers() []string {
	return []string{"", "/", "/a", "/b", "/a/b", "a", "/a~1b", "/a~0b", "//", "/姓名", "/a/姓名/b", "/a\ufffd", "/x/0"}
}

func sameMembers(t *testing.T, text []byte, pointer string) {
	t.Helper()
	raw, ok := Member(text, pointer)
	want, found := slowMember(text, pointer)
	if ok != found || !bytes.Equal(raw, want) {
		t.Errorf("Member(%.80q, %q) = %.80q, %t; encoding/json finds %.80q, %t", text, pointer, raw, ok, want, found)
	}
}

func TestMemberAgrees(t *testing.T) {
	t.Parallel()
	found := 0
	for _, text := range memberTexts() {
		list, ok := rawMembers([]byte(text))
		want, isObject := slowMembers([]byte(text))
		if ok != isObject || !cmp.Equal(list, want, cmp.AllowUnexported(rawMember{})) {
			t.Errorf("rawMembers(%.80q) = %.200q, %t; encoding/json gives %.200q, %t", text, list, ok, want, isObject)
		}
		for _, pointer := range memberPointers() {
			sameMembers(t, []byte(text), pointer)
			if _, ok := Member([]byte(text), pointer); ok && pointer != "" {
				found++
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d members were found", found)
	}
}

// FuzzMember holds the walk over an object to encoding/json.
func FuzzMember(f *testing.F) {
	for _, text := range memberTexts() {
		if len(text) < 1000 {
			f.Add([]byte(text), "/a/b")
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, pointer string) {
		before := bytes.Clone(text)
		sameMembers(t, text, pointer)
		for _, one := range memberPointers() {
			sameMembers(t, text, one)
		}
		if !bytes.Equal(before, text) {
			t.Errorf("the text %q was changed to %q", before, text)
		}
	})
}

func TestMemberAllocates(t *testing.T) {
	if underRace {
		t.Skip("allocations are counted without the race detector")
	}
	text := []byte(`{"head":{"list":[1,2,{"x":"}"}],"name":"甲"},"body":{"data":{"id":"7","rows":[{"a":1.5e3},{"a":null}]}}}`)
	if n := testing.AllocsPerRun(100, func() {
		if _, ok := Member(text, "/body/data/id"); !ok {
			t.Fatal("nothing found")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkMember(b *testing.B) {
	text := []byte(`{"sendData":{"appid":"x","body":"` + strings.Repeat("正文", 150) + `","extMap":{"source":"bench"},"msgtype":0},"from":{"userid":"u-1","usertype":1},"to":[{"userid":"u-2"}]}`)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, ok := Member(text, "/from/userid"); !ok {
			b.Fatal("nothing found")
		}
	}
}
