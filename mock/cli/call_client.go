package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
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
	// loopback says that what is sent stays on this machine.
	loopback bool
}

// driver chooses contract, credentials and target. Nothing is asked for or sent yet.
func (p *program) driver(cmd *cobra.Command, o callFlags, vendor string) (*driver, error) {
	if o.spec == "" {
		o.vendors = []string{vendor}
	}
	s, contracts, err := p.settings(cmd, o.options)
	if err != nil {
		return nil, err
	}
	d := &driver{program: p, flags: o, settings: s}
	if d.contract, err = drivenContract(cmd, o, contracts, vendor, s); err != nil {
		return nil, err
	}
	if err := d.credit(cmd); err != nil {
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
		return nil, usage(cmd, "--target: %s", err)
	}
	return d, nil
}

// maxContract bounds a contract's file, in bytes.
const maxContract = 16 << 20

// drivenContract is the vendor's contract, or the one in a file, under the chosen readings.
func drivenContract(cmd *cobra.Command, o callFlags, contracts []*specs.Contract, vendor string, s *settings) (*specs.Contract, error) {
	c := contracts[0]
	if o.spec != "" {
		text, err := readText(o.spec, maxContract)
		if err != nil {
			return nil, fmt.Errorf("--spec: %w", err)
		}
		if c, err = specs.Parse(vendor, o.spec, text); err != nil {
			return nil, err
		}
	}
	chosen, err := c.With(s.chosenReadings([]*specs.Contract{c}))
	if err != nil {
		return nil, usage(cmd, "%s", err)
	}
	return chosen, nil
}

// credit completes the configured credentials by development values.
func (d *driver) credit(cmd *cobra.Command) error {
	base := d.contract
	if known, err := specs.Load(d.contract.Vendor); err == nil {
		base = known
	}
	configured := mock.Credentials{}
	if v := d.settings.vendors[base.Vendor]; v != nil {
		configured = maps.Clone(v.credentials)
	}
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{base}, Credentials: map[string]mock.Credentials{base.Vendor: configured}})
	if err != nil {
		return d.settings.locate(cmd, []*specs.Contract{base}, err)
	}
	d.credentials, d.development = server.Credentials(base.Vendor)
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
			if !slices.Contains(d.development, slot.Name) {
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
	if u.Scheme == "https" && d.loopback {
		if d.config.HTTP.Transport, err = d.trusting(cmd); err != nil {
			return err
		}
	}
	d.config.Credentials = d.credentials
	d.client, err = drive.New(d.config)
	return err
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
