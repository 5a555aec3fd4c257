// Package authority is a certificate authority for one machine: made on first use, kept in a folder of its user, and
// able to vouch for little: the host names of the vendors, this machine's own, and addresses that mean nothing beyond
// a private network. Whoever comes by its key can pretend to be those, and nobody else (RFC 5280, section 4.2.1.10).
package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Config says where an authority is kept and what a new one may vouch for.
type Config struct {
	// Dir is the folder it is kept in; "" means understudy in the user's folder for configuration.
	Dir string
	// Hosts are host names and addresses that a new authority may vouch for, beside the fixed ones: localhost, names
	// that containers use for their host, this machine's name, loopback and private addresses.
	Hosts []string
	// Now is the time; nil means time.Now.
	Now func() time.Time
}

// Authority is what signs the certificates of servers. It is safe for concurrent use.
type Authority struct {
	file        string
	certificate *x509.Certificate
	key         crypto.Signer
	open        string // the key's file, when other users may read it
	now         func() time.Time
}

// The lives of certificates: of an authority, of what it signs, and how far back they begin, since clocks differ.
const (
	lifeOfAuthority = 10 * 365 * 24 * time.Hour
	lifeOfLeaf      = 90 * 24 * time.Hour
	backdated       = 24 * time.Hour
)

// Open reads the authority that is kept in the folder, and makes one where there is none; several programs may do so at
// once, and all get the same. Its errors name the folder or file and what to do about it.
func Open(c Config) (*Authority, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Dir == "" {
		base, err := os.UserConfigDir()
		if err != nil {
			return nil, fmt.Errorf("this user has no folder for configuration (%w); name a folder for the authority", err)
		}
		c.Dir = filepath.Join(base, "understudy")
	}
	// Callers print the path into commands that are run elsewhere.
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("the folder %s: %w", c.Dir, err)
	}
	k := keep{dir: dir}
	a, err := k.read()
	if errors.Is(err, errNone) {
		a, err = k.create(c)
	}
	if err != nil {
		return nil, err
	}
	if now := c.Now(); now.After(a.certificate.NotAfter) {
		return nil, fmt.Errorf("the authority in %s ended on %s; remove that folder to have a new one made, and import its certificate anew",
			k.folder(), a.certificate.NotAfter.Format(time.DateOnly))
	}
	a.now = c.Now
	return a, nil
}

// File is the path of the certificate, in PEM (RFC 7468). It is no secret.
func (a *Authority) File() string { return a.file }

// PEM is the certificate, without the key.
func (a *Authority) PEM() []byte { return encode("CERTIFICATE", a.certificate.Raw) }

// Name is the subject's common name, by which stores list the certificate.
func (a *Authority) Name() string { return a.certificate.Subject.CommonName }

// Fingerprint is the SHA-256 digest of the certificate as stores show it: upper-case hex, colons between bytes.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.certificate.Raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(pairs, ":")
}

// NotAfter is when the authority ends.
func (a *Authority) NotAfter() time.Time { return a.certificate.NotAfter }

// Readable is the file of the key when other users of this machine may read it, else "".
func (a *Authority) Readable() string { return a.open }

// generate makes an authority that is kept nowhere yet: certificate and key, both in PEM.
func generate(hosts []string, now time.Time) (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := serialNumber()
	if err != nil {
		return nil, nil, err
	}
	names, ranges := vouched(hosts)
	template := &x509.Certificate{
		SerialNumber: serial,
		// Two authorities of one name would confuse the stores that find an issuer by its name.
		Subject:               pkix.Name{Organization: []string{"Understudy"}, CommonName: strings.TrimSpace("Understudy " + serial.Text(16)[:8] + " " + machineName())},
		NotBefore:             now.Add(-backdated),
		NotAfter:              now.Add(lifeOfAuthority),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},

		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         names,
		PermittedIPRanges:           ranges,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return encode("CERTIFICATE", raw), encode("PRIVATE KEY", secret), nil
}

// vouched are the names and the ranges of addresses that an authority may vouch for.
func vouched(hosts []string) (names []string, ranges []*net.IPNet) {
	for _, host := range append(append(fixedNames(), machineName()), hosts...) {
		if addr, err := netip.ParseAddr(host); err == nil {
			ranges = append(ranges, network(netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())))
		} else if plainName(host) && !covers(names, host) {
			names = append(names, strings.ToLower(host))
		}
	}
	// Loopback (RFC 1122, RFC 4291), private (RFC 1918, RFC 4193), link-local (RFC 3927, RFC 4291), and what overlay
	// networks give out (RFC 6598).
	for _, prefix := range []string{
		"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10",
	} {
		ranges = append(ranges, network(netip.MustParsePrefix(prefix)))
	}
	return names, ranges
}

func network(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// fixedNames are the names by which a server is called on its own machine, from containers on it, and from other
// containers of one composition.
func fixedNames() []string {
	return []string{"localhost", "host.docker.internal", "host.containers.internal", "understudy"}
}

// machineName is the machine's own name, "" when it has none that a certificate can hold.
func machineName() string {
	name, err := os.Hostname()
	if err != nil || !plainName(name) {
		return ""
	}
	return name
}

// plainName says whether a certificate can hold a host name as it is.
func plainName(name string) bool {
	return len(name) <= 253 && regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*$`).MatchString(name)
}

// covers says whether a name is one of some domains or below one.
func covers(domains []string, name string) bool {
	name = strings.ToLower(name)
	for _, d := range domains {
		if d = strings.ToLower(d); name == d || strings.HasSuffix(name, "."+d) {
			return true
		}
	}
	return false
}

func serialNumber() (*big.Int, error) {
	// 127 bits with the highest set: positive, and as long for everybody (RFC 5280, section 4.1.2.2).
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 126))
	if err != nil {
		return nil, err
	}
	return n.SetBit(n, 126, 1), nil
}

func encode(kind string, data []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data})
}
