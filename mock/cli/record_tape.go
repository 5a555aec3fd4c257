package cli

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"understudy/mock/record"
	"understudy/scenarios"
)

// tape takes what the recorder hears to the file and tells it, one line each.
type tape struct {
	out    *lockedWriter
	speech speech
	file   *record.File
	broken chan struct{}
	once   sync.Once

	outside, unopened, unanswered int
}

func (t *tape) keep(x *scenarios.Exchange) error {
	if err := t.file.Add(x); err != nil {
		t.once.Do(func() { close(t.broken) }) // recording goes on no longer
		return err
	}
	t.count(x)
	fmt.Fprintln(t.out, t.line(x))
	return nil
}

func (t *tape) count(x *scenarios.Exchange) {
	if x.Operation == "" && x.Callback == "" {
		t.outside++
	}
	if record.Unopened(x) {
		t.unopened++
	}
	if x.Response.Status == 0 {
		t.unanswered++
	}
}

// line is one exchange in one line. What it shows of a path is masked by then.
func (t *tape) line(x *scenarios.Exchange) string {
	var b strings.Builder
	b.WriteString(x.At.Format(time.TimeOnly))
	switch {
	case x.Operation != "":
		b.WriteString(" " + x.Operation)
	case x.Callback != "":
		b.WriteString(t.speech.of(" callback ", " 回调 ") + x.Callback)
	default:
		fmt.Fprintf(&b, t.speech.of(" %s, no operation, on %s", " %s，不属于任何操作，路径 %s"), oneLine(x.Request.Method, 16), oneLine(x.Request.Path, 120))
	}
	fmt.Fprintf(&b, " %d %s", x.Response.Status, x.Response.Outcome)
	for _, more := range []string{x.Response.Error, x.Response.Broken} {
		if more != "" {
			b.WriteString(" " + more)
		}
	}
	fmt.Fprintf(&b, " %s", x.Took.Round(time.Millisecond))
	if record.Unopened(x) {
		b.WriteString(t.speech.of("; sealed under another key, kept without its body", "；无法用已配置的密钥解开，未保留正文"))
	}
	if x.Request.Wire.Unkept || x.Response.Wire.Unkept {
		b.WriteString(t.speech.of("; a body was not kept: too large, cut short or not to be uncompressed", "；正文过大、不完整或无法解压，未保留"))
	}
	return b.String()
}

// counted sums a recording up.
func (t *tape) counted(n int, oversize int64) string {
	parts := []string{fmt.Sprintf(t.speech.of("%d exchanges", "%d 次调用"), n)}
	if n == 1 {
		parts[0] = t.speech.of("1 exchange", "1 次调用")
	}
	for _, one := range []struct {
		n      int
		en, zh string
	}{
		{t.outside, "%d outside the contract", "%d 次不属于该契约"},
		{t.unopened, "%d not opened: their keys are others than the configured ones", "%d 次无法解开：密钥与配置不同"},
		{t.unanswered, "%d without an answer", "%d 次没有应答"},
		{int(oversize), "%d bodies not kept", "%d 个正文未保留"},
	} {
		if one.n > 0 {
			parts = append(parts, fmt.Sprintf(t.speech.of(one.en, one.zh), one.n))
		}
	}
	return strings.Join(parts, t.speech.of(", ", "，"))
}
