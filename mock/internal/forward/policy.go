package forward

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// policy is the list of allowed targets beyond loopback.
type policy struct {
	private bool
	cidrs   []netip.Prefix
	hosts   map[hostPort]bool
}

type hostPort struct {
	host string
	port uint16
}

func parsePolicy(entries []string) (policy, error) {
	p := policy{hosts: map[hostPort]bool{}}
	for _, entry := range entries {
		if err := p.add(strings.TrimSpace(entry)); err != nil {
			return policy{}, fmt.Errorf("forward target %q: %w", entry, err)
		}
	}
	return p, nil
}

func (p *policy) add(entry string) error {
	if entry == "private" {
		p.private = true
		return nil
	}
	if strings.Contains(entry, "/") {
		prefix, err := netip.ParsePrefix(entry)
		if err != nil {
			return fmt.Errorf("not a CIDR; one is written 192.168.0.0/16 or fd00::/8")
		}
		if a := prefix.Addr(); a.Is4In6() {
			if prefix.Bits() < 96 {
				return fmt.Errorf("the prefix is shorter than the 96 bits before the IPv4 address; write it as an IPv4 CIDR")
			}
			prefix = netip.PrefixFrom(a.Unmap(), prefix.Bits()-96)
		}
		if masked := prefix.Masked(); masked != prefix {
			return fmt.Errorf("bits are set behind the prefix; write %s, or %s for this address alone", masked, netip.PrefixFrom(prefix.Addr(), prefix.Addr().BitLen()))
		}
		p.cidrs = append(p.cidrs, prefix)
		return nil
	}
	if a, err := netip.ParseAddr(entry); err == nil {
		return fmt.Errorf("the port is missing; write %s for one port or %s for all", net.JoinHostPort(entry, "8080"), netip.PrefixFrom(a.WithZone(""), a.BitLen()))
	}
	name, number, err := net.SplitHostPort(entry)
	if err != nil {
		return fmt.Errorf("want private, a CIDR such as 192.168.0.0/16, or HOST:PORT such as 192.168.1.20:8080")
	}
	port, err := strconv.ParseUint(number, 10, 16)
	if err != nil || port == 0 {
		return fmt.Errorf("the port is a number from 1 to 65535")
	}
	host, addr, ok := parseHost(name)
	if !ok {
		return fmt.Errorf("not a host name or an address; names are written in ASCII, without a scheme")
	}
	if addr.IsValid() {
		if judged, _ := embedded(addr); special(judged) || special(addr) {
			return fmt.Errorf("an address with a special meaning is allowed by a CIDR only; write %s", netip.PrefixFrom(judged, judged.BitLen()))
		}
	}
	p.hosts[hostPort{host, uint16(port)}] = true
	return nil
}

// lists says whether a host is an entry with its port.
func (p policy) lists(host string, port uint16) bool { return p.hosts[hostPort{host, port}] }

// allows decides on a concrete address that a host stands for. An IPv6 address that stands for an IPv4 one is judged as
// that one, so that no rule can be gone around by spelling.
func (p policy) allows(host string, a netip.Addr, port uint16) bool {
	a = a.Unmap().WithZone("")
	judged, form := embedded(a)
	for _, cidr := range p.cidrs {
		// A wide IPv6 CIDR does not speak of IPv4 addresses; one inside the very form does.
		if cidr.Contains(judged) || form.IsValid() && cidr.Bits() >= form.Bits() && cidr.Contains(a) {
			return true
		}
	}
	switch {
	case special(judged) || special(a):
		return false
	case judged.IsLoopback() && !form.IsValid():
		// Behind a translator it would be the translator's loopback, not ours.
		return true
	case p.private && judged.IsPrivate():
		return true
	}
	return p.lists(host, port)
}

// The forms in which an IPv6 address stands for an IPv4 one.
var (
	formCompatible = netip.MustParsePrefix("::/96")        // RFC 4291 section 2.5.5.1
	formNAT64      = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052 section 2.1
	formTeredo     = netip.MustParsePrefix("2001::/32")    // RFC 4380 section 4
	form6to4       = netip.MustParsePrefix("2002::/16")    // RFC 3056 section 2
)

// embedded returns the IPv4 address that an IPv6 address leads to and the form it is written in. Other addresses are
// themselves, with no form; so is an IPv4-mapped one once unmapped, since the system itself reads it so.
func embedded(a netip.Addr) (netip.Addr, netip.Prefix) {
	a = a.Unmap()
	if a.Is4() {
		return a, netip.Prefix{}
	}
	b := a.As16()
	switch {
	case formCompatible.Contains(a) && a != netip.IPv6Unspecified() && a != netip.IPv6Loopback():
		return netip.AddrFrom4([4]byte(b[12:16])), formCompatible
	case formNAT64.Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16])), formNAT64
	case formTeredo.Contains(a):
		return netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]}), formTeredo
	case form6to4.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6])), form6to4
	}
	return a, netip.Prefix{}
}

// specials are addresses with a meaning of their own, among them where clouds keep a machine's credentials. Neither
// "private" nor a name can stand for one.
var specials = [...]netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT, RFC 6598; metadata of one cloud
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("224.0.0.0/4"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/128"),
	netip.MustParsePrefix("64:ff9b:1::/48"), // NAT64 of a site, RFC 8215
	netip.MustParsePrefix("fd00:ec2::/32"),  // metadata inside fc00::/7
	netip.MustParsePrefix("fd20:ce::/32"),
	netip.MustParsePrefix("fe80::/10"),
	netip.MustParsePrefix("fec0::/10"),
	netip.MustParsePrefix("ff00::/8"),
}

func special(a netip.Addr) bool {
	for _, p := range specials {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
