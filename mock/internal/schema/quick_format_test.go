package schema

import (
	"math/rand/v2"
	"testing"

	"github.com/reugn/go-quartz/quartz"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// formatNames are all that the library knows, and some that it does not.
var formatNames = []string{"json-pointer", "relative-json-pointer", "uuid", "duration", "period", "ipv4", "ipv6", "hostname", "email", "date", "time",
	"date-time", "uri", "iri", "uri-reference", "iri-reference", "uri-template", "semver", "regex", "password", "byte", "binary", "double", "float", "idn-email", "idn-hostname", "char", "decimal", ""}

// libraryFormat is the library's own check, nil where it has none.
func libraryFormat(tb testing.TB, name string) func(any) error {
	tb.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("test:///x", map[string]any{"format": name}); err != nil {
		tb.Fatal(err)
	}
	compiled, err := c.Compile("test:///x")
	if err != nil {
		tb.Fatal(err)
	}
	if compiled.Format == nil {
		return nil
	}
	return compiled.Format.Validate
}

// TestFormatsAreTheLibrarys: what is known of a text without the library is what it says.
func TestFormatsAreTheLibrarys(t *testing.T) {
	t.Parallel()
	seeds := []string{"2026-02-28", "2024-02-29", "0000-02-29", "1900-02-29", "2026-04-31", "03:04:05Z", "23:59:60Z", "03:04:05.123+08:00", "2026-01-02T03:04:05Z", "2026-01-02t03:04:05.5-23:59",
		"0c5f3a1e-6d2b-4e8a-9c1d-2f3e4a5b6c7d", "10.0.0.255", "+1.2.3.4", "a.b+c@x-y.example.cn", "x-y.example.cn.", "a--b.cn", "https://a.cn:80/b/c.d?e=f#g", "http://[::1]/a", "//a/b", "0 0/5 9-17 ? * 2,3", "0 0 0 1 1 ? 2030", "*/5 * * * * *", "0 0 9 ? JAN-MAR MON-FRI", "0 0 9 ? 2 SUN,SAT"}
	random := rand.New(rand.NewPCG(1, 9))
	alphabet := []rune("0123456789-:.TtZz+/ab@ ?*,#%é")
	fines, checks := map[string]int{}, map[string]func(any) error{}
	for _, name := range formatNames {
		checks[name] = libraryFormat(t, name)
	}
	for range 60_000 {
		text := []rune(seeds[random.IntN(len(seeds))])
		for range random.IntN(4) {
			at := random.IntN(len(text))
			switch random.IntN(3) {
			case 0:
				text[at] = alphabet[random.IntN(len(alphabet))]
			case 1:
				text = append(text[:at:at], append([]rune{alphabet[random.IntN(len(alphabet))]}, text[at:]...)...)
			case 2:
				if len(text) > 1 {
					text = append(text[:at:at], text[at+1:]...)
				}
			}
		}
		s := string(text)
		for _, name := range formatNames {
			look, _ := usualForm(name)
			if look == nil {
				continue
			}
			found := look(s)
			if found == unknown {
				continue
			}
			if valid := checks[name](s) == nil; valid != (found == fine) {
				t.Fatalf("%s: %q is found %v, the library says %v", name, s, found, valid)
			}
			if found == fine {
				fines[name]++
			}
		}
		if isPlainCron(s) {
			fines["quartz-cron"]++
			if err := quartz.ValidateCronExpression(s); err != nil {
				t.Fatalf("%q is taken for a cron expression: %v", s, err)
			}
		}
		if isLocalTime(s) && checkDateTime(s) != nil {
			t.Fatalf("%q is taken for a local time", s)
		}
	}
	for _, name := range []string{"date", "time", "date-time", "uuid", "ipv4", "email", "hostname", "uri", "quartz-cron"} {
		if fines[name] < 100 {
			t.Errorf("only %d texts are of the format %s", fines[name], name)
		}
	}
}

// TestAssertedFormats: just those that the library asserts are asserted.
func TestAssertedFormats(t *testing.T) {
	t.Parallel()
	for _, name := range formatNames {
		look, asserted := usualForm(name)
		if asserted != (libraryFormat(t, name) != nil) || asserted != (look != nil) {
			t.Errorf("%q: asserted %v, which the library sees otherwise", name, asserted)
		}
		if !asserted {
			continue
		}
		s := compiled(t, "X: {format: "+name+"}")
		for _, text := range []string{"\"\\u0001 %zz\"", "\"P1D\"", "\"/a\"", "\"1.2.3\"", "\"(\""} {
			if got, want := s.Accepts([]byte(text), Syntax{}), s.quick.accepts(decoded(t, text)); got != want {
				t.Errorf("%s: Accepts(%s) is %v, of the value %v", name, text, got, want)
			}
		}
	}
}
