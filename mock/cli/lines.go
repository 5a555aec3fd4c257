package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"understudy/mock"
)

// linesPerSecond is how many exchanges are told one by one; what comes beyond in one second is counted.
const linesPerSecond = 50

// lines tells exchanges, one line each, or under load one line of counts for each second. It is not safe for
// concurrent use: one goroutine feeds it (see [feed]).
type lines struct {
	out    io.Writer
	speech speech

	second  time.Time // that is under way
	seen    int       // in it
	counts  map[tally]int
	counted bool // from its beginning on, since the one before was over the limit
}

// tally is what is counted as one.
type tally struct{ operation, outcome string }

// add tells an exchange that is done at now.
func (l *lines) add(now time.Time, e mock.Exchange) {
	l.tick(now)
	l.seen++
	if !l.counted && l.seen <= linesPerSecond {
		fmt.Fprintln(l.out, l.single(e))
		return
	}
	if l.counts == nil {
		l.counts = map[tally]int{}
	}
	l.counts[tally{operationName(e), outcomeName(e)}]++
}

// tick closes the second under way when now is in another one.
func (l *lines) tick(now time.Time) {
	now = now.Truncate(time.Second)
	if now.Equal(l.second) {
		return
	}
	l.flush()
	l.counted = l.seen > linesPerSecond && now.Equal(l.second.Add(time.Second))
	l.second, l.seen = now, 0
}

// flush tells what was counted.
func (l *lines) flush() {
	if len(l.counts) == 0 {
		return
	}
	total := 0
	var parts []string
	last := ""
	for _, t := range slices.SortedFunc(maps.Keys(l.counts), func(a, b tally) int {
		return cmp.Or(strings.Compare(a.operation, b.operation), cmp.Compare(l.counts[b], l.counts[a]), strings.Compare(a.outcome, b.outcome))
	}) {
		total += l.counts[t]
		part := fmt.Sprintf("%d %s", l.counts[t], t.outcome)
		if t.operation == last {
			parts[len(parts)-1] += ", " + part
			continue
		}
		last = t.operation
		parts = append(parts, t.operation+" "+part)
	}
	fmt.Fprintf(l.out, l.speech.of("%s %d more in this second: %s\n", "%s 本秒另有 %d 次：%s\n"), l.second.Format(time.TimeOnly), total, strings.Join(parts, "; "))
	l.counts = nil
}

// single is one exchange in one line: when, in which session, what was called, how it ended and why. Neither query nor
// body stand in it, and a path only where no contract knows it.
func (l *lines) single(e mock.Exchange) string {
	var b strings.Builder
	b.WriteString(e.At.Format(time.TimeOnly))
	if e.Session != "" && e.Session != "default" {
		b.WriteString(" [" + oneLine(e.Session, 64) + "]")
	}
	fmt.Fprintf(&b, " %s %s %d %s", oneLine(e.Method, 16), operationName(e), e.Status, e.Outcome)
	if e.Operation == "" {
		b.WriteString(" on " + oneLine(e.Path, 120))
	}
	if e.Error != "" {
		b.WriteString(" " + oneLine(e.Error, 80))
	}
	if e.Fault != nil {
		fmt.Fprintf(&b, l.speech.of(" (%s, fault %s)", "（%s，故障 %s）"), e.Fault.Kind, oneLine(e.Fault.ID, 64))
	}
	if told := missLines(e, l.speech); told != "" {
		b.WriteString(told)
	} else if e.Diagnosis != nil {
		b.WriteString(": " + oneLine(e.Diagnosis.Text(string(l.speech)), 400))
	}
	for _, w := range e.Warnings {
		b.WriteString(l.speech.of("; warning ", "；提示 ") + w.ID + ": " + oneLine(w.Text(string(l.speech)), 400))
	}
	return b.String()
}

func operationName(e mock.Exchange) string {
	switch {
	case e.Vendor == "":
		return "(no vendor)"
	case e.Operation == "":
		return e.Vendor + ".(no operation)"
	}
	return e.Vendor + "." + e.Operation
}

func outcomeName(e mock.Exchange) string {
	if e.Error == "" {
		return e.Outcome
	}
	return e.Outcome + " " + oneLine(e.Error, 80)
}

// feed carries exchanges from the server, which must not wait for a terminal, to [lines].
type feed struct {
	exchanges chan mock.Exchange
	lost      atomic.Int64
	stop      chan struct{}
	done      chan struct{}
}

func newFeed() *feed {
	return &feed{exchanges: make(chan mock.Exchange, 1024), stop: make(chan struct{}), done: make(chan struct{})}
}

// put never waits: what the output is too slow for is counted.
func (f *feed) put(e mock.Exchange) {
	e.Parameters, e.Request, e.Reply = nil, mock.Body{}, mock.Body{}
	select {
	case f.exchanges <- e:
	default:
		f.lost.Add(1)
	}
}

// run tells what is put, until close.
func (f *feed) run(l *lines) {
	defer close(f.done)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case e := <-f.exchanges:
			l.add(time.Now(), e)
		case now := <-ticker.C:
			l.tick(now)
			f.tellLost(l)
		case <-f.stop:
			for len(f.exchanges) > 0 {
				l.add(time.Now(), <-f.exchanges)
			}
			l.flush()
			f.tellLost(l)
			return
		}
	}
}

func (f *feed) tellLost(l *lines) {
	if n := f.lost.Swap(0); n > 0 {
		fmt.Fprintf(l.out, l.speech.of("%s %d more are not told, since the output was too slow; the journal has them\n", "%s 另有 %d 次因输出过慢未显示，可在日志接口中查看\n"), time.Now().Format(time.TimeOnly), n)
	}
}

// close ends run once it has told all that was put before.
func (f *feed) close() {
	close(f.stop)
	<-f.done
}
