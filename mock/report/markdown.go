package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Bounds of a Markdown report: a comment on a pull request takes 65,536 characters, and what is long is folded.
const (
	maxMarkdown  = 60_000
	foldAfter    = 10
	maxRows      = 200
	maxDetailed  = 50
	maxUnchecked = 100
)

// WriteMarkdown writes a summary for people: a comment on a pull request, a job's summary page. Long lists are folded,
// and what would make it longer than a comment may be is counted.
func WriteMarkdown(w io.Writer, r *Report) error {
	m := &markdown{}
	m.head(r)
	m.summary(r)
	m.findings(r)
	m.coverage(r)
	m.unchecked(r)
	m.observed(r)
	m.rest(r)
	_, err := w.Write(m.bytes.Bytes())
	return err
}

type markdown struct{ bytes bytes.Buffer }

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(&m.bytes, format, args...) }

// full says that no more details fit.
func (m *markdown) full() bool { return m.bytes.Len() > maxMarkdown-8000 }

func (m *markdown) head(r *Report) {
	failures, checked := r.Failures(), r.Checked()
	state := "passed"
	switch {
	case checked == 0 && failures == 0:
		state = "checked nothing"
	case failures > 0:
		state = "failed"
	}
	m.printf("## %s: %s %s\n\n", prose(cmp.Or(r.Tool, "understudy")), prose(cmp.Or(r.Contract, "contracts")), state)
	m.printf("%s, %s", counted(checked, "check", "checks"), counted(failures, "failure", "failures"))
	if n := r.KnownFailures(); n > 0 {
		m.printf(", %d known", n)
	}
	m.printf(" · %s", counted(r.Requests, "exchange", "exchanges"))
	if r.Target != "" {
		m.printf(" · %s", code(r.Target))
	}
	m.printf(" · seed %d · %s\n\n", r.Seed, r.Duration.Round(time.Millisecond))
	for _, n := range r.Notes {
		m.printf("> %s\n", prose(n))
	}
	if len(r.Notes) > 0 {
		m.printf("\n")
	}
}

// summary is the table of operations. Where there are many, those without a failure are folded.
func (m *markdown) summary(r *Report) {
	columns := r.columns()
	if len(r.Operations) == 0 || len(columns) == 0 {
		return
	}
	var bad, good []*Operation
	for i := range r.Operations {
		op := &r.Operations[i]
		failed := 0
		for _, p := range op.Parts() {
			failed += p.tally().failed
		}
		if failed > 0 || len(r.Operations) <= foldAfter {
			bad = append(bad, op)
		} else {
			good = append(good, op)
		}
	}
	if len(bad) > 0 {
		m.table(r, columns, bad)
	}
	if len(good) > 0 {
		m.fold(counted(len(good), "operation", "operations")+" without a failure", func() { m.table(r, columns, good) })
	}
}

func (m *markdown) table(r *Report, columns []string, list []*Operation) {
	m.printf("| Operation |")
	for _, c := range columns {
		m.printf(" %s |", c)
	}
	m.printf("\n| --- |%s\n", strings.Repeat(" --- |", len(columns)))
	for i, op := range list {
		if i == maxRows {
			m.printf("\n%d more are not shown.\n", len(list)-i)
			break
		}
		m.printf("| %s %s |", cellCode(r.label(op)), cellCode(op.Method+" "+op.Path))
		for _, c := range columns {
			m.printf(" %s |", cell(op.part(c)))
		}
		m.printf("\n")
	}
	m.printf("\n")
}

// cell says how a part went.
func cell(p *Part) string {
	t := p.tally()
	switch {
	case t.made == 0 && len(p.NotChecked) > 0:
		return "not checked"
	case t.made == 0:
		return "–"
	}
	text := strconv.Itoa(t.made) + " ok"
	if t.failed > 0 {
		text = fmt.Sprintf("**%d of %d failed**", t.failed, t.made)
	}
	if t.known > 0 {
		text += fmt.Sprintf(", %d known", t.known)
	}
	return text
}

func (m *markdown) findings(r *Report) {
	n := r.Failures()
	if n == 0 {
		return
	}
	m.printf("### Failures\n\n")
	shown := 0
	add := func(label string, c *Check) {
		if shown >= maxDetailed || m.full() {
			return
		}
		shown++
		m.failure(label, c, shown > foldAfter)
	}
	r.each(func(op *Operation, _ string, c *Check) {
		if c.Failed && !c.Known {
			add(r.label(op), c)
		}
	})
	for i := range r.Strays {
		if s := &r.Strays[i]; s.Failed && !s.Known {
			add("", &Check{Name: s.name(), Failed: true, Findings: []Finding{*s.finding()}})
		}
	}
	if n > shown {
		m.printf("%s not shown here.\n\n", counted(n-shown, "more failure is", "more failures are"))
	}
}

// failure tells one failed check.
func (m *markdown) failure(label string, c *Check, folded bool) {
	title := code(c.Name)
	if label != "" {
		title = code(label) + " " + title
	}
	body := func() {
		list := c.findings()
		for i := range list {
			if i == 5 {
				m.printf("- %d more of this check\n", len(list)-i)
				break
			}
			m.finding(&list[i])
		}
		m.printf("\n")
	}
	if folded {
		m.fold(htmlCode(strings.TrimSpace(label+" "+c.Name)), body)
		return
	}
	m.printf("**%s**\n\n", title)
	body()
}

