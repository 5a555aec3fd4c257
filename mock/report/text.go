package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"
)

// Bounds of the text for a terminal.
const (
	maxTextRows     = 60
	maxTextFailures = 100
)

// WriteText writes the report for a terminal, in "zh" or in English: a table of operations, the failures with the line
// that shows each again, coverage, and what was not checked. Where there are many operations, only those with a failure
// stand in the table.
func WriteText(w io.Writer, r *Report, lang string) error {
	t := &terminal{zh: lang == "zh"}
	t.table(r)
	t.failures(r)
	t.coverage(r)
	t.unchecked(r)
	t.observed(r)
	t.rest(r)
	t.conclusion(r)
	_, err := w.Write(t.bytes.Bytes())
	return err
}

type terminal struct {
	bytes bytes.Buffer
	zh    bool
}

func (t *terminal) printf(format string, args ...any) { fmt.Fprintf(&t.bytes, format, args...) }

// of picks the language.
func (t *terminal) of(en, zh string) string {
	if t.zh {
		return zh
	}
	return en
}

// partName is the name of a part as people say it.
func (t *terminal) partName(name string) string {
	if !t.zh {
		return name
	}
	switch name {
	case "positive":
		return "正向"
	case "negative":
		return "反向"
	case "flow":
		return "流程"
	case "requests":
		return "请求"
	case "replies":
		return "响应"
	}
	return name
}

func (t *terminal) table(r *Report) {
	columns := r.columns()
	if len(columns) == 0 {
		return
	}
	head := []string{t.of("operation", "操作")}
	for _, c := range columns {
		head = append(head, t.partName(c))
	}
	rows := [][]string{head}
	left := 0
	for i := range r.Operations {
		op := &r.Operations[i]
		failed := false
		row := []string{line(r.label(op), 60)}
		for _, c := range columns {
			p := op.part(c)
			failed = failed || p.tally().failed > 0
			row = append(row, t.cell(p))
		}
		if (len(r.Operations) > maxTextRows && !failed) || len(rows) > maxTextRows {
			left++
			continue
		}
		rows = append(rows, row)
	}
	if len(rows) > 1 {
		t.printf("%s", laidOut("  ", rows))
	}
	if left > 0 {
		t.printf(t.of("  %d more operations are not shown\n", "  另有 %d 个操作未列出\n"), left)
	}
	t.printf("\n")
}

func (t *terminal) cell(p *Part) string {
	n := p.tally()
	switch {
	case n.made == 0 && len(p.NotChecked) > 0:
		return t.of("not checked", "未检查")
	case n.made == 0:
		return "-"
	}
	text := fmt.Sprintf(t.of("%d ok", "%d 通过"), n.made)
	if n.failed > 0 {
		text = fmt.Sprintf(t.of("%[1]d of %[2]d FAILED", "%[2]d 中 %[1]d 失败"), n.failed, n.made)
	}
	if n.known > 0 {
		text += fmt.Sprintf(t.of(", %d known", "，%d 已知"), n.known)
	}
	return text
}

func (t *terminal) failures(r *Report) {
	shown, left := 0, 0
	add := func(title string, c *Check) {
		if shown++; shown > maxTextFailures {
			left++
			return
		}
		t.printf("%s %s\n", t.of("FAILED", "失败"), line(title, 300))
		list := c.findings()
		for i := range list {
			if i == 5 {
				t.printf(t.of("  %d more of this check\n", "  此项另有 %d 处\n"), len(list)-i)
				break
			}
			t.finding(&list[i])
		}
		t.printf("\n")
	}
	r.each(func(op *Operation, _ string, c *Check) {
		if c.Failed && !c.Known {
			add(r.label(op)+" "+c.Name, c)
		}
	})
	for i := range r.Strays {
		if s := &r.Strays[i]; s.Failed && !s.Known {
			add(s.name(), &Check{Findings: []Finding{*s.finding()}})
		}
	}
	if left > 0 {
		t.printf(t.of("%d more failures are not shown; a report of --report has them\n\n", "另有 %d 处失败未列出，见 --report 的报告\n\n"), left)
	}
}

func (t *terminal) finding(f *Finding) {
	t.printf("  %s\n", line(f.Sentence(), 1000))
	row := func(en, zh, text string) {
		if text != "" {
			t.printf("    %s: %s\n", t.of(en, zh), line(text, 2000))
		}
	}
	if f.Message != "" {
		row("expected", "应为", f.Expected)
		row("got", "实际", f.Got)
	}
	row("rule", "规则", strings.TrimSpace(f.Rule+" "+f.Keyword))
	row("contract", "契约", at(f))
	row("clause", "条款", f.Clause)
	if f.Reproduce != "" {
		t.printf("    %s:\n      %s\n", t.of("reproduce", "重现"), oneLine(f.Reproduce))
	}
}

