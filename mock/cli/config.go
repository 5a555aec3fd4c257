package cli

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"understudy/mock"
	"understudy/mock/behave"
	"understudy/mock/report"
	"understudy/specs"
)

const (
	usualListen  = "localhost:8740"
	usualControl = "localhost:8741"

	flagListen    = "--listen"
	flagControl   = "--control"
	flagForwardTo = "--forward-to"
	flagReading   = "--reading"
	flagData      = "--data"
)

// settings are the configuration in force: a flag over the environment over the file over the usual values.
type settings struct {
	listen, control setting
	seed            int64
	vendors         map[string]*vendorSettings
	// forwardTo is what the flag said, in place of what vendors say.
	forwardTo []setting
	// acceptDevelopment lets fixed development credentials stand beyond loopback.
	acceptDevelopment bool

	readings        map[string]setting // by unclear clause
	signatureWindow setting
	faults          []fault

	controlHosts []setting // beside those that the address of the control listener gives
	controlToken setting
	tls          bool
	tlsDir       setting

	// documents are the contracts that were read from files.
	documents []*document
	// maxSpecBytes bounds each, 0 for the usual bound.
	maxSpecBytes int64
	// dynamic prefers generated values to the examples of a contract.
	dynamic bool
	// verdict is where the verdict on the callers is written when serve ends, failOnViolation makes a bad one its own.
	verdict         []report.Target
	failOnViolation bool
}

// setting is one text of the configuration.
type setting struct {
	text string
	// place is what an error about it begins with: a flag, a variable, or file:line and the key.
	place string
	// byFlag says that the command line has it.
	byFlag bool
}

// blame makes a mistake in a setting one in the command line, if that is where the setting stands.
func (s setting) blame(cmd *cobra.Command, err error) error {
	if err != nil && s.byFlag {
		return usage(cmd, "%s", err)
	}
	return err
}

// vendorSettings are what is configured for one vendor.
type vendorSettings struct {
	credentials mock.Credentials
	forwardTo   []setting
	// from tells where each slot was configured: file:line or the name of a variable.
	from map[string]string
	// data names the file of the vendor's records, records are what it held when the program began, digest is that of its text.
	data    setting
	records behave.Data
	digest  [sha256.Size]byte
}

func newSettings(contracts []*specs.Contract) *settings {
	s := &settings{
		listen:  setting{text: usualListen, place: flagListen},
		control: setting{text: usualControl, place: flagControl},
		vendors: map[string]*vendorSettings{}, readings: map[string]setting{},
	}
	for _, c := range contracts {
		s.vendors[c.Vendor] = &vendorSettings{credentials: mock.Credentials{}, from: map[string]string{}}
	}
	return s
}

// configure reads file and environment. The contracts are all that there are, those of the user's own among them.
func configure(contracts []*specs.Contract, file *configFile, environ []string) (*settings, error) {
	s := newSettings(contracts)
	if err := file.into(s, contracts); err != nil {
		return nil, err
	}
	if err := s.readEnvironment(environ, contracts); err != nil {
		return nil, err
	}
	return s, nil
}

// played is what of the settings concerns these contracts, for [mock.New].
func (s *settings) played(contracts []*specs.Contract) mock.Config {
	config := mock.Config{
		Contracts: contracts, Seed: s.seed, Credentials: map[string]mock.Credentials{}, Data: map[string]behave.Data{},
		Readings: s.chosenReadings(contracts), SignatureWindow: s.signatureWindow.text, Faults: s.playedFaults(contracts), Dynamic: s.dynamic,
	}
	for _, c := range contracts {
		v := s.vendors[c.Vendor]
		config.Credentials[c.Vendor] = s.configured(c)
		if v.records != nil {
			config.Data[c.Vendor] = v.records
		}
	}
	for _, target := range s.targets(contracts) {
		config.ForwardTo = append(config.ForwardTo, target.text)
	}
	return config
}

// configured are the credentials that somebody set for a contract. Where one of the user's own stands in the place of a
// bundled one, the slots of that one are left out.
func (s *settings) configured(c *specs.Contract) mock.Credentials {
	out := mock.Credentials{}
	if v := s.vendors[c.Vendor]; v != nil {
		for _, slot := range c.Slots() {
			if given, ok := v.credentials[slot.Name]; ok {
				out[slot.Name] = given
			}
		}
	}
	return out
}

// targets are the forward targets in force while these contracts are played.
func (s *settings) targets(contracts []*specs.Contract) []setting {
	if s.forwardTo != nil {
		return s.forwardTo
	}
	var list []setting
	for _, c := range contracts {
		list = append(list, s.vendors[c.Vendor].forwardTo...)
	}
	return list
}

