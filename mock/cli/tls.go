package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/internal/authority"
	"understudy/specs"
)

// hostsOf are the hosts of a contract's servers, names and addresses, each once.
func hostsOf(contracts []*specs.Contract) []string {
	var hosts []string
	for _, c := range contracts {
		for _, host := range serverHosts(c) {
			if !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

func serverHosts(c *specs.Contract) []string {
	servers, _ := c.Value("/servers")
	list, _ := servers.([]any)
	var hosts []string
	for _, one := range list {
		server, _ := one.(map[string]any)
		text, _ := server["url"].(string)
		// A server may be a path alone, and its host may have a variable in it.
		if u, err := url.Parse(text); err == nil && u.Hostname() != "" && !strings.ContainsAny(u.Host, "{}") {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}

// authority opens the authority that signs for the vendors, and makes it on first use. It may vouch for all vendors,
// whichever are played.
func (s *settings) authority() (*authority.Authority, error) {
	all, err := loadContracts()
	if err != nil {
		return nil, err
	}
	a, err := authority.Open(authority.Config{Dir: s.tlsDir.text, Hosts: hostsOf(all)})
	if err == nil {
		return a, nil
	}
	if place := s.tlsDir.place; place != "" {
		return nil, fmt.Errorf("%s: %w", place, err)
	}
	return nil, fmt.Errorf("%w (%s DIR chooses one)", err, flagTLSDir)
}

// encrypt makes an endpoint speak TLS under the vendors' names and its own, and returns the names that the authority
// may not vouch for.
func (e *endpoint) encrypt(a *authority.Authority, contracts []*specs.Contract) (left []string, err error) {
	names := hostsOf(contracts)
	for _, host := range e.hosts() {
		names = append(names, strings.Trim(host, "[]"))
	}
	e.tls, left, err = a.Server(names)
	return left, err
}

// warnTrust says what weakens an authority, or the trust in it.
func warnTrust(w io.Writer, say speech, a *authority.Authority, left []string) {
	if file := a.Readable(); file != "" {
		fmt.Fprintf(w, "understudy: %s\n", fmt.Sprintf(say.of("other users of this machine may read %s, the key of the authority; chmod 600 it",
			"本机其他用户可以读取证书颁发机构的私钥 %s，请执行 chmod 600"), file))
	}
	if len(left) > 0 {
		fmt.Fprintf(w, "understudy: %s\n", fmt.Sprintf(say.of("the authority may not vouch for %s: clients that call these names will refuse; remove its folder to have a new one made (public addresses it never covers)",
			"证书颁发机构不能为 %s 签发证书，使用这些名称的客户端会拒绝连接；删除其目录即可重新生成（公网地址始终不在范围内）"), strings.Join(left, ", ")))
	}
}

// handshakes puts advice behind the library's lines about handshakes that failed.
type handshakes struct {
	w      io.Writer
	speech speech
}

func (h handshakes) Write(line []byte) (int, error) {
	text := strings.TrimRight(string(line), "\n")
	if advice := h.advice(text); advice != "" {
		text += "; " + advice
	}
	if _, err := io.WriteString(h.w, text+"\n"); err != nil {
		return 0, err
	}
	return len(line), nil
}

func (h handshakes) advice(text string) string {
	if !strings.Contains(text, "TLS handshake error") {
		return ""
	}
	has := func(signs ...string) bool {
		return slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(text, sign) })
	}
	switch {
	// Java and Go say why they hang up; OpenSSL's word for it does not get through in TLS 1.3, and Node hangs up without one.
	case has("unknown certificate", "bad certificate", "unknown authority", "bad record MAC", "EOF"):
		return h.speech.of("if that is a client, it does not trust this authority yet, or looks for another name: understudy cert says how to import it",
			"如果这是客户端，说明它尚未信任该证书颁发机构，或使用了其他主机名：understudy cert 会说明如何导入")
	case has("HTTP request to an HTTPS server", "does not look like a TLS handshake"):
		return h.speech.of("the caller speaks plain HTTP: give it the https address, or leave --tls out", "调用方使用的是明文 HTTP：请改用 https 地址，或不使用 --tls")
	case has("unsupported versions"):
		return h.speech.of("the caller is too old for TLS 1.2", "调用方版本过旧，不支持 TLS 1.2")
	}
	return ""
}

// hostsFile are the lines by which a machine takes the names of vendors for its own; empty when their documents name no
// host but addresses.
func hostsFile(contracts []*specs.Contract) []byte {
	var lines bytes.Buffer
	for _, c := range contracts {
		for _, host := range hostsOf([]*specs.Contract{c}) {
			if _, err := netip.ParseAddr(host); err != nil {
				fmt.Fprintf(&lines, "%s %s\n", loopback4, host)
			}
		}
	}
	return lines.Bytes()
}
