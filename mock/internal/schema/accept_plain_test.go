package schema

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"understudy/specs"
)

// What is judged as a plain text or number is judged as Validate judges it, or left to it.
func TestAcceptsPlain(t *testing.T) {
	t.Parallel()
	texts := []string{"", "a", "abc", "open", "2026-02-30", "2026-02-28", "1", "12", "体检", strings.Repeat("体", 9)}
	numbers := []string{"0", "-0", "1", "7", "1000", "1001", "2.5", "1e3", "1e400", "-3", "12345678901234567890"}
	sure := 0
	for _, raw := range []string{
		`{}`, `{"type":"string"}`, `{"type":"string","minLength":2,"maxLength":5}`, `{"type":"string","enum":["open","1"]}`, `{"type":"string","format":"date"}`,
		`{"type":"integer"}`, `{"type":"integer","minimum":1,"maximum":1000}`, `{"type":"number","multipleOf":0.5}`, `{"type":["string","integer"]}`,
		`{"anyOf":[{"type":"string"},{"type":"integer"}]}`, `{"type":"array"}`, `{"type":"integer","format":"int32"}`, `{"enum":[1,"a"]}`,
	} {
		c, err := specs.Parse("plain", "plain.json", []byte(`{"openapi":"3.1.0","info":{"title":"p","version":"1"},"paths":{},"components":{"schemas":{"X":`+raw+`}}}`))
		if err != nil {
			t.Fatal(err)
		}
		s, err := NewSet(c).Compile("/components/schemas/X")
		if err != nil {
			t.Fatal(err)
		}
		if s.TakesListsOnly() != (raw == `{"type":"array"}`) {
			t.Errorf("%s: TakesListsOnly is %v", raw, s.TakesListsOnly())
		}
		for _, text := range texts {
			if s.AcceptsText(text) {
				if sure++; s.Validate(text) != nil {
					t.Errorf("%s took the text %q", raw, text)
				}
			}
		}
		for _, text := range numbers {
			if s.AcceptsNumber(text) {
				if sure++; s.Validate(json.Number(text)) != nil {
					t.Errorf("%s took the number %s", raw, text)
				}
			}
		}
	}
	if sure < 60 {
		t.Errorf("%d texts and numbers were taken", sure)
	}
	var none *Schema
	if !none.AcceptsText("a") || !none.AcceptsNumber("1") || none.TakesListsOnly() {
		t.Error("a nil schema takes everything")
	}
}

func TestDatesAsTheCalendarHasThem(t *testing.T) {
	t.Parallel()
	for _, year := range []int{0, 4, 100, 400, 1900, 1999, 2000, 2023, 2024, 2100, 9999} {
		for month := range 14 {
			for day := range 33 {
				text := fmt.Sprintf("%04d-%02d-%02d", year, month, day)
				if _, err := time.Parse(time.DateOnly, text); (err == nil) != isDate(text) {
					t.Errorf("%s: %v, isDate %v", text, err, isDate(text))
				}
			}
		}
	}
}

func TestHexadecimalDigitsTogether(t *testing.T) {
	t.Parallel()
	for place := range 8 {
		for c := range 256 {
			text := []byte("09afAF5c")
			text[place] = byte(c)
			want := strings.IndexByte("0123456789abcdefABCDEF", byte(c)) >= 0
			if got := areHex(eightOf(string(text))); got != want {
				t.Errorf("%q: %v, want %v", text, got, want)
			}
		}
	}
	for c := range 256 {
		want := c < utf8.RuneSelf && strings.IndexByte("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", byte(c)) >= 0
		if isAlphanumeric(byte(c)) != want {
			t.Errorf("%q: isAlphanumeric is %v", rune(c), !want)
		}
	}
}

func TestRunesIn(t *testing.T) {
	t.Parallel()
	for ascii := range 20 {
		for other := range 5 {
			for _, text := range []string{strings.Repeat("a", ascii) + strings.Repeat("体", other), strings.Repeat("é", other) + strings.Repeat("a", ascii), "a\xff" + strings.Repeat("b", ascii)} {
				if got, want := runesIn(text), utf8.RuneCountInString(text); got != want {
					t.Errorf("%q: %d, want %d", text, got, want)
				}
			}
		}
	}
}

// A name stands where it is written in full, whatever is behind it and however near the end.
func TestNamesThatStand(t *testing.T) {
	t.Parallel()
	for n := range 24 {
		m := member{quoted: `"` + strings.Repeat("n", n) + `":`}
		m.edges = edgesOf(m.quoted)
		for _, behind := range []string{"", "1", `"a long text that goes on and on"`} {
			for _, before := range []string{"", "{"} {
				text := before + m.quoted + behind
				if !m.stands(text, len(before)) {
					t.Errorf("%q does not stand at %d of %q", m.quoted, len(before), text)
				}
				for i := range m.quoted {
					wrong := []byte(text)
					wrong[len(before)+i] ^= 1
					if m.stands(string(wrong), len(before)) {
						t.Errorf("%q stands at %d of %q", m.quoted, len(before), wrong)
					}
				}
				if m.stands(text[:len(before)+len(m.quoted)-1], len(before)) {
					t.Errorf("a part of %q stands", m.quoted)
				}
			}
		}
	}
	if (&member{}).stands("{}", 1) {
		t.Error("a name that is written in several ways stands")
	}
}
