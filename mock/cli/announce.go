package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/internal/authority"
	"understudy/specs"
)

// announcement is what serve prints once it listens.
type announcement struct {
	settings        *settings
	speech          speech
	server          *mock.Server
	vendor, control *endpoint
	authority       *authority.Authority // that signs for the vendors, nil without TLS
	token           string               // of the control listener, "" for none
	random          bool                 // credentials that were left out are random, not the fixed ones
	system          string               // decides the shell that calls are written for
	own             string               // how that shell finds this program
	addresses       []netip.Addr         // of this machine
}

func (a announcement) print(w io.Writer) {
	contracts := a.server.Contracts()
	say := a.speech.of
	many := "understudy plays %d vendors; Ctrl-C stops it\n"
	if len(contracts) == 1 {
		many = "understudy plays %d vendor; Ctrl-C stops it\n"
	}
	fmt.Fprintf(w, say(many, "understudy 正在扮演 %d 家厂商，按 Ctrl-C 停止\n"), len(contracts))
	for _, c := range contracts {
		a.vendorLines(w, c)
	}
	fmt.Fprintln(w)
	if rows := a.settings.worldRows(contracts); len(rows) > 0 {
		fmt.Fprint(w, table("", rows)+"\n")
	}
	a.trust(w)
	if others := a.vendor.others(a.addresses); len(others) > 0 {
		fmt.Fprintf(w, say("from other machines: %s\n", "其他机器可访问：%s\n"), strings.Join(others, ", "))
	}
	switch cmp.Or(a.vendor.without, a.control.without) {
	case loopback6:
		fmt.Fprintln(w, say("localhost is 127.0.0.1 alone: this machine has no ::1", "localhost 仅为 127.0.0.1：本机没有 ::1"))
	case loopback4:
		fmt.Fprintln(w, say("localhost is ::1 alone: this machine has no 127.0.0.1", "localhost 仅为 ::1：本机没有 127.0.0.1"))
	}
	guard := say("no token is asked for, since it is on loopback", "仅本机可访问，无需令牌")
	switch {
	case a.settings.controlToken.text != "":
		guard = fmt.Sprintf(say("Authorization: Bearer ***, configured in %s", "Authorization: Bearer ***，来自 %s"), a.settings.controlToken.place)
	case a.token != "":
		guard = "Authorization: Bearer " + a.token
	}
	fmt.Fprintf(w, "control: ready at %s (%s)\n", a.control.url(), guard)
	if others := a.control.others(a.addresses); len(others) > 0 {
		fmt.Fprintf(w, say("control from other machines: %s\n", "其他机器可访问的控制接口：%s\n"), strings.Join(others, ", "))
	}
}

// trust says how callers come to speak TLS with the vendors.
func (a announcement) trust(w io.Writer) {
	if a.authority == nil {
		return
	}
	fmt.Fprintf(w, a.speech.of("TLS: callers have to trust %s; understudy cert says how, understudy cert --hosts has lines for a hosts file\n",
		"TLS：调用方需要信任 %s；understudy cert 说明导入方法，understudy cert --hosts 输出 hosts 文件内容\n"), a.authority.File())
}

func (a announcement) vendorLines(w io.Writer, c *specs.Contract) {
	bases := basesOf(c)
	also := ""
	if len(bases) > 1 {
		var rest []string
		for _, b := range bases[1:] {
			rest = append(rest, orRoot(a.server.Prefix(c.Vendor)+b))
		}
		also = " (also below " + strings.Join(rest, ", ") + ")"
	}
	prefix := a.server.Prefix(c.Vendor)
	fmt.Fprintf(w, "\n%s: ready at %s%s\n", c.Vendor, a.vendor.url()+prefix+bases[0], also)
	credentials, development := a.server.Credentials(c.Vendor)
	rows := append(a.documentRows(c), a.prefixRows(prefix)...)
	var open []string
	for _, row := range a.settings.credentialRows(c, credentials, a.random) {
		if row.value == anyCredential {
			open = append(open, row.slot)
			continue
		}
		rows = append(rows, []string{row.slot, row.value, "(" + row.from + ")"})
	}
	if open != nil {
		rows = append(rows, []string{"credentials", fmt.Sprintf(a.speech.of("any will do for %s, since none is configured", "%s 未配置，任意凭据均可"), oneLine(strings.Join(open, ", "), 200))})
	}
	// A configured secret is never printed, so a call that needs one has a word in its place.
	shown := func(slot string) bool {
		return slices.Contains(development, slot) || a.settings.vendors[c.Vendor].from[slot] == ""
	}
	if s, ok := sampleOf(c, a.vendor.url()+prefix, credentials, shown); ok {
		if a.authority != nil {
			s.trust = a.authority.File()
		}
		rows = append(rows, []string{"try", s.line(a.system)})
	}
	if line, ok := callLine(a.own, c, a.callFlags(c), a.system); ok && !a.random {
		rows = append(rows, []string{"try", line})
	}
	if wire := wireOf(c); wire != "" {
		rows = append(rows, []string{"wire", wire})
	}
	rows = append(rows, noteRows(c, a.documentFor(c), a.speech)...)
	fmt.Fprint(w, listing(rows))
}

// callFlags are what a call has to be told to reach this server as it is configured.
func (a announcement) callFlags(c *specs.Contract) []string {
	var flags []string
	if address := a.vendor.url(); address != drive.DefaultTarget {
		flags = append(flags, "--target", address)
	}
	places := slices.Collect(maps.Values(a.settings.vendors[c.Vendor].from))
	if d := a.documentFor(c); d != nil {
		flags = append(flags, d.specFlags()...)
		places = append(places, d.from.place)
	}
	if dir := a.settings.tlsDir; a.authority != nil {
		places = append(places, dir.place)
		if dir.byFlag {
			flags = append(flags, flagTLSDir, dir.text)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(a.settings.chosenReadings([]*specs.Contract{c}))) {
		one := a.settings.readings[id]
		places = append(places, one.place)
		if one.byFlag {
			flags = append(flags, flagReading, id+"="+one.text)
		}
	}
	for _, place := range places {
		if file := regexp.MustCompile(`^(.+):\d+`).FindStringSubmatch(place); file != nil {
			return append(flags, "--config", file[1])
		}
	}
	return flags
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
		from := ""
		if v := s.vendors[c.Vendor]; v != nil { // one that joined later is not among them
			from = v.from[slot.Name]
		}
		switch {
		case from == "" && optional(slot, credentials):
			row.value, row.from = anyCredential, "none is configured"
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
