package learn

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteText writes findings for a terminal, in "zh" or in English: each unclear clause with its readings and what speaks for
// or against them, what the contract does not have, and what the overlay would change.
func WriteText(w io.Writer, f *Findings, lang string) error {
	s := say{zh: lang == "zh"}
	var b strings.Builder
	fmt.Fprintf(&b, s.of("%s: %d of %d exchanges held to the contract, %d unclear clauses\n", "%s：%[3]d 次通信中有 %[2]d 次可与契约核对，%[4]d 处不明确的条款\n"), f.Contract, f.Judged, f.Exchanges, len(f.Clauses))
	for i := range f.Clauses {
		s.clause(&b, &f.Clauses[i])
	}
	if len(f.Beyond) > 0 {
		b.WriteString(s.of("\nNot in the contract:\n", "\n契约中没有：\n"))
	}
	for _, one := range f.Beyond {
		fmt.Fprintf(&b, "  %s %s\n    %s%s\n", one.place(), one.Kind, one.tells(), s.counted(one))
	}
	if len(f.Actions) > 0 {
		fmt.Fprintf(&b, s.of("\nThe overlay would change the contract in %d places:\n", "\n修正文件（Overlay）将改动契约 %d 处：\n"), len(f.Actions))
	}
	for _, a := range f.Actions {
		fmt.Fprintf(&b, "  %s  %s\n", a.Target, s.action(a))
	}
	for i, n := range f.Notes {
		if i == 0 {
			b.WriteByte('\n')
		}
		b.WriteString(n + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// say picks the language.
type say struct{ zh bool }

func (s say) of(en, zh string) string {
	if s.zh {
		return zh
	}
	return en
}

func (s say) state(state string) string {
	switch state {
	case Confirmed:
		return s.of(state, "证实")
	case Refuted:
		return s.of(state, "否定")
	}
	return s.of(state, "未定")
}

func (s say) clause(b *strings.Builder, c *Clause) {
	fmt.Fprintf(b, "\n%s  %s\n", c.ID, s.of(c.Question, c.QuestionZh))
	fmt.Fprintf(b, "  %s\n", s.verdict(c))
	for _, r := range c.Readings {
		fmt.Fprintf(b, "  %-9s  %s: %s\n", s.state(r.State), r.Name, s.of(r.Meaning, r.MeaningZh))
		for _, e := range r.Against {
			fmt.Fprintf(b, "             %s\n", e)
		}
		if n := r.Count - len(r.Against); n > 0 {
			fmt.Fprintf(b, s.of("             and %d more\n", "             另有 %d 次\n"), n)
		}
		for _, e := range r.For {
			fmt.Fprintf(b, "             %s\n", e)
		}
		if r.State == Open && r.Decide != "" {
			fmt.Fprintf(b, s.of("             would be decided by %s\n", "             可由此判定：%s\n"), s.of(r.Decide, r.DecideZh))
		}
	}
}

// verdict says in a line what was proved of a clause.
func (s say) verdict(c *Clause) string {
	switch {
	case c.Contradicted:
		return s.of("No reading explains what was heard.", "没有一种理解能解释所录内容。")
	case c.Reading == "":
		return fmt.Sprintf(s.of("Not decided; the contract reads it as %s.", "尚未判定；契约按 %s 处理。"), c.Default)
	case c.Reading == c.Default && c.Reading == anyReading:
		return s.of("Every form is taken, as the contract has it.", "各种形式均被接受，与契约一致。")
	case c.Reading == c.Default:
		return fmt.Sprintf(s.of("It is %s, as the contract has it.", "应为 %s，与契约一致。"), c.Reading)
	case c.OthersUntried:
		return fmt.Sprintf(s.of("It is %s; whether the other forms are taken as well was not tried.", "应为 %s；其他形式是否也被接受，尚未尝试。"), c.Reading)
	}
	return fmt.Sprintf(s.of("It is %s, where the contract has %s.", "应为 %s，而契约为 %s。"), c.Reading, c.Default)
}

// String names the exchange and says what it shows.
func (e Evidence) String() string {
	place := e.Side
	if e.Operation != "" {
		place += " of " + e.Operation
	}
	if e.Pointer != "" {
		place += " at " + e.Pointer
	}
	return fmt.Sprintf("exchange %d of %s, %s: %s", e.Exchange, e.Source, place, e.What)
}

func (b Beyond) place() string {
	text := b.Operation + " " + b.Side
	if b.Pointer != "" {
		text += " " + b.Pointer
	}
	return text
}

func (s say) counted(b Beyond) string {
	text := fmt.Sprintf(s.of(" (exchange %d of %s", "（%[2]s 第 %[1]d 次通信"), b.First.Exchange, b.First.Source)
	if b.Count > 1 {
		text += fmt.Sprintf(s.of("; %d times", "；共 %d 次"), b.Count)
	}
	if !b.Corrected {
		text += s.of("; not in the overlay", "；未写入修正文件")
	}
	return text + s.of(")", "）")
}

func (s say) action(a Action) string {
	if a.Remove {
		return s.of("remove", "删除")
	}
	text, err := json.Marshal(a.Update)
	if err != nil {
		return s.of("update", "更新")
	}
	if r := []rune(string(text)); len(r) > 160 {
		text = []byte(string(r[:160]) + "…")
	}
	return s.of("update ", "更新 ") + string(text)
}

// WriteMarkdown writes findings as Markdown: tables for a comment or a page.
func WriteMarkdown(w io.Writer, f *Findings, lang string) error {
	s := say{zh: lang == "zh"}
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n", s.of("What was learned of ", "所得结论：")+cell(f.Contract))
	fmt.Fprintf(&b, s.of("%d of %d exchanges held to the contract.\n\n", "%[2]d 次通信中有 %[1]d 次可与契约核对。\n\n"), f.Judged, f.Exchanges)
	if len(f.Clauses) > 0 {
		b.WriteString(s.of("| Clause | Reading | State | Evidence |\n| --- | --- | --- | --- |\n", "| 条款 | 理解 | 结论 | 依据 |\n| --- | --- | --- | --- |\n"))
	}
	for _, c := range f.Clauses {
		for _, r := range c.Readings {
			why := s.of(r.Decide, r.DecideZh)
			for _, e := range append(append([]Evidence(nil), r.Against...), r.For...) {
				why = e.String()
				break
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", cell(c.ID), cell(r.Name), s.state(r.State), cell(why))
		}
	}
	if len(f.Beyond) > 0 {
		b.WriteString(s.of("\n| Operation | Place | Kind | Heard | Times | Corrected |\n| --- | --- | --- | --- | --- | --- |\n", "\n| 接口 | 位置 | 类别 | 所录 | 次数 | 已修正 |\n| --- | --- | --- | --- | --- | --- |\n"))
	}
	for _, one := range f.Beyond {
		fmt.Fprintf(&b, "| %s | %s %s | %s | %s | %d | %t |\n", cell(one.Operation), one.Side, cell(one.Pointer), one.Kind, cell(one.tells()), one.Count, one.Corrected)
	}
	if len(f.Actions) > 0 {
		fmt.Fprintf(&b, s.of("\nThe overlay would change the contract in %d places:\n\n", "\n修正文件（Overlay）将改动契约 %d 处：\n\n"), len(f.Actions))
	}
	for _, a := range f.Actions {
		fmt.Fprintf(&b, "- `%s` %s\n", strings.ReplaceAll(a.Target, "`", "'"), cell(s.action(a)))
	}
	for _, n := range f.Notes {
		fmt.Fprintf(&b, "\n> %s\n", cell(n))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cell makes a text fit into a table of Markdown.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ", "<", "&lt;", "`", "'", "*", `\*`, "_", `\_`).Replace(text)
}
