package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"understudy/mock/check"
)

func steps() []check.Progress {
	return []check.Progress{
		{Operation: "readA", Part: "positive", Check: "plain", Total: 2, Requests: 1},
		{Operation: "readA", Part: "positive", Check: "minimum /age", Total: 2, Requests: 2, Failed: true},
		{Operation: "readB", Part: "positive", Check: "plain", Done: 1, Total: 2, Requests: 3},
		{Operation: "readA", Part: "negative", Check: "no token", Total: 2, Requests: 4},
	}
}

func TestProgressInLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out, english)
	for _, one := range steps() {
		p.add(one)
	}
	p.end()
	want := "positive readA: 2 checks, 1 failed\npositive readB: 1 check\nnegative readA: 1 check\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	out.Reset()
	p.end()
	if out.Len() > 0 {
		t.Errorf("the end is told twice: %q", &out)
	}
}

func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	p := &progress{out: &out, speech: english, terminal: true, now: func() time.Time { return now }}
	for i, one := range steps() {
		if i%2 == 1 {
			now = now.Add(redrawEvery) // else it is too soon to draw
		}
		p.add(one)
	}
	p.end()
	text := out.String()
	if strings.Contains(text, "\n") || strings.Count(text, "positive") != 2 || !strings.Contains(text, "\rnegative 1/2 readA: 4 checks, 1 failed, 4 requests") {
		t.Errorf("drawn is %q", text)
	}
	if !strings.HasSuffix(text, " \r") {
		t.Errorf("the line is left: %q", text)
	}
	for line := range strings.SplitSeq(text, "\r") {
		if columns(line) > 79 {
			t.Errorf("%q wraps", line)
		}
	}
}

func TestALongLineOfProgressIsCut(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &progress{out: &out, speech: chinese, terminal: true, now: time.Now}
	p.add(check.Progress{Operation: strings.Repeat("查询", 60), Part: "positive", Total: 1})
	for line := range strings.SplitSeq(out.String(), "\r") {
		if columns(line) > 79 {
			t.Errorf("%q has %d columns", line, columns(line))
		}
	}
	if out.Len() == 0 {
		t.Error("nothing is drawn")
	}
}
