package mock

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"understudy/specs"
)

// variant is everything that is played as one kind of session meets it: the contracts under the chosen readings, with
// the credentials in force, and the way to their operations.
type variant struct {
	vendors []*vendor
	routes  *routes
	// tokenHeaders are those in which some contract's issued tokens travel.
	tokenHeaders []string
	// readings are those that were chosen, or that the contracts came with.
	readings map[string]string
}

// newVariant puts contracts, readings and credentials together. What costs time is done once per contract and reading,
// so that a session of its own is cheap.
func newVariant(contracts []*specs.Contract, readings map[string]string, credentials map[string]Credentials) (*variant, error) {
	v := &variant{readings: map[string]string{}}
	chosen, err := underReadings(contracts, readings)
	if err != nil {
		return nil, err
	}
	for i, c := range chosen {
		if played(chosen[:i], c.Vendor) {
			return nil, fmt.Errorf("two contracts are called %s; give one of them another name", quote(c.Vendor))
		}
		maps.Copy(v.readings, c.Readings())
		one, err := equip(c, credentials[c.Vendor])
		if err != nil {
			return nil, err
		}
		v.vendors = append(v.vendors, one)
	}
	if v.routes, err = newRoutes(v.vendors); err != nil {
		return nil, err
	}
	maps.Copy(v.readings, readings)
	v.tokenHeaders = tokenHeaders(v.vendors)
	return v, nil
}

// underReadings gives each contract those of the readings that are about its clauses; one that no contract knows is an
// error that lists the clauses there are.
func underReadings(contracts []*specs.Contract, readings map[string]string) ([]*specs.Contract, error) {
	chosen := slices.Clone(contracts)
	var problems []error
	for _, id := range sortedKeys(readings) {
		if !slices.ContainsFunc(contracts, func(c *specs.Contract) bool { return hasClause(c, id) }) {
			problems = append(problems, fmt.Errorf("reading %s=%s: no contract has an unclear clause %s; there are %s", clip(id), clip(readings[id]), clip(id), clauses(contracts)))
		}
	}
	for i, c := range contracts {
		own := map[string]string{}
		for id, name := range readings {
			if hasClause(c, id) {
				own[id] = name
			}
		}
		var err error
		if chosen[i], err = c.With(own); err != nil {
			problems = append(problems, err)
		}
	}
	return chosen, errors.Join(problems...)
}

func hasClause(c *specs.Contract, id string) bool {
	return slices.ContainsFunc(c.Unclear, func(u specs.Unclear) bool { return u.ID == id })
}

func clauses(contracts []*specs.Contract) string {
	var ids []string
	for _, c := range contracts {
		for _, u := range c.Unclear {
			ids = append(ids, u.ID)
		}
	}
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, ", ")
}

// vendor finds a vendor by its id.
func (v *variant) vendor(id string) (*vendor, bool) {
	for _, one := range v.vendors {
		if one.contract.Vendor == id {
			return one, true
		}
	}
	return nil, false
}

func (v *variant) contracts() []*specs.Contract {
	list := make([]*specs.Contract, len(v.vendors))
	for i, one := range v.vendors {
		list[i] = one.contract
	}
	return list
}

func tokenHeaders(vendors []*vendor) []string {
	var names []string
	for _, v := range vendors {
		for _, op := range v.operations {
			if a := op.Wire.Auth; a != nil && a.Token == "jwt" && op.Security.In == "header" && !slices.Contains(names, http.CanonicalHeaderKey(op.Security.Key)) {
				names = append(names, http.CanonicalHeaderKey(op.Security.Key)) // as a lookup has it without a copy
			}
		}
	}
	return names
}
