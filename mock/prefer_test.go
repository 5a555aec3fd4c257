package mock

import (
	"io"
	"log"
	"testing"

	"understudy/mock/behave"
	"understudy/mock/internal/state"
)

// TestPreferences holds the reading of Prefer to RFC 7240, section 2, and RFC 9110, section 5.6.
func TestPreferences(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		headers []string
		want    string
		ok      bool
	}{
		{[]string{`error=a`}, "a", true},
		{[]string{`respond-async, error=a, wait=10`}, "a", true},
		{[]string{`return=minimal`, `ERROR="a"`}, "a", true},
		{[]string{`error = a ; strict`}, "a", true},
		{[]string{`error=a, error=b`, `error=c`}, "a", true},
		{[]string{`error="a,b;c\"d\\"`}, `a,b;c"d\`, true},
		{[]string{`error=""`}, "", true},
		{[]string{`error`}, "", true},
		{[]string{`foo; bar="x, error=b"; baz, error=a`}, "a", true},
		{[]string{`foo="a, error=b"`}, "", false},
		{[]string{`foo="\", error=b"`}, "", false},
		{[]string{`foo="never closed, error=b`}, "", false},
		{[]string{`wait=10; error=b`}, "", false},
		{[]string{`errors=b, xerror=b`}, "", false},
		{[]string{`,, ;, ""`, ``}, "", false},
		{nil, "", false},
	} {
		if got, ok := preference(tt.headers, "error"); got != tt.want || ok != tt.ok {
			t.Errorf("%q: %q, %v, want %q, %v", tt.headers, got, ok, tt.want, tt.ok)
		}
	}
}

// TestAPreferenceIsNotAppliedToACallThatFailsByItself: what the vendor has against a call goes before the wish.
func TestAPreferenceIsNotAppliedToACallThatFailsByItself(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	w, e := p.send(post(arrivalPath, jsonType, padded("development-key!", `{"serialNumber":"ZJ99"}`), "ACCESS-TOKEN", p.token(), "Prefer", "error=unauthorized"))
	if e.Error != "contact-platform" || e.Fault != nil || w.Header().Get("Preference-Applied") != "" {
		t.Errorf("outcome %s %s, fault %v, Preference-Applied %q", e.Outcome, e.Error, e.Fault, w.Header().Get("Preference-Applied"))
	}
}

// TestAPanicAppliesNoPreference: what was asked for was not what came.
func TestAPanicAppliesNoPreference(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.server.config.ErrorLog = log.New(io.Discard, "", 0)
	p.step("sendMessage", func(state.Tx, *behave.Call) (behave.Reply, error) { panic("on purpose") })
	w, _, e := p.play("eazytec sendMessage", "Prefer", "error=token-invalid")
	if e.Error != "panic" || e.Fault != nil || w.Header().Get("Preference-Applied") != "" {
		t.Errorf("outcome %s %s, fault %v, Preference-Applied %q", e.Outcome, e.Error, e.Fault, w.Header().Get("Preference-Applied"))
	}
}