func (m *markdown) finding(f *Finding) {
	m.printf("- %s\n", prose(f.Sentence()))
	row := func(name, text string) {
		if text != "" {
			m.printf("  - %s: %s\n", name, code(text))
		}
	}
	if f.Message != "" {
		row("expected", f.Expected)
		row("got", f.Got)
	}
	row("rule", strings.TrimSpace(f.Rule+" "+f.Keyword))
	row("contract", at(f))
	row("clause", f.Clause)
	if f.Reproduce != "" {
		command := oneLine(f.Reproduce)
		fence := fence(command, "```")
		m.printf("  - reproduce:\n    %ssh\n    %s\n    %s\n", fence, command, fence)
	}
}

func (m *markdown) coverage(r *Report) {
	operations, statuses, codes := r.coverage()
	if operations.of == 0 {
		return
	}
	m.printf("### Coverage\n\n| | seen | declared |\n| --- | --- | --- |\n| operations | %d | %d |\n", operations.covered, operations.of)
	if statuses.of > 0 {
		m.printf("| statuses | %d | %d |\n", statuses.covered, statuses.of)
	}
	if codes.of > 0 {
		m.printf("| business codes | %d | %d |\n", codes.covered, codes.of)
	}
	m.printf("\n")
	var rows []string
	for i := range r.Operations {
		op := &r.Operations[i]
		if list := missing(op.Statuses); len(list) > 0 && op.checked() {
			rows = append(rows, code(r.label(op))+": "+code(strings.Join(list, ", ")))
		}
	}
	m.list(counted(statuses.of-statuses.covered, "status", "statuses")+" not seen", rows)
	rows = nil
	for _, name := range missing(r.codes()) {
		rows = append(rows, code(name))
	}
	m.list(counted(len(rows), "business code", "business codes")+" not seen", rows)
}

func (m *markdown) unchecked(r *Report) {
	var rows []string
	for _, u := range r.unchecked() {
		rows = append(rows, prose(u.reason)+": "+code(some(u.where, 20, " and {n} more")))
	}
	if len(rows) == 0 {
		return
	}
	m.printf("### Not checked\n\n")
	m.list(counted(len(rows), "reason", "reasons"), rows)
}

func (m *markdown) observed(r *Report) {
	var rows []string
	for _, o := range r.Observed {
		rows = append(rows, code(strings.Trim(o.Operation+" "+o.Name, " "))+": "+prose(o.Text))
	}
	if len(rows) == 0 {
		return
	}
	m.printf("### Observed\n\nThe contract leaves these open; none is a failure.\n\n")
	m.list(counted(len(rows), "observation", "observations"), rows)
}

// rest tells the strays that fail nothing, and what the baseline needs no more.
func (m *markdown) rest(r *Report) {
	var rows []string
	for i := range r.Strays {
		if s := &r.Strays[i]; !s.Failed {
			rows = append(rows, code(s.name())+": "+prose(cmp.Or(s.Message, "belongs to no operation"))+times(s.Count))
		}
	}
	if len(rows) > 0 {
		m.printf("### Calls of no operation\n\n")
		m.list(counted(len(rows), "call", "calls"), rows)
	}
	rows = nil
	for _, k := range r.Mended {
		rows = append(rows, code(k.String()))
	}
	if len(rows) > 0 {
		m.printf("### Mended\n\nRemove from the baseline:\n\n")
		m.list(counted(len(rows), "entry", "entries"), rows)
	}
}

// list writes rows, folded under a title where they are many.
func (m *markdown) list(title string, rows []string) {
	if len(rows) == 0 {
		return
	}
	body := func() {
		for i, row := range rows {
			if i == maxUnchecked || m.full() {
				m.printf("- %d more\n", len(rows)-i)
				break
			}
			m.printf("- %s\n", row)
		}
		m.printf("\n")
	}
	if len(rows) <= foldAfter {
		body()
		return
	}
	m.fold(title, body)
}

// fold hides what body writes behind a title, which is HTML.
func (m *markdown) fold(title string, body func()) {
	m.printf("<details><summary>%s</summary>\n\n", title)
	body()
	m.printf("</details>\n\n")
}

// code is a text as a code span, where nothing in it means anything to Markdown, in one line.
func code(text string) string {
	text = line(text, 800)
	if text == "" {
		return ""
	}
	fence := fence(text, "`")
	if fence == "`" {
		return fence + text + fence
	}
	return fence + " " + text + " " + fence
}

// cellCode is code for a table, where a bar would end the cell even within a code span.
func cellCode(text string) string { return strings.ReplaceAll(code(text), "|", `\|`) }

// fence is a row of backticks, at least as long as least, that does not stand in text.
func fence(text, least string) string {
	for strings.Contains(text, least) {
		least += "`"
	}
	return least
}

// prose is a text in which nothing means anything to Markdown or HTML, and nobody is mentioned.
func prose(text string) string {
	return proseEscapes().Replace(line(text, 1500))
}

func proseEscapes() *strings.Replacer {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "&#64;", "#", "&#35;", "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, `\`, `\\`)
}

// htmlCode is a text as code in HTML, for where Markdown is not read.
func htmlCode(text string) string {
	return "<code>" + strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(line(text, 300)) + "</code>"
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func times(n int) string {
	if n > 1 {
		return fmt.Sprintf(" (%d times)", n)
	}
	return ""
}
