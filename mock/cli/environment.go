package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"understudy/specs"
)

const (
	environmentPrefix = "UNDERSTUDY_"
	fileSuffix        = "_FILE"
	maxSecretFile     = 64 << 10
)

// variable is one key of the configuration as an environment variable.
type variable struct {
	// secret says that NAME_FILE may name a file that holds the value.
	secret bool
	set    func(text string) error
}

// variables are all keys by the name of their variable: UNDERSTUDY_LISTEN, UNDERSTUDY_ZHELIBAN_AESKEY.
func (s *settings) variables(contracts []*specs.Contract) map[string]variable {
	all := map[string]variable{
		environmentPrefix + "LISTEN":  {set: func(text string) error { s.listen = text; return nil }},
		environmentPrefix + "CONTROL": {set: func(text string) error { s.control = text; return nil }},
		environmentPrefix + "SEED": {set: func(text string) (err error) {
			if s.seed, err = strconv.ParseInt(text, 10, 64); err != nil {
				return fmt.Errorf("the seed is a whole number, such as 1")
			}
			return nil
		}},
	}
	for _, c := range contracts {
		v := s.vendors[c.Vendor]
		all[variableName(c.Vendor, keyForwardTo)] = variable{set: func(text string) error {
			v.forwardTo = nil
			for entry := range strings.SplitSeq(text, ",") {
				v.forwardTo = append(v.forwardTo, strings.TrimSpace(entry))
			}
			return nil
		}}
		for _, slot := range c.Slots() {
			name := variableName(c.Vendor, slot.Name)
			all[name] = variable{secret: true, set: func(text string) error {
				given, err := parseSlot(text, c.Vendor, slot)
				if err == nil {
					v.credentials[slot.Name], v.from[slot.Name] = given, name
				}
				return err
			}}
		}
	}
	return all
}

func variableName(vendor, key string) string {
	return environmentPrefix + strings.ToUpper(vendor) + "_" + strings.ToUpper(key)
}

// readEnvironment lays the variables over the settings. A variable with our prefix that is no key is an error: it is
// a key misspelt, and whoever set it believes it is in force.
func (s *settings) readEnvironment(environ []string, contracts []*specs.Contract) error {
	all := s.variables(contracts)
	given := map[string]string{}
	for _, pair := range environ {
		if name, v, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, environmentPrefix) {
			given[name] = v
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if err := setVariable(all, name, given); err != nil {
			return err
		}
	}
	return nil
}

func setVariable(all map[string]variable, name string, given map[string]string) error {
	v, known := all[name]
	text := given[name]
	key := strings.TrimSuffix(name, fileSuffix)
	if behind, ok := all[key]; !known && ok && behind.secret {
		if _, both := given[key]; both {
			return fmt.Errorf("%s and %s are both set; unset one of them", key, name)
		}
		if text == "" {
			return fmt.Errorf("%s is empty; name a file or unset it", name)
		}
		content, err := readText(text, maxSecretFile)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		v, known, text = behind, true, strings.TrimRight(string(content), "\r\n")
		if text == "" {
			return fmt.Errorf("%s: the file is empty", name)
		}
	}
	switch {
	case !known:
		names := slices.Sorted(maps.Keys(all))
		return fmt.Errorf("unknown environment variable %s: the nearest is %s; understudy serve --help says how they are named", oneLine(name, 80), nearest(name, names, len(name)+80))
	case text == "":
		return fmt.Errorf("%s is empty; give it a value or unset it", name)
	}
	if err := v.set(text); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
