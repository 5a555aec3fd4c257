package rest_test

import (
	"errors"
	"strings"
	"testing"

	"understudy/adapters/internal/rest"
)

func TestCheckJSON(t *testing.T) {
	t.Parallel()
	for _, good := range []string{`{}`, ` [1,2.50,"\u4e2d中"] `, `null`, "{\"a\":{\"a\":1},\"A\":2}\n", strings.Repeat("[", 64) + strings.Repeat("]", 64)} {
		if err := rest.CheckJSON([]byte(good)); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "  ", "\xef\xbb\xbf{}", `{"HIDDEN":1,"HIDDEN":2}`, `{"a":{"b":1,"\u0062":2}}`, "\"HIDDEN\xff\"", `"\ud800HIDDEN"`, `{} {}`, `{}HIDDEN`, `{"a":HIDDEN}`,
		`{"a":1,}`, `[01]`, `[NaN]`, `{"a"`, strings.Repeat("[", 65) + strings.Repeat("]", 65), strings.Repeat("[", 100000),
	} {
		err := rest.CheckJSON([]byte(bad))
		var broken *rest.DecodeError
		if !errors.As(err, &broken) || strings.Contains(err.Error(), "HIDDEN") {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}

func TestFieldsAreTolerant(t *testing.T) {
	t.Parallel()
	f, err := rest.ParseObject([]byte(`{"s":"x","n":2881.00,"q":"9007199254740993","i":9007199254740993,"b":"true","e":"","z":null,"o":{},"X":1}`), "")
	if err != nil {
		t.Fatal(err)
	}
	if f.Text("s") != "x" || f.Text("n") != "2881.00" || f.Text("z") != "" || f.Text("none") != "" || f.Text("i") != "9007199254740993" {
		t.Error("text")
	}
	if f.Int("q") != 9007199254740993 || f.Int("i") != 9007199254740993 || f.IntPointer("z") != nil || f.IntPointer("e") != nil {
		t.Error("whole numbers")
	}
	if b := f.BoolPointer("b"); b == nil || !*b || f.BoolPointer("z") != nil || f.BoolPointer("e") != nil {
		t.Error("booleans")
	}
	if f.Fold("x") != "X" || f.Fold("s") != "s" || f.Fold("ſ") != "ſ" || !f.Null("z") || !f.Has("z") || f.Has("none") {
		t.Error("names")
	}
	if f.Err() != nil {
		t.Error(f.Err())
	}
	for name, read := range map[string]func(*rest.Fields){
		"/o: expected text, got object":                              func(f *rest.Fields) { f.Text("o") },
		"/n: expected a whole number of at most 64 bits, got number": func(f *rest.Fields) { f.Int("n") },
		"/s: expected true or false, got string":                     func(f *rest.Fields) { f.BoolPointer("s") },
		"/deep/0/o: expected a whole number, got object":             func(f *rest.Fields) { f.Int("o") },
	} {
		path := ""
		if strings.HasPrefix(name, "/deep") {
			path = "/deep/0"
		}
		f, err := rest.Object([]byte(`{"s":"x","n":2881.00,"o":{}}`), path)
		if err != nil {
			t.Fatal(err)
		}
		if read(f); f.Err() == nil || f.Err().Error() != name {
			t.Errorf("got %v, want %s", f.Err(), name)
		}
	}
}

func FuzzCheckJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x",null]}`, `{"a":1,"a":2}`, "\xef\xbb\xbf1", `"\ud800"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if rest.CheckJSON(text) != nil {
			return
		}
		if rest.Kind(text) == "object" {
			fields, err := rest.ParseObject(text, "")
			if err != nil {
				t.Fatalf("checked and still refused: %v", err)
			}
			for _, name := range fields.Names() {
				fields.Text(name)
				fields.Int(name)
				fields.BoolPointer(name)
			}
		}
	})
}
