package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server returns what a server needs to speak TLS 1.2 and later, HTTP/2 included, under host names and addresses of its
// own, to which localhost, loopback and the names that containers use are added. Key and certificate live in memory; a new one
// takes their place while a third of their 90 days is left. What of the names the authority may not vouch for is left
// out and returned: one such name would spoil the whole certificate.
func (a *Authority) Server(names []string) (config *tls.Config, left []string, err error) {
	s := &source{authority: a}
	for _, name := range append(append(fixedNames(), "127.0.0.1", "::1"), names...) {
		switch addr, err := netip.ParseAddr(name); {
		case !a.vouches(name):
			if !slices.Contains(left, name) {
				left = append(left, name)
			}
		case err == nil:
			if ip := net.IP(addr.Unmap().AsSlice()); !slices.ContainsFunc(s.addresses, ip.Equal) {
				s.addresses = append(s.addresses, ip)
			}
		case !slices.ContainsFunc(s.names, func(n string) bool { return strings.EqualFold(n, name) }):
			s.names = append(s.names, name)
		}
	}
	if _, err := s.get(nil); err != nil {
		return nil, nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.get, NextProtos: []string{"h2", "http/1.1"}}, left, nil
}

// vouches says whether the authority's certificate lets it vouch for a host name or an address.
func (a *Authority) vouches(name string) bool {
	addr, err := netip.ParseAddr(name)
	if err != nil {
		return plainName(name) && covers(a.certificate.PermittedDNSDomains, name)
	}
	return slices.ContainsFunc(a.certificate.PermittedIPRanges, func(n *net.IPNet) bool { return n.Contains(addr.Unmap().AsSlice()) })
}

// source hands out one certificate until it has to be renewed.
type source struct {
	authority *Authority
	names     []string
	addresses []net.IP

	mu      sync.Mutex
	current *tls.Certificate
}

func (s *source) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.authority.now()
	if s.current != nil && now.Before(s.current.Leaf.NotAfter.Add(-lifeOfLeaf/3)) {
		return s.current, nil
	}
	fresh, err := s.authority.issue(s.names, s.addresses, now)
	if err != nil {
		return nil, err
	}
	s.current = fresh
	return fresh, nil
}

// issue signs a certificate for a key made with it.
func (a *Authority) issue(names []string, addresses []net.IP, now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := serialNumber()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{"Understudy"}, CommonName: "Understudy server"},
		NotBefore:    later(now.Add(-backdated), a.certificate.NotBefore),
		NotAfter:     earlier(now.Add(-backdated).Add(lifeOfLeaf), a.certificate.NotAfter),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     names,
		IPAddresses:  addresses,

		BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: leaf}, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
