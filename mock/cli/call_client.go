package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/specs"
)

// driver speaks as the client of one vendor.
type driver struct {
	program  *program
	flags    callFlags
	contract *specs.Contract
	settings *settings
	// credentials are those in force, development the slots among them that nobody configured.
	credentials mock.Credentials
	development []string
	config      drive.Config
	client      *drive.Client
	// standIns are the security schemes for which a text of ours stands in, since nobody configured a credential.
	standIns []string
	// loopback says that what is sent stays on this machine.
	loopback bool
}

// driver chooses contract, credentials and target. Nothing is asked for or sent yet. Without a name the contract is the
// only one that the user has given.
func (p *program) driver(cmd *cobra.Command, o callFlags, vendor string) (*driver, error) {
	if vendor != "" {
		o.vendors, o.one = []string{vendor}, vendor
	}
	s, contracts, err := p.settings(cmd, o.options)
	if err != nil {
		return nil, err
	}
	if vendor == "" {
		if contracts, err = s.only(cmd); err != nil {
			return nil, err
		}
	}
	d := &driver{program: p, flags: o, settings: s}
	if d.contract, err = drivenContract(cmd, contracts[0], s); err != nil {
		return nil, err
	}
	if err := d.credit(cmd, contracts[0]); err != nil {
		return nil, err
	}
	header, err := o.header(cmd)
	if err != nil {
		return nil, err
	}
	if f := cmd.Flags().Lookup("timeout"); f != nil && o.timeout <= 0 {
		return nil, usage(cmd, "--timeout is how long to wait, such as 30s")
	}
	d.config = drive.Config{
		Contract: d.contract, Credentials: d.credentials, Target: d.target(cmd), Header: header, Account: o.account,
		FormField: o.formField, Force: o.force, HTTP: &http.Client{Timeout: o.timeout},
	}
	if d.client, err = drive.New(d.config); err != nil {
		return nil, usage(cmd, "%s: %s", cmp.Or(o.urlPlace, "--target"), err)
	}
	return d, nil
}

// drivenContract is a contract under the chosen readings.
func drivenContract(cmd *cobra.Command, c *specs.Contract, s *settings) (*specs.Contract, error) {
	chosen, err := c.With(s.chosenReadings([]*specs.Contract{c}))
	if err != nil {
		return nil, usage(cmd, "%s", err)
	}
	return chosen, nil
}

// only is the contract that the user has given, where there is one alone.
func (s *settings) only(cmd *cobra.Command) ([]*specs.Contract, error) {
	var list []*specs.Contract
	var names []string
	for _, d := range s.documents {
		if d.file != "" {
			list, names = append(list, d.contract), append(names, d.name)
		}
	}
	switch len(list) {
	case 1:
		return list, nil
	case 0:
		return nil, usage(cmd, "say which contract: %s FILE, or --vendor with one of %s", flagSpec, strings.Join(specs.Vendors(), ", "))
	}
	return nil, usage(cmd, "say which contract by --vendor; there are %s", strings.Join(names, ", "))
}

// credit completes the configured credentials of a contract by development values.
func (d *driver) credit(cmd *cobra.Command, c *specs.Contract) error {
	only := []*specs.Contract{c}
	server, err := mock.New(mock.Config{Contracts: only, Credentials: map[string]mock.Credentials{c.Vendor: d.settings.configured(c)}})
	if err != nil {
		return d.settings.locate(cmd, only, err)
	}
	d.credentials, d.development = server.Credentials(c.Vendor)
	return nil
}

func (d *driver) contracts() []*specs.Contract {
	if d.settings.vendors[d.contract.Vendor] == nil {
		return nil
	}
	return []*specs.Contract{d.contract}
}

// target is where to send: the flag's, else where serve listens under the same configuration.
func (d *driver) target(cmd *cobra.Command) string {
	if d.flags.url != "" {
		return d.flags.url
	}
	if f := cmd.Flags().Lookup("target"); f != nil && f.Changed {
		return d.flags.target
	}
	return schemeOf(d.settings.tls) + "://" + d.settings.listen.reachedAt(usualListen)
}

