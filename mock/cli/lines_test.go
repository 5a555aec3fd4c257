package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/internal/diagnosis"
)

func at(second int) time.Time { return time.Date(2026, 3, 1, 10, 0, second, 5e8, time.UTC) }

func exchange(second int) mock.Exchange {
	return mock.Exchange{
		At: at(second), Session: "default", Vendor: "zheliban", Operation: "issueToken", Method: "POST",
		Path: "/reservation/sync/token", Status: 200, Outcome: "ok",
		Parameters: []mock.Parameter{{In: "query", Name: "accessToken", Value: "hush"}},
	}
}

func TestSingleLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*mock.Exchange)
		want   string
	}{
		{"good", func(*mock.Exchange) {}, "10:00:00 POST zheliban.issueToken 200 ok"},
		{"in a session", func(e *mock.Exchange) { e.Session = "a" }, "10:00:00 [a] POST zheliban.issueToken 200 ok"},
		{"a vendor error", func(e *mock.Exchange) { e.Outcome, e.Error = "vendor-error", "invalid-data" }, "10:00:00 POST zheliban.issueToken 200 vendor-error invalid-data"},
		{"on purpose", func(e *mock.Exchange) { e.Outcome, e.Fault = "fault", &mock.Struck{ID: "f1", Kind: "cut"} }, "10:00:00 POST zheliban.issueToken 200 fault (cut, fault f1)"},
		{"no operation", func(e *mock.Exchange) {
			e.Vendor, e.Operation, e.Path, e.Status, e.Outcome, e.Error = "", "", "/x\x1b[2J\r\n%0a", 404, "refusal", "unknown-path"
		}, "10:00:00 POST (no vendor) 404 refusal on /x?[2J??%0a unknown-path"},
	}
	for _, tt := range tests {
		e := exchange(0)
		tt.change(&e)
		if got := (&lines{}).single(e); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestLinesInChinese tells what exists in both languages; operations, outcomes and ids stay.
func TestLinesInChinese(t *testing.T) {
	t.Parallel()
	e := exchange(0)
	e.Outcome, e.Error = "vendor-error", "missing-method"
	e.Diagnosis = diagnosis.New("missing-parameter", "name", "method")
	e.Warnings = append(e.Warnings, diagnosis.New("json-bom"))
	var out bytes.Buffer
	l := &lines{out: &out, speech: chinese}
	for range linesPerSecond + 1 {
		l.add(at(0), e)
	}
	l.flush()
	const first = "10:00:00 POST zheliban.issueToken 200 vendor-error missing-method: 缺少参数 method；提示 json-bom: 正文以字节序标记"
	if text := out.String(); !strings.HasPrefix(text, first) || !strings.HasSuffix(text, "\n10:00:00 本秒另有 1 次：zheliban.issueToken 1 vendor-error missing-method\n") {
		t.Errorf("told is %s", text)
	}
}

// TestSummary goes from a quiet second over a loud one to a quiet one.
func TestSummary(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := &lines{out: &out}
	told := func() []string {
		text := strings.TrimSpace(out.String())
		out.Reset()
		if text == "" {
			return nil
		}
		return strings.Split(text, "\n")
	}
	for range 60 {
		l.add(at(0), exchange(0))
	}
	if got := told(); len(got) != 50 {
		t.Fatalf("of the first second %d lines are told at once, want 50", len(got))
	}
	failed := exchange(1)
	failed.Outcome, failed.Error = "vendor-error", "unauthorized"
	other := exchange(1)
	other.Vendor, other.Operation = "eazytec", "sendMessage"
	l.add(at(1), failed)
	if got := told(); len(got) != 1 || got[0] != "10:00:00 10 more in this second: zheliban.issueToken 10 ok" {
		t.Fatalf("the first second ends with %q", got)
	}
	for range 70 {
		l.add(at(1), exchange(1))
	}
	l.add(at(1), other)
	if got := told(); got != nil {
		t.Fatalf("a second under load has single lines: %q", got)
	}
	l.tick(at(2))
	want := "10:00:01 72 more in this second: eazytec.sendMessage 1 ok; zheliban.issueToken 70 ok, 1 vendor-error unauthorized"
	if got := told(); len(got) != 1 || got[0] != want {
		t.Fatalf("the second under load is %q, want %q", got, want)
	}
	l.add(at(2), exchange(2))
	l.add(at(3), exchange(3))
	if got := told(); len(got) != 2 || got[0] != "10:00:02 1 more in this second: zheliban.issueToken 1 ok" || got[1] != "10:00:03 POST zheliban.issueToken 200 ok" {
		t.Fatalf("after the load come %q", got)
	}
	l.flush()
	if got := told(); got != nil {
		t.Errorf("nothing was left to tell, yet there is %q", got)
	}
}

// TestFeedDoesNotWait puts more than fits while nobody reads.
func TestFeedDoesNotWait(t *testing.T) {
	t.Parallel()
	f := newFeed()
	for range cap(f.exchanges) + 7 {
		f.put(exchange(0))
	}
	var out bytes.Buffer
	go f.run(&lines{out: &out})
	f.close()
	if !strings.Contains(out.String(), " 7 more are not told") {
		t.Errorf("the lost ones are not counted: …%s", out.String()[max(0, out.Len()-200):])
	}
	if strings.Contains(out.String(), "hush") {
		t.Error("a parameter is told")
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	got := table("  ", [][]string{{"a", "b"}, {"发送", "x"}, {"e\u0301é１", "last"}})
	want := "  a     b\n  发送  x\n  e\u0301é１  last\n"
	if got != want {
		t.Errorf("the table is\n%swant\n%s", got, want)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"serve", "vendors", "version"}
	for word, want := range map[string]string{"serv": "serve", "SERVE": "serve", "vendor": "vendors", "versoin": "version", "xyz": "", "": ""} {
		got := ""
		if s := meant(word, known); s != "" {
			got = strings.TrimSuffix(strings.TrimPrefix(s, "; did you mean "), "?")
		}
		if got != want {
			t.Errorf("%q is near %q, want %q", word, got, want)
		}
	}
}

func TestSampleQuotes(t *testing.T) {
	t.Parallel()
	s := sample{method: "POST", url: "http://h/p?a=b", headers: [][2]string{{"Authorization", "Bearer it's"}, {"Content-Type", "application/json"}}, body: `{"a":"it's"}`}
	if got, want := s.line("linux"), `curl -X POST 'http://h/p?a=b' -H 'Authorization: Bearer it'\''s' -H 'Content-Type: application/json' -d '{"a":"it'\''s"}'`; got != want {
		t.Errorf("for sh:\n%s\nwant\n%s", got, want)
	}
	if got, want := s.line("windows"), `Invoke-RestMethod -Method POST -Uri 'http://h/p?a=b' -Headers @{Authorization='Bearer it''s'} -ContentType 'application/json' -Body '{"a":"it''s"}'`; got != want {
		t.Errorf("for PowerShell:\n%s\nwant\n%s", got, want)
	}
}

func TestRandomShapes(t *testing.T) {
	t.Parallel()
	all := contracts(t)
	config := newSettings(all).played(all)
	randomise(all, config.Credentials)
	seen := map[string]bool{}
	for vendor, c := range config.Credentials {
		for slot, v := range c {
			n, alphabet := shapeOf(vendor, slot)
			texts := []string{v.Text}
			if len(v.Tokens) > 0 {
				texts = nil
				for _, token := range v.Tokens {
					texts = append(texts, token.Value)
				}
			}
			for _, text := range texts {
				if len(text) != n || strings.Trim(text, alphabet) != "" || seen[text] {
					t.Errorf("%s.%s is %q: want %d of %s, never the same", vendor, slot, text, n, alphabet)
				}
				seen[text] = true
			}
		}
	}
	if len(seen) < 9 {
		t.Errorf("only %d credentials were drawn", len(seen))
	}
	if _, err := mock.New(config); err != nil {
		t.Errorf("the server refuses them: %v", err)
	}
}
