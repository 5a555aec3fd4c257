package cli

import (
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"understudy/specs"
)

// auditor tells what is found out about documents of the user's own when all of them is compiled: examples that break their
// schema, operations that cannot be answered. That takes its time with a large document, so it runs beside everything else.
type auditor struct {
	mu     sync.Mutex
	audit  func() []specs.Note
	out    io.Writer
	speech speech
	now    func() time.Time
}

// audited is a document as it is when an audit begins.
type audited struct {
	name, lint string
	files      []string
}

// begin audits documents of the user's own, and tells of each the first few notes.
func (a *auditor) begin(list ...*document) {
	var of []audited
	for _, d := range list {
		if d.file != "" {
			of = append(of, audited{d.name, lintLine(d), d.files()})
		}
	}
	if len(of) > 0 {
		go a.tell(of)
	}
}

func (a *auditor) tell(list []audited) {
	a.mu.Lock()
	defer a.mu.Unlock()
	notes := a.audit()
	defer debug.FreeOSMemory() // a large document leaves much behind that is never needed again
	for _, d := range list {
		n := 0
		for _, note := range notes {
			if !slices.Contains(d.files, note.At.File) {
				continue
			}
			if n++; n <= mostNotes {
				a.line(d.name, note.At.String()+": "+oneLine(note.Text, 400))
			}
		}
		if n > mostNotes {
			a.line(d.name, fmt.Sprintf(a.speech.of("… %d more: %s", "… 另有 %d 条：%s"), n-mostNotes, d.lint))
		}
	}
}

func (a *auditor) line(name, text string) {
	fmt.Fprintf(a.out, "%s %s%s: %s\n", a.now().Format(time.TimeOnly), a.speech.of("contract ", "契约 "), name, text)
}