func (t *terminal) coverage(r *Report) {
	operations, statuses, codes := r.coverage()
	if operations.of == 0 {
		return
	}
	t.printf(t.of("covered: %d of %d operations", "覆盖：操作 %d/%d"), operations.covered, operations.of)
	if statuses.of > 0 {
		t.printf(t.of(", %d of %d statuses", "，状态码 %d/%d"), statuses.covered, statuses.of)
	}
	if codes.of > 0 {
		t.printf(t.of(", %d of %d business codes", "，业务码 %d/%d"), codes.covered, codes.of)
		if names := missing(r.codes()); len(names) > 0 {
			t.printf(t.of("\n  not seen: %s", "\n  未见：%s"), line(some(names, 12, t.of(" and {n} more", " 等另 {n} 个")), 1000))
		}
	}
	t.printf("\n")
}

func (t *terminal) unchecked(r *Report) {
	list := r.unchecked()
	if len(list) == 0 {
		return
	}
	t.printf("%s\n", t.of("not checked:", "未检查："))
	for i, u := range list {
		if i == 20 {
			t.printf(t.of("  %d more reasons\n", "  另有 %d 条原因\n"), len(list)-i)
			break
		}
		t.printf("  %s: %s\n", line(u.reason, 400), line(some(u.where, 6, t.of(" and {n} more", " 等另 {n} 项")), 600))
	}
}

func (t *terminal) observed(r *Report) {
	if len(r.Observed) == 0 {
		return
	}
	t.printf("%s\n", t.of("observed, the contract leaves it open:", "观察到（契约未规定）："))
	for i, o := range r.Observed {
		if i == 20 {
			t.printf(t.of("  %d more\n", "  另有 %d 条\n"), len(r.Observed)-i)
			break
		}
		t.printf("  %s: %s\n", line(strings.TrimSpace(o.Operation+" "+o.Name), 200), line(o.Text, 600))
	}
}

func (t *terminal) rest(r *Report) {
	first := true
	for i := range r.Strays {
		s := &r.Strays[i]
		if s.Failed {
			continue
		}
		if first {
			t.printf("%s\n", t.of("calls of no operation:", "不属于任何操作的调用："))
			first = false
		}
		t.printf("  %s ×%d %s\n", line(s.name(), 200), max(s.Count, 1), line(s.Message, 300))
	}
	for _, k := range r.Mended {
		t.printf(t.of("mended, remove from the baseline: %s\n", "已修复，请从基线中删除：%s\n"), line(k.String(), 500))
	}
	for _, n := range r.Notes {
		t.printf("%s\n", line(n, 500))
	}
}

// conclusion is the last line, which a reader of a long log looks for.
func (t *terminal) conclusion(r *Report) {
	failures, checked := r.Failures(), r.Checked()
	name := line(cmp.Or(r.Contract, r.Title, t.of("contracts", "契约")), 100)
	switch {
	case checked == 0 && failures == 0:
		t.printf(t.of("%s: checked nothing", "%s：什么也没有检查"), name)
	case failures > 0:
		t.printf(t.of("%s: FAILED: %d of %s", "%s：失败：%d 项，共 %s"), name, failures, t.counted(max(checked, failures), "check", "checks", " 项检查"))
	default:
		t.printf(t.of("%s: passed: %s", "%s：通过：%s"), name, t.counted(checked, "check", "checks", " 项检查"))
	}
	if n := r.KnownFailures(); n > 0 {
		t.printf("%s%s", t.of(", ", "，"), t.counted(n, "known failure", "known failures", " 项已知失败"))
	}
	exchanges := t.counted(r.Requests, "exchange", "exchanges", " 次交互")
	t.printf(t.of(", %s, seed %d, %s\n", "，%s，种子 %d，%s\n"), exchanges, r.Seed, r.Duration.Round(time.Millisecond))
}

// counted is a number with what it counts.
func (t *terminal) counted(n int, one, many, zh string) string {
	if t.zh {
		return strconv.Itoa(n) + zh
	}
	return counted(n, one, many)
}

// laidOut puts rows in columns, two spaces apart, each line indented.
func laidOut(indent string, rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], across(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		text := indent
		for i, cell := range row {
			text += cell + strings.Repeat(" ", widths[i]-across(cell)+2)
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
	return b.String()
}

// across counts the columns of a terminal that a text takes: Chinese characters take two.
func across(text string) int {
	n := 0
	for _, r := range text {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			if !unicode.In(r, unicode.Mn, unicode.Me) {
				n++
			}
		}
	}
	return n
}
