package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// counter tells how many of a number of things are done, on a terminal alone, in one line that is written over.
type counter struct {
	out      io.Writer
	speech   speech
	terminal bool
	now      func() time.Time
	last     time.Time
	written  int
}

func newCounter(out io.Writer, in speech) *counter {
	return &counter{out: out, speech: in, terminal: isTerminal(out), now: time.Now}
}

func (c *counter) at(done, all int) {
	if !c.terminal || c.now().Sub(c.last) < redrawEvery {
		return
	}
	c.last = c.now()
	text := fmt.Sprintf(c.speech.of("%d of %d exchanges", "%[2]d 次通信中的第 %[1]d 次"), done, all)
	fmt.Fprintf(c.out, "\r%s%s", text, strings.Repeat(" ", max(0, c.written-columns(text))))
	c.written = columns(text)
}

// end takes the line away.
func (c *counter) end() {
	if c.written > 0 {
		fmt.Fprintf(c.out, "\r%s\r", strings.Repeat(" ", c.written))
		c.written = 0
	}
}
