package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"understudy/mock/check"
)

// progress tells how far a check is: on a terminal in one line that is written over, elsewhere in one line for each
// operation and part.
type progress struct {
	mu       sync.Mutex
	out      io.Writer
	speech   speech
	terminal bool
	now      func() time.Time

	last   check.Progress // under way
	checks int            // of it
	failed int
	begun  bool

	all, allFailed int
	written        int       // columns of the line on the terminal
	at             time.Time // it was written
}

func newProgress(out io.Writer, in speech) *progress {
	return &progress{out: out, speech: in, terminal: isTerminal(out), now: time.Now}
}

// redrawEvery bounds how often a line is written over.
const redrawEvery = 100 * time.Millisecond

// add tells a check that is done.
func (p *progress) add(one check.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begun && (one.Operation != p.last.Operation || one.Part != p.last.Part) {
		p.close()
	}
	p.begun, p.last = true, one
	p.checks++
	p.all++
	if one.Failed {
		p.failed++
		p.allFailed++
	}
	if now := p.now(); p.terminal && now.Sub(p.at) >= redrawEvery {
		p.at = now
		p.draw(fmt.Sprintf(p.speech.of("%s %d/%d %s: %d checks, %d failed, %d requests", "%s %d/%d %s：%d 项检查，%d 项失败，%d 个请求"),
			one.Part, min(one.Done+1, one.Total), one.Total, oneLine(one.Operation, 40), p.all, p.allFailed, one.Requests))
	}
}

// close ends the operation under way.
func (p *progress) close() {
	if !p.terminal {
		failed := ""
		if p.failed > 0 {
			failed = fmt.Sprintf(p.speech.of(", %d failed", "，%d 项失败"), p.failed)
		}
		fmt.Fprintf(p.out, p.speech.of("%s %s: %s%s\n", "%s %s：%s%s\n"), p.last.Part, oneLine(p.last.Operation, 80), checkCount(p.checks, p.speech), failed)
	}
	p.checks, p.failed = 0, 0
}

func checkCount(n int, say speech) string {
	if n == 1 {
		return say.of("1 check", "1 项检查")
	}
	return fmt.Sprintf(say.of("%d checks", "%d 项检查"), n)
}

// draw writes over the line on the terminal. A line that would not fit into the usual width is cut, since only one line can be
// written over.
func (p *progress) draw(text string) {
	if columns(text) > 78 {
		text = string([]rune(text)[:min(39, len([]rune(text)))]) + "…"
	}
	fmt.Fprintf(p.out, "\r%s%s", text, strings.Repeat(" ", max(0, p.written-columns(text))))
	p.written = columns(text)
}

// end takes the line away, so that what follows begins on a clean one.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begun {
		p.close()
	}
	p.begun = false
	if p.terminal && p.written > 0 {
		fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", p.written))
		p.written = 0
	}
}