// locate puts before each line of an error of [mock.New] that is about a credential slot, a forward target or the
// signature window the place where that was configured. A slot that several operations use is told once.
func (s *settings) locate(cmd *cobra.Command, contracts []*specs.Contract, err error) error {
	for _, target := range s.targets(contracts) {
		if strings.HasPrefix(err.Error(), "forward target "+strconv.Quote(target.text)+":") {
			return target.blame(cmd, fmt.Errorf("%s: %w", target.place, err))
		}
	}
	if strings.HasPrefix(err.Error(), "signature window ") {
		return s.signatureWindow.blame(cmd, fmt.Errorf("%s: %w", s.signatureWindow.place, err))
	}
	var told []string
	for line := range strings.Lines(err.Error()) {
		line = s.placeOf(line) + strings.TrimSpace(line)
		if !slices.Contains(told, line) {
			told = append(told, line)
		}
	}
	return errors.New(strings.Join(told, "\n"))
}

func (s *settings) placeOf(line string) string {
	for vendor, v := range s.vendors {
		for slot, from := range v.from {
			if rest, ok := strings.CutPrefix(line, vendor+"."+slot); ok && strings.IndexAny(rest, " :") == 0 {
				return from + ": "
			}
		}
	}
	return ""
}

// loadContracts reads every contract that comes with this module.
func loadContracts() ([]*specs.Contract, error) {
	list, err := specs.LoadAll()
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errors.New("no contract came with this program")
	}
	return list, nil
}

// withBundled are contracts and, behind them, the bundled ones that one of the user's own took the place of: a configuration
// that was written for those stays good.
func withBundled(contracts []*specs.Contract) []*specs.Contract {
	bundled, err := loadContracts()
	if err != nil {
		return contracts
	}
	all := slices.Clone(contracts)
	for _, c := range bundled {
		if !slices.Contains(contracts, c) {
			all = append(all, c)
		}
	}
	return all
}

// choose keeps the named contracts, in the order they have; no names keep all. An unknown name is told with the nearest.
func choose(contracts []*specs.Contract, names []string) ([]*specs.Contract, string) {
	if len(names) == 0 {
		return contracts, ""
	}
	var known []string
	for _, c := range contracts {
		known = append(known, c.Vendor)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Sprintf("unknown vendor %q; there are %s%s", oneLine(name, 80), strings.Join(known, ", "), meant(name, known))
		}
	}
	var chosen []*specs.Contract
	for _, c := range contracts {
		if slices.Contains(names, c.Vendor) {
			chosen = append(chosen, c)
		}
	}
	return chosen, ""
}

// choosePlayed is [choose] for --vendor of serve, which chooses among the bundled vendors: those that the user has read
// from files are played whatever it says, unless it names one of them.
func choosePlayed(contracts []*specs.Contract, documents []*document, names []string) ([]*specs.Contract, string) {
	var own []string
	for _, d := range documents {
		if d.file != "" {
			own = append(own, d.name)
		}
	}
	switch {
	case len(names) == 0:
	case slices.Contains(names, noBundled) && len(names) > 1:
		return nil, fmt.Sprintf("--vendor %s stands alone: it plays no bundled vendor", noBundled)
	case names[0] == noBundled && len(own) == 0:
		return nil, fmt.Sprintf("--vendor %s plays no bundled vendor, and there is no other; give it a contract: %s FILE", noBundled, flagSpec)
	case names[0] == noBundled:
		names = own
	case !slices.ContainsFunc(names, func(name string) bool { return slices.Contains(own, name) }):
		names = slices.Concat(names, own)
	}
	return choose(contracts, names)
}

// slotsOf are the credential slots of a vendor in all contracts that have its name: a bundled one, and the user's own in
// its place.
func slotsOf(contracts []*specs.Contract, vendor string) []specs.Slot {
	var slots []specs.Slot
	for _, c := range contracts {
		if c.Vendor != vendor {
			continue
		}
		for _, slot := range c.Slots() {
			if !slices.ContainsFunc(slots, func(other specs.Slot) bool { return other.Name == slot.Name }) {
				slots = append(slots, slot)
			}
		}
	}
	return slots
}

// vendorKeys are the keys that a vendor takes in the configuration file.
func vendorKeys(vendor string, slots []specs.Slot) []string {
	var names []string
	for _, slot := range slots {
		names = append(names, slot.Name)
	}
	if forwards(vendor) {
		names = append(names, keyForwardTo)
	}
	return append(names, keyData)
}

const (
	keyForwardTo = "forwardTo"
	keyData      = "data"
)

// forwarders are the vendors that send on what they take, which no contract tells: weixiao sends a push that it
// receives to the address that the push names.
func forwarders() []string { return []string{"weixiao"} }

func forwards(vendor string) bool { return slices.Contains(forwarders(), vendor) }
