package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/mock/cli"
)

// checked runs one command line of ours in English.
func checked(ctx context.Context, args ...string) (code int, out, failed string) {
	var stdout, stderr bytes.Buffer
	code = cli.Run(ctx, args, []string{"UNDERSTUDY_LANG=en"}, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// pets is a server that is true to the pet store, or not.
func pets(t *testing.T, body string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path != "/v1/pets":
			w.WriteHeader(http.StatusNotFound)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
		case r.Header.Get("X-Key") != "hush-hush":
			w.Header().Del("Content-Type")
			w.WriteHeader(http.StatusUnauthorized)
		default:
			_, _ = w.Write([]byte(body))
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func petFiles(t *testing.T) string {
	t.Helper()
	return folder(t, map[string]string{
		"petstore.yaml": petStore, "parts.yaml": petParts,
		"understudy.yaml": "vendors: {petstore: {apiKey: hush-hush}}\nspecs: [petstore.yaml]\n",
	})
}

func TestCheckAGoodServer(t *testing.T) {
	t.Parallel()
	dir, s := petFiles(t), pets(t, `[{"id":1}]`)
	junit := filepath.Join(dir, "report.xml")
	code, out, failed := checked(t.Context(), "check", s.URL+"/v1", "--config", filepath.Join(dir, "understudy.yaml"), "--report", "junit="+junit)
	if code != 0 || !strings.Contains(out, "petstore: passed: ") || !strings.Contains(failed, "positive listPets: ") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	text, err := os.ReadFile(junit)
	if err != nil || !bytes.Contains(text, []byte("listPets")) {
		t.Errorf("the report: %v\n%s", err, text)
	}
	if strings.Contains(out+failed+string(text), "hush") {
		t.Errorf("a secret is told:\n%s%s%s", out, failed, text)
	}
}

// TestCheckABadServer finds its mistake, keeps it in a baseline, and lets it pass then.
func TestCheckABadServer(t *testing.T) {
	t.Parallel()
	dir, s := petFiles(t), pets(t, `[{"id":"1"}]`)
	args := []string{"check", s.URL + "/v1", "--config", filepath.Join(dir, "understudy.yaml")}
	sarif, known := filepath.Join(dir, "check.sarif"), filepath.Join(dir, "known.yaml")
	code, out, failed := checked(t.Context(), append(args, "--report", "sarif="+sarif)...)
	if code != 1 || !strings.Contains(out, "FAILED petstore.listPets") && !strings.Contains(out, "FAILED listPets") || !strings.Contains(failed, "checks failed") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	if strings.Contains(out+failed, "hush") {
		t.Errorf("a secret is told:\n%s%s", out, failed)
	}
	text, err := os.ReadFile(sarif)
	if err != nil || !json.Valid(text) {
		t.Errorf("the report: %v\n%s", err, text)
	}
	if code, out, failed = checked(t.Context(), append(args, "--write-baseline", known)...); code != 0 || !strings.Contains(failed, known) {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	if code, out, failed = checked(t.Context(), append(args, "--baseline", known)...); code != 0 || !strings.Contains(out, "known failure") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
}

// TestAReportOnStandardOutput stands there alone.
func TestAReportOnStandardOutput(t *testing.T) {
	dir, s := petFiles(t), pets(t, `[{"id":1}]`)
	code, out, failed := checked(t.Context(), "check", s.URL+"/v1", "--config", filepath.Join(dir, "understudy.yaml"), "--report", "junit=-")
	if code != 0 || !strings.HasPrefix(out, "<?xml") || !strings.HasSuffix(out, "</testsuites>\n") || !strings.Contains(failed, "petstore: passed: ") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
}

// TestCheckThatCannotRun ends with 2, whatever keeps it.
func TestCheckThatCannotRun(t *testing.T) {
	t.Parallel()
	dir, s := petFiles(t), pets(t, `[]`)
	config, spec := filepath.Join(dir, "understudy.yaml"), filepath.Join(dir, "petstore.yaml")
	tests := []struct {
		args []string
		want string
	}{
		{[]string{}, "say what to check: a URL"},
		{[]string{s.URL, "more"}, "check takes one URL"},
		{[]string{s.URL}, "say which contract: --spec FILE, or --vendor"},
		{[]string{"localhost:8080", "--spec", spec}, "the URL: "},
		{[]string{s.URL, "--vendor", "zhelibn"}, "did you mean zheliban?"},
		{[]string{s.URL, "--spec", "mine=" + spec, "--vendor", "pet"}, "unknown vendor \"pet\""},
		{[]string{s.URL, "--spec", spec, "--only", "listPet"}, "did you mean listPets?"},
		{[]string{s.URL, "--spec", spec, "--report", "junt=x"}, "no kind of report"},
		{[]string{s.URL, "--spec", spec, "--report", "junit=" + filepath.Join(dir, "nowhere", "x.xml")}, "--report: "},
		{[]string{s.URL, "--spec", spec, "--report", "junit=a,md=a"}, "give each its own file"},
		{[]string{s.URL, "--spec", spec, "--baseline", filepath.Join(dir, "nothing.yaml")}, "--baseline: "},
		{[]string{s.URL, "--spec", spec, "--rate", "-1"}, "--rate is a number"},
		{[]string{s.URL, "--spec", spec, "--max-requests", "-1"}, "--max-requests is a number"},
		{[]string{s.URL, "--spec", spec, "--wait", "-1s"}, "--wait is how long"},
		{[]string{s.URL, "--spec", spec, "--wait", "soon"}, "write a duration such as 30s"},
		{[]string{s.URL, "--spec", spec, "--unsave"}, "did you mean --unsafe?"},
		{[]string{s.URL, "--config", filepath.Join(dir, "nothing.yaml")}, "--config: there is no file"},
		{[]string{"http://127.0.0.1:1", "--config", config}, "nothing listens there"},
		{[]string{"--har", filepath.Join(dir, "nothing.har"), "--config", config}, "--har: there is no file"},
		{[]string{s.URL + "/v1", "--config", config, "--only", ""}, "--only is empty"},
	}
	for _, tt := range tests {
		code, out, failed := checked(t.Context(), append([]string{"check"}, tt.args...)...)
		if code != 2 || !strings.Contains(failed, tt.want) || strings.Count(failed, "\n") != 1 || out != "" {
			t.Errorf("%q ends with %d, want %q:\n%s%s", tt.args, code, tt.want, out, failed)
		}
	}
}

// TestCheckThatChecksNothing: without a credential nothing of the pet store can be checked beyond loopback, so it is asked
// of an operation that writes.
func TestCheckThatChecksNothing(t *testing.T) {
	t.Parallel()
	writing := strings.Replace(petStore, "    get:", "    post:", 1)
	dir, s := folder(t, map[string]string{"petstore.yaml": writing, "parts.yaml": petParts}), pets(t, `[]`)
	code, out, failed := checked(t.Context(), "check", s.URL+"/v1", "--spec", filepath.Join(dir, "petstore.yaml"))
	if code != 2 || !strings.Contains(failed, "nothing was checked: ") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
}

// TestCheckThatIsInterrupted writes what was done until then.
func TestCheckThatIsInterrupted(t *testing.T) {
	t.Parallel()
	dir := petFiles(t)
	ctx, stop := context.WithCancel(t.Context())
	calls := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls++; calls == 1 {
			stop()
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("[]"))
	}))
	t.Cleanup(s.Close)
	report := filepath.Join(dir, "report.md")
	begun := time.Now()
	code, out, failed := checked(ctx, "check", s.URL+"/v1", "--config", filepath.Join(dir, "understudy.yaml"), "--report", "md="+report)
	if code != 2 || !strings.Contains(failed, "interrupted") || time.Since(begun) > 5*time.Second {
		t.Errorf("ends with %d after %s:\n%s%s", code, time.Since(begun), out, failed)
	}
	if _, err := os.Stat(report); err != nil {
		t.Error(err)
	}
}

// TestOurOwnMockIsTrue checks the simulator itself, by its development credentials, which go to loopback.
func TestOurOwnMockIsTrue(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--vendor", "zheliban")
	code, out, failed := checked(s.ctx, "check", s.vendor, "--vendor", "zheliban", "--max-requests", "60")
	if code != 0 {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
}

// TestTheFirstCheckOfAll is the one that everybody tries: a document of one's own against our own simulator, nothing
// configured.
func TestTheFirstCheckOfAll(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"petstore.yaml": petStore, "parts.yaml": petParts})
	spec := filepath.Join(dir, "petstore.yaml")
	s := serve(t, nil, "--spec", spec, "--vendor", "none")
	code, out, failed := checked(s.ctx, "check", s.vendor+"/v1", "--spec", spec)
	if code != 0 || !strings.Contains(out, "set UNDERSTUDY_PETSTORE_APIKEY") || !strings.Contains(out, "petstore: passed: ") || strings.Contains(failed, "failed") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	// A server that takes any credential although one is configured is another matter.
	liar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("X-Key") == "" {
			w.Header().Del("Content-Type")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`[{"id":1}]`))
	}))
	t.Cleanup(liar.Close)
	config := filepath.Join(petFiles(t), "understudy.yaml")
	if code, out, failed = checked(s.ctx, "check", liar.URL+"/v1", "--config", config); code != 1 || !strings.Contains(out, "token from nowhere") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
}

