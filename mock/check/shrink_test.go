package check_test

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/report"
	"understudy/specs"
)

// crash is a shelf that fails on books with a note.
func crash(t *testing.T) string {
	t.Helper()
	right := newShelf(books(t), "")
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.Contains(string(body(r)), `"note":"`) {
			http.Error(w, "out of paper", http.StatusInternalServerError)
			return
		}
		right.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL
}

func firstFinding(got *report.Report, operation, rule string) *report.Finding {
	for i := range got.Operations {
		if got.Operations[i].ID != operation {
			continue
		}
		for _, part := range got.Operations[i].Parts() {
			for _, one := range part.Checked {
				for j := range one.Findings {
					if one.Findings[j].Rule == rule {
						return &one.Findings[j]
					}
				}
			}
		}
	}
	return nil
}

// TestShrinks wants the smallest request that still fails, and a line that shows it again.
func TestShrinks(t *testing.T) {
	t.Parallel()
	config := shelfConfig(t, crash(t))
	config.Unsafe = true
	got, err := check.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	f := firstFinding(got, "addBook", "server-error")
	if f == nil {
		t.Fatal("nothing was found")
	}
	_, sent, _ := strings.Cut(f.Request, "\n")
	for _, gone := range []string{"tags", "price", "code", "copies", "printed"} {
		if strings.Contains(sent, gone) {
			t.Errorf("%s could be left out of %s", gone, sent)
		}
	}
	if !strings.Contains(sent, `"note":"`) || len(sent) > 130 {
		t.Errorf("sent %s", sent)
	}
	if f.At.Line == 0 || f.Expected == "" || f.Got == "" || strings.Contains(f.Reproduce, shelfKey) || strings.Contains(f.Reproduce, "\n") {
		t.Errorf("%+v", f)
	}
	if runtime.GOOS == "windows" {
		t.Skip("the line is one for a POSIX shell")
	}
	again := exec.CommandContext(t.Context(), "sh", "-c", f.Reproduce)
	again.Env = append(again.Environ(), "UNDERSTUDY_BOOKS_KEYS="+shelfKey)
	out, err := again.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "500 Internal") || !strings.Contains(string(out), "out of paper") {
		t.Errorf("%s\n%v %s", f.Reproduce, err, out)
	}
}

// TestCallLine wants a line for understudy itself where curl alone could not seal.
func TestCallLine(t *testing.T) {
	t.Parallel()
	one := wrong{vendor: "zheliban", reply: replaced("issueToken", `"timestamp":1`, `"timestamp":-1`)}
	v, url := one.serve(t)
	choice, err := v.contract.With(map[string]string{"Z-40": "number"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := check.Run(t.Context(), check.Config{
		Contract: choice, Credentials: v.secrets, Target: url, Header: http.Header{"X-Note": {"it's one"}}, MaxRequests: 40,
	})
	if err != nil {
		t.Fatal(err)
	}
	f := firstFinding(got, "pullReservations", "violates-contract")
	want := "understudy call zheliban 'pullReservations' --target '" + url + `' --reading 'Z-40=number' --header 'X-Note: it'\''s one'`
	if f == nil || f.Reproduce != want {
		t.Errorf("%+v", f)
	}
}

// TestNoCredentials tells what was left out for want of them.
func TestNoCredentials(t *testing.T) {
	t.Parallel()
	_, url := world(t, mock.Config{Contracts: []*specs.Contract{load(t, "zheliban")}})
	got, err := check.Run(t.Context(), check.Config{Contract: load(t, "zheliban"), Target: url, Credentials: mock.Credentials{"aesKey": {Text: "development-key!"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range got.Operations {
		if op.ID == "pullReservations" && (len(op.Positive.Checked) > 0 || len(op.Positive.NotChecked) == 0 || !strings.Contains(op.Positive.NotChecked[0].Text, "zheliban.")) {
			t.Errorf("%+v", op.Positive)
		}
	}
}
