package cli

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/specs"
)

func (p *program) vendorsCommand() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "vendors [VENDOR...]",
		Short: "List operations, base URLs, credentials and unclear clauses",
		Long: `List what understudy serve would play: operations, base URLs and the credentials in force. Development credentials are
shown, configured ones are masked. Of vendors that are named, the unclear clauses of their documents are listed too: how they
can be read, which reading is in force (*), and the flag of serve that chooses it.

` + configurationHelp,
		Example: `  understudy vendors
  understudy vendors zheliban
  understudy vendors petstore --spec petstore.yaml
  understudy vendors --config understudy.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.vendors = args
			return p.vendors(cmd, o)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.listen, "listen", usualListen, "where the vendors would answer, `HOST:PORT`")
	o.specFlags(cmd)
	f.StringSliceVar(&o.readings, "reading", nil, "how to read an unclear `CLAUSE=READING`; may be repeated")
	f.BoolVar(&o.tls, "tls", false, "the vendors would speak HTTPS")
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	return cmd
}

func (p *program) vendors(cmd *cobra.Command, o options) error {
	s, contracts, err := p.settings(cmd, o)
	if err != nil {
		return err
	}
	if err := s.readData(contracts); err != nil {
		return err
	}
	host, port, err := parseListen(s.listen)
	if err != nil {
		return s.listen.blame(cmd, err)
	}
	server, err := mock.New(s.played(contracts))
	if err != nil {
		return s.locate(cmd, contracts, err)
	}
	number := "PORT"
	if port != 0 {
		number = strconv.Itoa(port)
	}
	base := schemeOf(s.tls) + "://" + net.JoinHostPort(callHost(host), number)
	for i, c := range contracts {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		credentials, _ := server.Credentials(c.Vendor)
		s.printVendor(p, c, credentials, base, server.Prefix(c.Vendor), mayBeBeyond(host))
		if len(o.vendors) > 0 {
			s.printUnclear(p, c)
		}
	}
	return nil
}

// printUnclear lists the unclear clauses of a contract.
func (s *settings) printUnclear(p *program, c *specs.Contract) {
	if len(c.Unclear) == 0 {
		return
	}
	fmt.Fprintf(p.stdout, "\n  %s\n", p.speech.of("UNCLEAR CLAUSES, * is in force", "UNCLEAR CLAUSES（文档未明确的条款），* 为当前采用的读法"))
	for _, u := range c.Unclear {
		chosen := s.readings[u.ID]
		fmt.Fprintf(p.stdout, "  %s  %s\n", u.ID, paragraph(p.speech.of(u.Question, u.QuestionZh)))
		fmt.Fprint(p.stdout, table("    ", unclearRows(u, chosen, p.speech)))
	}
	fmt.Fprintf(p.stdout, p.speech.of("  understudy questions %s puts these to the vendor in a letter.\n", "  understudy questions %s 可生成向厂商确认这些问题的信函。\n"), c.Vendor)
}

// unclearRows are the readings of a clause: whether each is in force, its name, the flag that chooses it and what it means.
func unclearRows(u specs.Unclear, chosen setting, say speech) [][]string {
	names := readingNames(u)
	rows := make([][]string, len(names))
	for i, name := range names {
		mark, meaning := " ", say.of("all of these are taken", "以上各种形式均接受")
		if name == chosen.text || chosen.text == "" && name == u.Default {
			mark = "*"
		}
		if i < len(u.Readings) {
			meaning = paragraph(say.of(u.Readings[i].Meaning, u.Readings[i].MeaningZh))
		}
		if name == chosen.text {
			meaning += say.of(" (chosen by ", "（来自 ") + chosen.place + say.of(")", "）")
		}
		rows[i] = []string{mark, name, flagReading + " " + u.ID + "=" + name, meaning}
	}
	return rows
}

// mayBeBeyond says whether serve might find other machines able to connect; what a name stands for it alone will know.
func mayBeBeyond(host string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return !strings.EqualFold(host, "localhost")
	}
	return !addr.Unmap().IsLoopback()
}

func (s *settings) printVendor(p *program, c *specs.Contract, credentials mock.Credentials, base, prefix string, beyond bool) {
	fmt.Fprintf(p.stdout, "%s  %s\n", c.Vendor, c.Title)
	var rows [][]string
	for _, b := range basesOf(c) {
		rows = append(rows, []string{"base URL", base + prefix + b})
	}
	if wire := wireOf(c); wire != "" {
		rows = append(rows, []string{"wire", wire})
	}
	rows = append(rows, wireRows(c, p.speech)...)
	for _, row := range s.credentialRows(c, credentials, false) {
		if beyond && row.from == "development" {
			row.value, row.from = "random", "beyond loopback, printed by serve"
		}
		rows = append(rows, []string{row.slot, row.value + " (" + row.from + ")"})
	}
	fmt.Fprint(p.stdout, table("  ", rows))
	fmt.Fprintln(p.stdout)
	operations := [][]string{{"OPERATION", "METHOD", "PATH", "WHAT IT DOES"}}
	for _, op := range c.Operations {
		operations = append(operations, []string{op.ID, methodsOf(op), pathOf(op), op.Summary})
	}
	fmt.Fprint(p.stdout, table("  ", operations))
}
