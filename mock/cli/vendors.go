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
		Short: "List operations, base URLs and the credentials in force",
		Long: `List what understudy serve would play: operations, base URLs and the credentials in force. Development credentials are
shown, configured ones are masked.

` + configurationHelp,
		Example: `  understudy vendors
  understudy vendors zheliban
  understudy vendors --config understudy.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.vendors = args
			return p.vendors(cmd, o)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.listen, "listen", usualListen, "where the vendors would answer, HOST:PORT")
	f.StringVar(&o.config, "config", "", "configuration `FILE` (YAML)")
	return cmd
}

func (p *program) vendors(cmd *cobra.Command, o options) error {
	s, contracts, err := p.settings(cmd, o)
	if err != nil {
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
	base := "http://" + net.JoinHostPort(callHost(host), number)
	for i, c := range contracts {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		credentials, _ := server.Credentials(c.Vendor)
		s.printVendor(p, c, credentials, base, mayBeBeyond(host))
	}
	return nil
}

// mayBeBeyond says whether serve might find other machines able to connect; what a name stands for it alone will know.
func mayBeBeyond(host string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return !strings.EqualFold(host, "localhost")
	}
	return !addr.Unmap().IsLoopback()
}

func (s *settings) printVendor(p *program, c *specs.Contract, credentials mock.Credentials, base string, beyond bool) {
	fmt.Fprintf(p.stdout, "%s  %s\n", c.Vendor, c.Title)
	var rows [][]string
	for _, b := range basesOf(c) {
		rows = append(rows, []string{"base URL", base + b})
	}
	if wire := wireOf(c); wire != "" {
		rows = append(rows, []string{"wire", wire})
	}
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
