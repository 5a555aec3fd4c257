package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/specs"
)

// fault is a rule of the configuration file.
type fault struct {
	rule mock.Fault
	// place is what an error about the rule begins with, places what one about a single key of it does.
	place  string
	places map[string]string
}

// read notes how an unclear clause is to be understood. The error names what there is, without a place.
func (s *settings) read(contracts []*specs.Contract, id string, name setting) error {
	var known []string
	for _, c := range contracts {
		for _, u := range c.Unclear {
			if u.ID != id {
				known = append(known, u.ID)
				continue
			}
			names := readingNames(u)
			if !slices.Contains(names, name.text) {
				return fmt.Errorf("%s has no reading %q%s; there are %s", id, oneLine(name.text, 40), meant(name.text, names), strings.Join(names, ", "))
			}
			s.readings[id] = name
			return nil
		}
	}
	return fmt.Errorf("there is no unclear clause %q%s; there are %s", oneLine(id, 40), meant(id, known), strings.Join(known, ", "))
}

// readingNames are those that may be chosen. A default that is no reading takes a choice back.
func readingNames(u specs.Unclear) []string {
	var names []string
	for _, r := range u.Readings {
		names = append(names, r.Name)
	}
	if !slices.Contains(names, u.Default) {
		names = append(names, u.Default)
	}
	return names
}

// readAll reads entries of the form ID=NAME.
func (s *settings) readAll(contracts []*specs.Contract, entries []string, place string, byFlag bool) error {
	for _, entry := range entries {
		id, name, ok := strings.Cut(strings.TrimSpace(entry), "=")
		if !ok {
			return fmt.Errorf("write CLAUSE=READING, such as Z-15=text, and a comma between two")
		}
		if err := s.read(contracts, id, setting{text: name, place: place, byFlag: byFlag}); err != nil {
			return err
		}
	}
	return nil
}

// chosenReadings are those that concern some contracts.
func (s *settings) chosenReadings(contracts []*specs.Contract) map[string]string {
	chosen := map[string]string{}
	for _, c := range contracts {
		for _, u := range c.Unclear {
			if name, ok := s.readings[u.ID]; ok {
				chosen[u.ID] = name.text
			}
		}
	}
	return chosen
}

// checkFaults holds the rules of the file to all contracts, whichever of them are played.
func (s *settings) checkFaults(contracts []*specs.Contract) error {
	first := map[string]string{}
	for _, f := range s.faults {
		if err := f.rule.Check(contracts); err != nil {
			// One mistake at a time, as everywhere in the file.
			line, _, _ := strings.Cut(err.Error(), "\n")
			key, _, _ := strings.Cut(line, ":")
			if at, ok := f.places[key]; ok {
				return fmt.Errorf("%s: %s", at, line)
			}
			return fmt.Errorf("%s: %s", f.place, line)
		}
		if f.rule.ID == "" {
			continue
		}
		if place, twice := first[f.rule.ID]; twice {
			return fmt.Errorf("%s: id: %s is the id of the fault at %s already", f.places["id"], f.rule.ID, place)
		}
		first[f.rule.ID] = f.place
	}
	return nil
}

// playedFaults are the rules that can strike while some of the contracts are played.
func (s *settings) playedFaults(contracts []*specs.Contract) []mock.Fault {
	var rules []mock.Fault
	for _, f := range s.faults {
		if f.rule.Check(contracts) == nil {
			rules = append(rules, f.rule)
		}
	}
	return rules
}

// worldRows tell how the vendors' world differs from the usual one, for a reader who wonders why a vendor acts up.
func (s *settings) worldRows(contracts []*specs.Contract) [][]string {
	var rows [][]string
	chosen := s.chosenReadings(contracts)
	if len(chosen) > 0 {
		var pairs []string
		for _, id := range slices.Sorted(maps.Keys(chosen)) {
			pairs = append(pairs, id+"="+chosen[id])
		}
		rows = append(rows, []string{"readings", strings.Join(pairs, ", ")})
	}
	if s.signatureWindow.text != "" {
		rows = append(rows, []string{"signature window", s.signatureWindow.text})
	}
	if faults := s.playedFaults(contracts); len(faults) > 0 {
		var kinds []string
		for _, f := range faults {
			kinds = append(kinds, f.Kind()+" on "+struckBy(f))
		}
		rows = append(rows, []string{"faults", strings.Join(kinds, ", ")})
	}
	for _, c := range contracts {
		if file := s.vendors[c.Vendor].data; file.text != "" {
			rows = append(rows, []string{"data", c.Vendor + " from " + file.text})
		}
	}
	return rows
}

// struckBy says whose calls a rule is about.
func struckBy(f mock.Fault) string {
	switch {
	case f.Vendor == "" && f.Operation == "":
		return "every call"
	case f.Operation == "":
		return f.Vendor
	case f.Vendor == "":
		return f.Operation
	}
	return f.Vendor + "." + f.Operation
}