// TestARecordingIsChecked records what a check sends and judges that again, without a server.
func TestARecordingIsChecked(t *testing.T) {
	t.Parallel()
	dir, s := petFiles(t), pets(t, `[{"id":"1"}]`)
	config, har := filepath.Join(dir, "understudy.yaml"), filepath.Join(dir, "traffic.har")
	if code, out, failed := checked(t.Context(), "check", s.URL+"/v1", "--config", config, "--report", "har="+har); code != 1 {
		t.Fatalf("ends with %d:\n%s%s", code, out, failed)
	}
	text, err := os.ReadFile(har)
	if err != nil || bytes.Contains(text, []byte("hush")) {
		t.Fatalf("%v: a secret is recorded:\n%s", err, text)
	}
	s.Close()
	for _, args := range [][]string{{}, {s.URL + "/v1"}} {
		code, out, failed := checked(t.Context(), append([]string{"check", "--config", config, "--har", har}, args...)...)
		if code != 1 || !strings.Contains(out, "FAILED") {
			t.Errorf("%q ends with %d:\n%s%s", args, code, out, failed)
		}
	}
	if code, out, failed := checked(t.Context(), "check", "https://elsewhere.example", "--config", config, "--har", har); code != 2 || !strings.Contains(failed, "nothing was checked") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
	if err := os.WriteFile(har, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, failed := checked(t.Context(), "check", "--config", config, "--har", har); code != 2 || strings.Count(failed, "\n") != 1 {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
}

// TestALockedServerIsNotJudged says that a credential is missing, and takes no refusal of a made-up one for a mistake, nor
// for the answer to anything else.
func TestALockedServerIsNotJudged(t *testing.T) {
	t.Parallel()
	spec := filepath.Join(petFiles(t), "petstore.yaml")
	code, out, failed := checked(t.Context(), "check", pets(t, `[{"id":1}]`).URL+"/v1", "--spec", spec)
	if code != 2 || !strings.Contains(out, "none is configured; set UNDERSTUDY_PETSTORE_APIKEY") || strings.Contains(out, "FAILED") {
		t.Errorf("ends with %d:\n%s%s", code, out, failed)
	}
}

// TestWhatNoCheckCanDo is said before anything is sent.
func TestWhatNoCheckCanDo(t *testing.T) {
	t.Parallel()
	spec := filepath.Join(petFiles(t), "petstore.yaml")
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--har", "traffic.har", "--spec", spec, "--only", "listPets"}, "--only is about calls that are sent"},
		{[]string{"--har", "traffic.har", "--spec", spec, "--rate", "3"}, "--rate is about calls that are sent"},
		{[]string{"http://localhost:1", "--spec", spec, "--vendor", "zheliban"}, "--vendor zheliban is a bundled contract"},
		{[]string{"http://localhost:1", "--spec", spec, "--baseline", filepath.Join(t.TempDir(), "none.yaml")}, "makes one of what fails now\n"},
	} {
		if code, _, failed := checked(t.Context(), append([]string{"check"}, tt.args...)...); code != 2 || !strings.Contains(failed, tt.want) {
			t.Errorf("%q ends with %d: %s", tt.args, code, failed)
		}
	}
}
