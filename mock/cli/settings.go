package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"understudy/specs"
)

// checkGiven refuses a flag that is given without a value.
func checkGiven(cmd *cobra.Command) error {
	for _, name := range []string{
		"config", "vendor", "forward-to", "reading", "data", "control-host", "signature-window", "tls-dir", "out", "spec", "overlay", "target", "account",
		"form-field", "operation", "verdict", "report", "only", "baseline", "write-baseline", "har", "output",
	} {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed && (f.Value.String() == "" || f.Value.String() == "[]") {
			return usage(cmd, "--%s is empty; give it a value or leave it out", name)
		}
	}
	return nil
}

// contracts reads the contracts that there are: those that come with this program, and those that configuration and flags
// name, in their places.
func (p *program) contracts(cmd *cobra.Command, o options, file *configFile) (all []*specs.Contract, list []*document, maxBytes int64, err error) {
	bundled, err := loadContracts()
	if err != nil {
		return nil, nil, 0, err
	}
	var from origins
	if err := file.origins(&from); err != nil {
		return nil, nil, 0, err
	}
	if err := from.environment(p.environ); err != nil {
		return nil, nil, 0, err
	}
	if err := from.flags(cmd, o); err != nil {
		return nil, nil, 0, err
	}
	from.nameOne(o.one)
	wanted := o.vendors
	if o.one != "" {
		wanted = []string{o.one}
	}
	list, err = from.read(filesReader(), bundled, wanted)
	return lay(bundled, list), list, from.maxBytes, err
}

// settings reads configuration, environment and flags, each over the one before, and picks the contracts.
func (p *program) settings(cmd *cobra.Command, o options) (*settings, []*specs.Contract, error) {
	if err := checkGiven(cmd); err != nil {
		return nil, nil, err
	}
	file, err := openConfig(o.config)
	if err != nil {
		return nil, nil, err
	}
	contracts, documents, maxBytes, err := p.contracts(cmd, o, file)
	if err != nil {
		return nil, nil, err
	}
	var chosen []*specs.Contract
	var wrong string
	if o.playing {
		chosen, wrong = choosePlayed(contracts, documents, o.vendors)
	} else {
		chosen, wrong = choose(contracts, o.vendors)
	}
	if wrong != "" {
		return nil, nil, usage(cmd, "%s", wrong)
	}
	s, err := configure(withBundled(contracts), file, p.environ)
	if err != nil {
		return nil, nil, err
	}
	s.documents, s.maxSpecBytes = documents, maxBytes
	given := cmd.Flags().Changed
	if given("listen") {
		s.listen = setting{text: o.listen, place: flagListen, byFlag: true}
	}
	if given("control") {
		s.control = setting{text: o.control, place: flagControl, byFlag: true}
	}
	if given("seed") {
		s.seed = o.seed
	}
	if given("dynamic") {
		s.dynamic = o.dynamic
	}
	if given("fail-on-violation") {
		s.failOnViolation = o.failOnViolation
	}
	if given("verdict") {
		if s.verdict, err = targets(cmd, "verdict", o.verdict); err != nil {
			return nil, nil, err
		}
	}
	for _, target := range o.forwardTo {
		s.forwardTo = append(s.forwardTo, setting{text: target, place: flagForwardTo, byFlag: true})
	}
	s.acceptDevelopment = o.acceptDevelopment
	if err := s.worldFlags(cmd, o, contracts); err != nil {
		return nil, nil, usage(cmd, "%s", err)
	}
	return s, chosen, s.checkFaults(contracts)
}

// worldFlags lays the flags over the settings that change how vendors act and how they are reached.
func (s *settings) worldFlags(cmd *cobra.Command, o options, contracts []*specs.Contract) error {
	given := cmd.Flags().Changed
	if given("signature-window") {
		s.signatureWindow = setting{text: o.signatureWindow, place: "--signature-window", byFlag: true}
	}
	if given("tls") {
		s.tls = o.tls
	}
	if given("tls-dir") {
		s.tlsDir = setting{text: o.tlsDir, place: flagTLSDir, byFlag: true}
	}
	for _, host := range o.controlHosts {
		s.controlHosts = append(s.controlHosts, setting{text: host, place: "--control-host", byFlag: true})
	}
	for _, entry := range o.data {
		vendor, file, _ := strings.Cut(entry, "=")
		v, known := s.vendors[vendor]
		if !known || file == "" {
			near := ""
			if names := slices.Sorted(maps.Keys(s.vendors)); !known && file != "" {
				near = meant(vendor, names)
			}
			return fmt.Errorf("%s %q: write VENDOR=FILE, such as zheliban=people.yaml%s", flagData, oneLine(entry, 80), near)
		}
		v.data = setting{text: file, place: flagData + " " + vendor, byFlag: true}
	}
	if err := s.readAll(contracts, o.readings, flagReading, true); err != nil {
		return fmt.Errorf("%s: %w", flagReading, err)
	}
	return nil
}
