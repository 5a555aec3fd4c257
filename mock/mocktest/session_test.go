package mocktest

import (
	"regexp"
	"strings"
	"testing"
)

func TestASessionHasTheNameOfItsTest(t *testing.T) {
	t.Parallel()
	allowed := regexp.MustCompile(`^[A-Za-z0-9._-]{1,56}$`)
	cases := map[string]string{
		"TestSync":                    "TestSync",
		"TestSync/two_rows/late":      "TestSync.two_rows.late",
		"TestSync/a#01":               "TestSync.a-01-",
		"浙里办 takes what it gave":      "----takes-what-it-gave-",
		"":                            "-",
		"..":                          "..-",
		strings.Repeat("TestLong", 9): strings.Repeat("TestLong", 5) + "TestLon-",
	}
	seen := map[string]string{}
	for test, want := range cases {
		got := sessionName(test)
		if !allowed.MatchString(got) || !strings.HasPrefix(got, want) {
			t.Errorf("%q becomes %q, want %q", test, got, want)
		}
		if other, twice := seen[got]; twice {
			t.Errorf("%q and %q are both %q", test, other, got)
		}
		seen[got] = test
	}
	if sessionName("a b") == sessionName("a?b") {
		t.Error("two tests share a name")
	}
}
