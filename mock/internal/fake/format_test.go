package fake

import (
	"encoding/base64"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/reugn/go-quartz/quartz"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	names := Formats()
	if !slices.IsSorted(names) {
		t.Error("Formats is not sorted")
	}
	match := func(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }
	within := func(layout string) func(string) bool {
		return func(text string) bool {
			at, err := time.ParseInLocation(layout, text, zone)
			return err == nil && at.Before(noon()) && at.After(noon().AddDate(-1, 0, -2))
		}
	}
	checks := map[string]func(string) bool{
		"byte":        func(s string) bool { raw, err := base64.StdEncoding.DecodeString(s); return err == nil && len(raw) > 0 },
		"cn-id-card":  func(s string) bool { _, _, err := ParseIDCard(s); return err == nil },
		"cn-mobile":   match(`^1[3-9][0-9]{9}$`),
		"cn-name":     match(`^\p{Han}{2,4}$`),
		"date":        within(time.DateOnly),
		"date-time":   func(s string) bool { return within(time.RFC3339)(s) && strings.HasSuffix(s, "+08:00") },
		"email":       func(s string) bool { a, err := mail.ParseAddress(s); return err == nil && a.Address == s },
		"hostname":    match(`^[a-z]{2,63}\.example\.com$`),
		"ipv4":        func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && a.Is4() },
		"ipv6":        func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && a.Is6() && a.String() == s },
		"quartz-cron": func(s string) bool { return quartz.ValidateCronExpression(s) == nil },
		"time":        match(`^(0[89]|1[0-7]):[0-5][0-9]:[0-5][0-9]\+08:00$`),
		"uri":         func(s string) bool { u, err := url.Parse(s); return err == nil && u.IsAbs() && len(u.Path) > 1 },
		"uuid":        match(`^[0-9a-f-]{36}$`),

		"binary":                match(`^[a-z ]{6,40}$`),
		"cn-date-time":          within(time.DateTime),
		"duration":              match(`^PT[0-9]{1,2}M$`),
		"idn-email":             match(`^[a-z]+[0-9]+@example\.com$`),
		"idn-hostname":          match(`^[a-z]{2,63}\.example\.com$`),
		"iri":                   match(`^https://[a-z]+\.example\.com/[a-z]+$`),
		"iri-reference":         match(`^/[a-z]+/[0-9]+$`),
		"json-pointer":          match(`^/[a-z]+/[0-9]$`),
		"password":              match(`^[A-Z][a-z]+-[0-9]{6}$`),
		"period":                match(`^[^/]+\+08:00/P[0-9]+D$`),
		"regex":                 func(s string) bool { _, err := regexp.Compile(s); return err == nil },
		"relative-json-pointer": match(`^[0-9]/[a-z]+$`),
		"semver":                match(`^[0-9]+\.[0-9]+\.[0-9]+$`),
		"uri-reference":         match(`^/[a-z]+/[0-9]+$`),
		"uri-template":          match(`^https://[a-z]+\.example\.com/\{id\}$`),
		"url":                   match(`^https://[a-z]+\.example\.com/[a-z]+$`),
	}
	few := []string{"duration", "regex"} // there are not many
	if len(checks) != len(names) {
		t.Errorf("%d checks for %d formats", len(checks), len(names))
	}
	for _, name := range names {
		check := checks[name]
		if check == nil {
			t.Errorf("no check for format %s", name)
			continue
		}
		seen := map[string]bool{}
		for i := range 400 {
			text, ok := New(1, name).Index(i).Format(name, noon())
			again, _ := New(1, name).Index(i).Format(name, noon())
			if !ok || text != again || !check(text) {
				t.Fatalf("format %s: %q, %q, %v", name, text, again, ok)
			}
			seen[text] = true
		}
		if !HasFormat(name) {
			t.Errorf("HasFormat does not know %s", name)
		}
		if len(seen) < 50 && !slices.Contains(few, name) || len(seen) < 5 {
			t.Errorf("format %s: only %d different texts of 400", name, len(seen))
		}
	}
	if text, ok := New(1).Format("int32", noon()); ok || text != "" || HasFormat("int32") {
		t.Errorf("unknown format gave %q", text)
	}
}

func TestChineseFormatsOfOneKeyAreOnePerson(t *testing.T) {
	t.Parallel()
	s := New(1, "record")
	p := s.Person(PersonOptions{At: noon()})
	for name, want := range map[string]string{"cn-id-card": p.IDCard, "cn-name": p.Name, "cn-mobile": p.Mobile} {
		if got, _ := s.Format(name, noon()); got != want {
			t.Errorf("%s is not the person's", name)
		}
	}
}

func TestTextKeepsItsBounds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ least, most int }{
		{0, 1}, {1, 1}, {0, 5}, {3, 3}, {0, 19}, {18, 19}, {0, 24}, {0, 25}, {20, 20}, {0, 64}, {63, 64}, {500, 500}, {500, 0}, {0, 0}, {-3, -3}, {7, 2},
	} {
		for i := range 200 {
			text := New(2, "text").Index(i).Text(tc.least, tc.most)
			n := utf8.RuneCountInString(text)
			if n == 0 || n < tc.least || tc.most >= tc.least && tc.most > 0 && n > tc.most || !utf8.ValidString(text) {
				t.Fatalf("Text(%d, %d) = %q, %d characters", tc.least, tc.most, text, n)
			}
		}
	}
	longest := 0
	for i := range 5000 {
		longest = max(longest, utf8.RuneCountInString(New(2).Index(i).Sentence()))
	}
	if longest != longestSentence {
		t.Errorf("the longest sentence has %d characters, the constant says %d", longest, longestSentence)
	}
}
