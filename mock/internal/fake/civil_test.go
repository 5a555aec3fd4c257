package fake

import (
	"strings"
	"testing"
	"time"
)

func TestDaysAreThoseOfTheCalendar(t *testing.T) {
	t.Parallel()
	for at := time.Date(1890, 1, 1, 0, 0, 0, 0, zone); at.Year() < 2110; at = at.AddDate(0, 0, 1) {
		d := dayAt(at)
		if got, want := string(d.appendDate(nil, '-')), at.Format(time.DateOnly); got != want {
			t.Fatalf("%d is %s, want %s", d, got, want)
		}
		if got, want := string(d.appendDigits(nil)), at.Format("20060102"); got != want {
			t.Fatalf("%d is %s, want %s", d, got, want)
		}
	}
	for _, at := range []time.Time{noon(), time.Date(1999, 12, 31, 15, 59, 59, 0, time.UTC), time.Date(1999, 12, 31, 16, 0, 0, 0, time.UTC), {}} {
		if got, want := string(dayNumber(at).appendDate(nil, '-')), dayOf(at).Format(time.DateOnly); got != want {
			t.Errorf("%v is on %s, want %s", at, got, want)
		}
	}
}

// TestAPersonIsTheSameInEveryForm holds the record's person to the one of the same key.
func TestAPersonIsTheSameInEveryForm(t *testing.T) {
	t.Parallel()
	for i := range 500 {
		r := &Record{At: noon(), Chinese: true}
		r.Turn(New(9).Index(i))
		p := r.Source.Person(PersonOptions{At: noon()})
		for name, want := range map[string]string{
			"realName": p.Name, "idCard": p.IDCard, "mobile": p.Mobile, "birthday": p.Birth.Format(time.DateOnly), "sex": p.Sex.String(), "address": p.Address,
		} {
			if got, _ := FieldNamed(name, "").Append(nil, New(1), r); string(got) != want {
				t.Errorf("%s is %s, the person's is %s", name, got, want)
			}
		}
		family, _ := FieldNamed("lastName", "").Append(nil, New(1), r)
		if given, _ := FieldNamed("firstName", "").Append(nil, New(1), r); string(family)+string(given) != p.Name {
			t.Errorf("%s and %s are not %s", family, given, p.Name)
		}
	}
}

// TestNothingMadeIsEscaped looks into every list that texts are made of.
func TestNothingMadeIsEscaped(t *testing.T) {
	t.Parallel()
	tried := 0
	check := func(name string, made Maker) {
		for i := range 300 {
			for _, chinese := range []bool{true, false} {
				r := &Record{Source: New(3).Index(i), At: noon(), Chinese: chinese}
				for _, c := range string(made(nil, New(4).Index(i), r)) {
					if c < ' ' || c == '"' || c == '\\' {
						t.Fatalf("%s has %q", name, c)
					}
				}
				tried++
			}
		}
	}
	for name, f := range fields {
		if f.text != nil {
			check(name, f.text)
		}
	}
	for name, f := range names {
		check(name, f.text)
	}
	for _, name := range Formats() {
		check(name, FormatNamed(name))
	}
	l := englishLists()
	for _, list := range append([][]string{l.first, l.last, l.city, l.state}, l.nouns...) {
		if len(list) == 0 {
			t.Error("a list is empty")
		}
		for _, text := range list {
			if strings.ContainsAny(text, "\"\\\x00\n\t") {
				t.Errorf("%q is escaped", text)
			}
			if text == "" {
				t.Error("a list has an empty text")
			}
		}
	}
	if tried == 0 {
		t.Error("nothing was tried")
	}
	for _, word := range englishWords {
		if FieldNamed(word, "") != nil {
			t.Errorf("an entry of a map that is called %s is no thing of its own", word)
		}
	}
}
