package cli_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerdictAtTheEnd serves, is called well or badly, and ends.
func TestVerdictAtTheEnd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path, key string
		flags           []string
		code            int
		printed         string
	}{
		{"kept", "/v1/pets", "mine", []string{"--fail-on-violation"}, 0, "passed: 1 check"},
		{"broken", "/v1/pets", "", []string{"--fail-on-violation"}, 1, "FAILED"},
		{"broken and told alone", "/v1/pets", "", nil, 0, "FAILED"},
		{"not called", "", "", []string{"--fail-on-violation"}, 0, "checked nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, map[string]string{"petstore.yaml": petStore, "parts.yaml": petParts})
			junit, md := filepath.Join(dir, "callers.xml"), filepath.Join(dir, "callers.md")
			s := serve(t, nil, append([]string{"--spec", filepath.Join(dir, "petstore.yaml"), "--vendor", "none", "--verdict", "junit=" + junit + ",md=" + md}, tt.flags...)...)
			if tt.path != "" {
				s.with(s.vendor+tt.path, "X-Key", tt.key)
			}
			if code := s.end(); code != tt.code || !strings.Contains(s.out.String(), tt.printed) {
				t.Errorf("ends with %d, want %d and %q:\n%s%s", code, tt.code, tt.printed, s.out, s.err)
			}
			for _, file := range []string{junit, md} {
				if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "listPets") {
					t.Errorf("%s: %v\n%s", file, err, text)
				}
			}
		})
	}
}

// TestVerdictFromAService asks while it goes on.
func TestVerdictFromAService(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"petstore.yaml": petStore, "parts.yaml": petParts, "token": "a-token"})
	s := serve(t, []string{"UNDERSTUDY_CONTROLTOKEN=a-token"}, "--spec", filepath.Join(dir, "petstore.yaml"), "--vendor", "none")
	code, out, failed := checked(s.ctx, "verdict", s.control, "--token", "a-token")
	if code != 2 || !strings.Contains(failed, "nobody has called") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	s.with(s.vendor+"/v1/pets", "X-Key", "mine")
	if code, out, failed = checked(s.ctx, "verdict", s.control, "--token", "a-token"); code != 0 || !strings.Contains(out, "passed: 1 check") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	s.with(s.vendor+"/v1/pets", "", "")
	report := filepath.Join(dir, "callers.sarif")
	if code, out, failed = checked(s.ctx, "verdict", s.control+"/", "--token", "a-token", "--report", "sarif="+report); code != 1 || !strings.Contains(failed, "callers broke the contracts in 1 way") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	if _, err := os.Stat(report); err != nil {
		t.Error(err)
	}
}

func TestVerdictThatIsNotToBeHad(t *testing.T) {
	t.Parallel()
	s := serve(t, []string{"UNDERSTUDY_CONTROLTOKEN=a-token"}, "--vendor", "weixiao")
	other := pets(t, "[]")
	tests := []struct {
		args []string
		want string
	}{
		{[]string{s.control}, "asks for its token: set UNDERSTUDY_CONTROLTOKEN"},
		{[]string{s.control, "--token", "wrong-token"}, "asks for its token"},
		{[]string{other.URL}, "answers 404 Not Found; the URL is that of the control listener"},
		{[]string{"http://127.0.0.1:1"}, "nothing listens there"},
		{[]string{"localhost:8741"}, "the URL is that of the control listener, such as http://localhost:8741"},
		{[]string{s.control, "more"}, "verdict takes one URL"},
		{[]string{s.control, "--report", "pdf=x"}, "no kind of report"},
	}
	for _, tt := range tests {
		code, out, failed := checked(s.ctx, append([]string{"verdict"}, tt.args...)...)
		if code != 2 || !strings.Contains(failed, tt.want) || strings.Contains(failed, "wrong-token") || strings.Count(failed, "\n") != 1 || out != "" {
			t.Errorf("%q ends with %d, want %q:\n%s%s", tt.args, code, tt.want, out, failed)
		}
	}
	if code, _ := s.with(s.vendor+"/nothing", "", ""); code != http.StatusNotFound {
		t.Errorf("the service answers %d", code)
	}
}
