package cli

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"understudy/mock/report"
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
	// set takes a value and the name of the variable that has it, NAME or NAME_FILE.
	set func(text, from string) error
}

// variables are all keys by the name of their variable: UNDERSTUDY_LISTEN, UNDERSTUDY_ZHELIBAN_AESKEY.
func (s *settings) variables(contracts []*specs.Contract) map[string]variable {
	all := map[string]variable{
		environmentPrefix + "SEED": {set: func(text, _ string) (err error) {
			if s.seed, err = strconv.ParseInt(text, 10, 64); err != nil {
				return fmt.Errorf("the seed is a whole number, such as 1")
			}
			return nil
		}},
		environmentPrefix + "READINGS": {set: func(text, _ string) error {
			return s.readAll(contracts, strings.Split(text, ","), environmentPrefix+"READINGS", false)
		}},
		environmentPrefix + "CONTROLHOSTS": {set: func(text, _ string) error {
			s.controlHosts = settingList(text, environmentPrefix+"CONTROLHOSTS")
			return nil
		}},
		environmentPrefix + "CONTROLTOKEN": {secret: true, set: func(text, from string) error {
			s.controlToken = setting{text: text, place: from}
			return checkToken(text)
		}},
		environmentPrefix + "TLS":             truthVariable(&s.tls),
		environmentPrefix + "DYNAMIC":         truthVariable(&s.dynamic),
		environmentPrefix + "FAILONVIOLATION": truthVariable(&s.failOnViolation),
		environmentPrefix + "VERDICT": {set: func(text, _ string) (err error) {
			s.verdict, err = report.ParseTargets(text)
			return err
		}},
		// What these say was needed before: see [origins].
		environmentPrefix + "SPECS": {set: noted}, environmentPrefix + "OVERLAYS": {set: noted}, environmentPrefix + "MAXSPECBYTES": {set: noted},
		// Not a setting of what is played: see [program.language].
		variableLanguage: {set: func(text, _ string) error {
			_, err := parseSpeech(text)
			return err
		}},
	}
	for name, into := range map[string]*setting{"LISTEN": &s.listen, "CONTROL": &s.control, "SIGNATUREWINDOW": &s.signatureWindow, "TLSDIR": &s.tlsDir} {
		all[environmentPrefix+name] = into.variable()
	}
	for vendor, v := range s.vendors {
		all[variableName(vendor, keyData)] = v.data.variable()
		if name := variableName(vendor, keyForwardTo); forwards(vendor) {
			all[name] = variable{set: func(text, _ string) error {
				v.forwardTo = settingList(text, name)
				return nil
			}}
		}
		for _, slot := range slotsOf(contracts, vendor) {
			name := variableName(vendor, slot.Name)
			if _, twice := all[name]; twice {
				all[name] = variable{secret: true, set: func(string, string) error {
					return fmt.Errorf("two things of %s have this name; set %s in the configuration file", vendor, slot.Name)
				}}
				continue
			}
			all[name] = variable{secret: true, set: func(text, from string) error {
				given, err := parseSlot(text, vendor, slot)
				if err == nil {
					v.credentials[slot.Name], v.from[slot.Name] = given, from
				}
				return err
			}}
		}
	}
	return all
}

// variable sets one text.
func (s *setting) variable() variable {
	return variable{set: func(text, from string) error {
		*s = setting{text: text, place: from}
		return nil
	}}
}

// noted takes what has been read already.
func noted(string, string) error { return nil }

func truthVariable(into *bool) variable {
	return variable{set: func(text, _ string) (err error) {
		*into, err = parseTruth(text)
		return err
	}}
}

// settingList reads texts with commas between them.
func settingList(text, place string) []setting {
	var list []setting
	for entry := range strings.SplitSeq(text, ",") {
		list = append(list, setting{text: strings.TrimSpace(entry), place: place})
	}
	return list
}

func parseTruth(text string) (bool, error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, errors.New("write true or false")
}

// checkToken says whether a token can travel as a bearer token (RFC 6750, section 2.1).
func checkToken(text string) error {
	if !regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`).MatchString(text) {
		return errors.New("a token has letters, digits and . _ ~ + / - alone, and = at its end")
	}
	return nil
}

// foldNames gives names their usual case on a system where case means nothing in them.
func foldNames(environ []string, system string) []string {
	if system != "windows" {
		return environ
	}
	folded := make([]string, len(environ))
	for i, pair := range environ {
		name, v, _ := strings.Cut(pair, "=")
		folded[i] = strings.ToUpper(name) + "=" + v
	}
	return folded
}

// variableName is the variable of a vendor's key. What no shell takes in a name becomes an underscore.
func variableName(vendor, key string) string {
	return environmentPrefix + variablePart(vendor) + "_" + variablePart(key)
}

func variablePart(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToUpper(r)
		}
		return '_'
	}, text)
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
		return unknownVariable(all, name)
	case text == "":
		return fmt.Errorf("%s is empty; give it a value or unset it", name)
	}
	if err := v.set(text, name); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// unknownVariable tells a name that is no key, with what may have been meant.
func unknownVariable(all map[string]variable, name string) error {
	key := strings.TrimSuffix(name, fileSuffix)
	if _, known := all[key]; known {
		return fmt.Errorf("%s: only secrets are read from files; set %s", name, key)
	}
	vendor, _, _ := strings.Cut(strings.TrimPrefix(name, environmentPrefix), "_")
	if forwarder := variableName(forwarders()[0], keyForwardTo); name == variableName(vendor, keyForwardTo) {
		return fmt.Errorf("%s: %s forwards nothing; unset it, or set %s", oneLine(name, 80), oneLine(strings.ToLower(vendor), 40), forwarder)
	}
	near := nearestVariable(slices.Sorted(maps.Keys(all)), key)
	if near != "" && key != name && all[near].secret {
		near += fileSuffix
	}
	return fmt.Errorf("unknown environment variable %s%s; understudy serve --help says how they are named", oneLine(name, 80), didYouMean(near))
}

// nearestVariable leaves out of the comparison what all names begin with, and below a known vendor the vendor too: what
// is equal says nothing about what was meant.
func nearestVariable(names []string, name string) string {
	prefix := environmentPrefix
	if vendor, _, ok := strings.Cut(strings.TrimPrefix(name, prefix), "_"); ok {
		below := prefix + vendor + "_"
		if slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, below) }) {
			prefix = below
		}
	}
	var rests []string
	for _, n := range names {
		if rest, ok := strings.CutPrefix(n, prefix); ok {
			rests = append(rests, rest)
		}
	}
	if near := nearest(strings.TrimPrefix(name, prefix), rests); near != "" {
		return prefix + near
	}
	return ""
}
