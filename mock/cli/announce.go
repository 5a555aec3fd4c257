package cli

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/specs"
)

// announcement is what serve prints once it listens.
type announcement struct {
	settings        *settings
	server          *mock.Server
	vendor, control *endpoint
	token           string       // of the control listener, "" for none
	random          bool         // credentials that were left out are random, not the fixed ones
	system          string       // decides the shell that calls are written for
	addresses       []netip.Addr // of this machine
}

func (a announcement) print(w io.Writer) {
	contracts := a.server.Contracts()
	many := "vendors"
	if len(contracts) == 1 {
		many = "vendor"
	}
	fmt.Fprintf(w, "understudy plays %d %s; Ctrl-C stops it\n", len(contracts), many)
	for _, c := range contracts {
		a.vendorLines(w, c)
	}
	fmt.Fprintln(w)
	if others := a.vendor.others(a.addresses); len(others) > 0 {
		fmt.Fprintf(w, "from other machines: %s\n", strings.Join(others, ", "))
	}
	switch cmp.Or(a.vendor.without, a.control.without) {
	case loopback6:
		fmt.Fprintln(w, "localhost is 127.0.0.1 alone: this machine has no ::1")
	case loopback4:
		fmt.Fprintln(w, "localhost is ::1 alone: this machine has no 127.0.0.1")
	}
	guard := "no token is asked for, since it is on loopback"
	if a.token != "" {
		guard = "Authorization: Bearer " + a.token
	}
	fmt.Fprintf(w, "control: ready at %s (%s)\n", a.control.url(), guard)
	if others := a.control.others(a.addresses); len(others) > 0 {
		fmt.Fprintf(w, "control from other machines: %s\n", strings.Join(others, ", "))
	}
}

func (a announcement) vendorLines(w io.Writer, c *specs.Contract) {
	bases := basesOf(c)
	also := ""
	if len(bases) > 1 {
		var rest []string
		for _, b := range bases[1:] {
			rest = append(rest, orRoot(b))
		}
		also = " (also below " + strings.Join(rest, ", ") + ")"
	}
	fmt.Fprintf(w, "\n%s: ready at %s%s\n", c.Vendor, a.vendor.url()+bases[0], also)
	credentials, development := a.server.Credentials(c.Vendor)
	var rows [][]string
	for _, row := range a.settings.credentialRows(c, credentials, a.random) {
		rows = append(rows, []string{row.slot, row.value, "(" + row.from + ")"})
	}
	// A configured secret is never printed, so a call that needs one has a word in its place.
	shown := func(slot string) bool {
		return slices.Contains(development, slot) || a.settings.vendors[c.Vendor].from[slot] == ""
	}
	if s, ok := sampleOf(c, a.vendor.url(), credentials, shown); ok {
		rows = append(rows, []string{"try", s.line(a.system)})
	}
	if wire := wireOf(c); wire != "" {
		rows = append(rows, []string{"wire", wire})
	}
	fmt.Fprint(w, listing(rows))
}

// listing lays out rows whose last cell may be long: only the first column is aligned.
func listing(rows [][]string) string {
	flat := make([][]string, len(rows))
	for i, row := range rows {
		flat[i] = []string{row[0], strings.Join(row[1:], " ")}
	}
	return table("  ", flat)
}

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

type credentialRow struct{ slot, value, from string }

// credentialRows shows the credentials of a vendor that are in force. Configured ones are masked: who configured them
// has them, and a terminal is no place for them.
func (s *settings) credentialRows(c *specs.Contract, credentials mock.Credentials, random bool) []credentialRow {
	var rows []credentialRow
	for _, slot := range c.Slots() {
		row := credentialRow{slot: slot.Name, value: credentialText(c.Vendor, slot.Name, credentials[slot.Name]), from: "development"}
		switch from := s.vendors[c.Vendor].from[slot.Name]; {
		case from != "":
			row.value, row.from = "***", "configured in "+from
			if n := len(credentials[slot.Name].Tokens); n > 1 {
				row.value = fmt.Sprintf("*** (%d tokens)", n)
			}
		case random:
			row.from = "random, for this run"
		}
		rows = append(rows, row)
	}
	return rows
}

func credentialText(vendor, slot string, c mock.Credential) string {
	if len(c.Tokens) == 0 {
		return c.Text
	}
	a, mapped := accountOf(vendor, slot)
	var list []string
	for _, t := range c.Tokens {
		text := t.Value
		switch {
		case mapped && t.Account != "":
			text += " (" + a.what + " " + t.Account + ")"
		case mapped:
			text += " (no " + a.what + ")"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}