// equip decides, for one operation, what may be sent where: development values beyond loopback only when that was accepted,
// and what is then missing is asked for.
func (d *driver) equip(cmd *cobra.Command, operation string) error {
	slots, err := d.client.Slots(operation)
	if err != nil {
		return err
	}
	return d.equipFor(cmd, slots, d.config.Target)
}

func (d *driver) equipFor(cmd *cobra.Command, slots []specs.Slot, target string) error {
	u, err := url.Parse(target)
	if err != nil {
		return usage(cmd, "the target is no URL")
	}
	d.loopback = reachesThisMachine(cmd.Context(), u.Hostname())
	if !d.loopback && !d.flags.acceptDevelopment {
		d.credentials = maps.Clone(d.credentials)
		for _, slot := range slots {
			if !slices.Contains(d.development, slot.Name) || optional(slot, d.credentials) {
				continue
			}
			delete(d.credentials, slot.Name)
			if given, ok, err := d.program.ask(cmd, d.contract.Vendor, slot); err != nil {
				return err
			} else if ok {
				d.credentials[slot.Name] = given
				d.development = slices.DeleteFunc(slices.Clone(d.development), func(name string) bool { return name == slot.Name })
			}
		}
		for _, name := range d.development {
			delete(d.credentials, name)
		}
	}
	if d.loopback || d.flags.acceptDevelopment {
		d.standIn(slots)
	}
	if u.Scheme == "https" && d.loopback {
		if d.config.HTTP.Transport, err = d.trusting(cmd); err != nil {
			return err
		}
	}
	d.config.Credentials = d.credentials
	d.client, err = drive.New(d.config)
	return err
}

// standIn fills the slots of security schemes that nobody configured: the simulator takes any credential of the right shape.
// A header that the caller has given stands for itself.
func (d *driver) standIn(slots []specs.Slot) {
	d.credentials, d.development = maps.Clone(d.credentials), slices.Clone(d.development)
	for _, slot := range slots {
		if !slot.Scheme || !optional(slot, d.credentials) {
			continue
		}
		scheme, ok := schemeNamed(d.contract, slot.Name)
		if !ok || d.config.Header.Get(scheme.Key) != "" {
			continue
		}
		text := developmentCredential
		if scheme.Scheme == "basic" {
			text = "user:" + text
		}
		d.credentials[slot.Name] = mock.Credential{Text: text}
		d.development = append(d.development, slot.Name)
		d.standIns = append(d.standIns, slot.Name)
	}
}

// developmentCredential is what is sent for a security scheme that nobody configured, on this machine.
const developmentCredential = "development"

func schemeNamed(c *specs.Contract, name string) (specs.SecurityScheme, bool) {
	for _, op := range c.Operations {
		for _, all := range op.Requirements {
			for _, scheme := range all {
				if scheme.Name == name {
					return scheme, true
				}
			}
		}
	}
	return specs.SecurityScheme{}, false
}

// reachesThisMachine says whether a host is this machine, by its address or by its name.
func reachesThisMachine(ctx context.Context, host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	return err == nil && len(found) > 0 && !slices.ContainsFunc(found, func(addr netip.Addr) bool { return !addr.Unmap().IsLoopback() })
}

// trusting trusts, beside the system's authorities, the one of this machine, by which serve --tls speaks.
func (d *driver) trusting(cmd *cobra.Command) (http.RoundTripper, error) {
	signer, err := d.settings.authority()
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AppendCertsFromPEM(signer.PEM())
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return transport, nil
}

// noVendor says which vendors there are.
func (p *program) noVendor(cmd *cobra.Command) error {
	return usage(cmd, "name a vendor; there are %s", strings.Join(specs.Vendors(), ", "))
}
