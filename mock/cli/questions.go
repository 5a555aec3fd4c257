package cli

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"understudy/specs"
)

func (p *program) questionsCommand() *cobra.Command {
	var o options
	var out string
	cmd := &cobra.Command{
		Use:   "questions VENDOR",
		Short: "Write a vendor a letter about what its document leaves open",
		Long: `Write a letter to a vendor, in plain text: one question for each unclear clause of its document, the ways to read it,
and which one is assumed until the vendor answers. What is left to fill in stands in 【 】.

The letter is in Chinese, as its reader is; --lang en asks for English. A reading that is chosen (--reading, or readings in
the configuration) is the one assumed.`,
		Example: `  understudy questions zheliban
  understudy questions weixiao --lang en --out letter.txt`,
		Args: oneVendor,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.vendors = args
			s, contracts, err := p.settings(cmd, o)
			if err != nil {
				return err
			}
			say := chinese
			if cmd.Flags().Changed("lang") {
				say = p.speech
			}
			text := letter(contracts[0], s, say)
			if !cmd.Flags().Changed("out") || out == "-" {
				_, err := io.WriteString(p.stdout, text)
				return err
			}
			if err := writeFile(out, []byte(text)); err != nil {
				return fmt.Errorf("--out: %w", err)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&out, "out", "", "write the letter to `FILE` (UTF-8; - is standard output)")
	f.StringSliceVar(&o.readings, "reading", nil, "assume `CLAUSE=READING`; may be repeated")
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	return cmd
}

// oneVendor refuses anything but one word after a command.
func oneVendor(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(cmd, "%s takes one vendor, such as zheliban", cmd.Name())
	}
	return nil
}

// letter asks a vendor about every unclear clause of its document.
func letter(c *specs.Contract, s *settings, say speech) string {
	var b strings.Builder
	name, n := documentOf(c, say), len(c.Unclear)
	fmt.Fprintf(&b, say.of("Subject: %d questions about your document %s\n\n", "主题：关于%[2]s的 %[1]d 个问题\n\n"), n, name)
	fmt.Fprintf(&b, say.of(`Dear 【name】,

I am 【your name】 of 【your organisation】. We are building a client by your document %s, for these calls:

`, `【贵单位】【联系人】：

您好！我是【我方单位】的【姓名】。我们正在依据贵方文档%s进行对接，涉及以下接口：

`), name)
	for _, op := range c.Operations {
		fmt.Fprintf(&b, "  - %s %s  %s\n", op.Method, op.Path, summaryOf(op, say))
	}
	fmt.Fprintf(&b, say.of(`
The document leaves %d points open for us. A reply by number and letter, such as "1 a", is all we need. Until then we go on as each question says.
`, `
文档中有 %d 处我们无法确定，烦请逐条确认，按“1：A”的形式回复即可。在收到答复之前，我们按每条最后一行的方式处理。
`), n)
	for i, u := range c.Unclear {
		fmt.Fprintf(&b, say.of("\n%d. %s (our reference %s)\n", "\n%d. %s（我方编号 %s）\n"), i+1, paragraph(say.of(u.Question, u.QuestionZh)), u.ID)
		for j, r := range u.Readings {
			fmt.Fprintf(&b, "   %s. %s\n", letterOf(j, say), paragraph(say.of(r.Meaning, r.MeaningZh)))
		}
		fmt.Fprintf(&b, say.of("   Until we hear from you: %s\n", "   收到答复前：%s\n"), assumption(u, s.readings[u.ID].text, say))
	}
	b.WriteString(say.of(`
If there is a newer edition of the document, a test environment, or a sample of a whole call, we would be glad to have it.

Kind regards,

【your name】
【your organisation】
【telephone, e-mail】
【date】
`, `
如有更新版本的文档、测试环境，或完整的请求与响应报文示例，也请一并提供，非常感谢！

此致
敬礼

【姓名】
【我方单位】
【电话、邮箱】
【日期】
`))
	return b.String()
}

// paragraph takes out the line breaks that a text has in its contract.
func paragraph(text string) string { return strings.Join(strings.Fields(text), " ") }

// assumption is what stands until the vendor answers: the chosen reading, else the contract's.
func assumption(u specs.Unclear, chosen string, say speech) string {
	name := u.Default
	if chosen != "" {
		name = chosen
	}
	i := slices.IndexFunc(u.Readings, func(r specs.Reading) bool { return r.Name == name })
	if i >= 0 {
		return fmt.Sprintf(say.of("we assume %s.", "暂按 %s 处理。"), letterOf(i, say))
	}
	return fmt.Sprintf(say.of("what we write follows %s; where we read, we take all of them.", "我方发送时采用 %s，读取时各种形式均接受。"), letterOf(0, say))
}

func letterOf(i int, say speech) string { return string(rune(say.of("a", "A")[0]) + rune(i)) }

// documentOf names a vendor's document as its owner would: by its title and the date it bears.
func documentOf(c *specs.Contract, say speech) string {
	source := c.Source("")
	title, rest, _ := strings.Cut(source, ",")
	if title == "" {
		title = c.Title
	}
	date := regexp.MustCompile(`\d{4}-\d{2}-\d{2}`).FindString(rest)
	switch {
	case date == "":
		return say.of(`"`+title+`"`, "《"+title+"》")
	case say == chinese:
		return "《" + title + "》（" + date + "）"
	}
	return `"` + title + `" (` + date + ")"
}

// summaryOf says what an operation does; in Chinese, what stands in the brackets at the summary's end, which is the
// vendor's own name for it.
func summaryOf(op *specs.Operation, say speech) string {
	i := strings.LastIndexByte(op.Summary, '(')
	if i < 0 || !strings.HasSuffix(op.Summary, ")") {
		return op.Summary
	}
	own := strings.TrimSuffix(op.Summary[i+1:], ")")
	if say == chinese && strings.ContainsFunc(own, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return own
	}
	return op.Summary
}
