package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/mock"
	"understudy/specs"
)

// configFile is a configuration file on its way into the settings. It is walked by its nodes, so that every mistake is
// told with its line, and so that no error quotes a value: any of them may be a secret.
type configFile struct {
	name string
	// document is its root, nil for an empty file.
	document  *yaml.Node
	settings  *settings
	contracts []*specs.Contract
}

func (f *configFile) problem(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s: %s", f.at(n), fmt.Sprintf(format, args...))
}

func (f *configFile) at(n *yaml.Node) string { return f.name + ":" + strconv.Itoa(n.Line) }

const maxConfig = 1 << 20

// openConfig reads the YAML of a configuration file, once: it may be a pipe. Without a name it is as if it were empty.
func openConfig(name string) (*configFile, error) {
	f := &configFile{name: name}
	if name == "" {
		return f, nil
	}
	text, err := readText(name, maxConfig)
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		return nil, f.syntax(err)
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		return nil, f.problem(&second, "a second document begins here; the configuration is one document")
	} else if !errors.Is(err, io.EOF) {
		return nil, f.syntax(err)
	}
	f.document = document.Content[0]
	return f, nil
}

// into reads the file into settings. The contracts are all that there are, those of the user's own among them.
func (f *configFile) into(s *settings, contracts []*specs.Contract) error {
	if f.document == nil {
		return nil
	}
	f.settings, f.contracts = s, contracts
	return f.root(f.document)
}

// syntax words a mistake in the YAML itself. The library's own words may quote what stands there.
func (f *configFile) syntax(err error) error {
	text := err.Error()
	at := f.name
	if line := regexp.MustCompile(`line (\d+):`).FindStringSubmatch(text); line != nil {
		at += ":" + line[1]
	}
	switch {
	case strings.Contains(text, "anchor"), strings.Contains(text, "alias"):
		return fmt.Errorf("%s: a text that begins with * or & has to stand in quotes", f.name)
	case strings.Contains(text, "cannot start any token"):
		return fmt.Errorf("%s: no YAML: a text that begins with a special character (@ ` %%) or a tab has to stand in quotes, and indentation is spaces", at)
	}
	return fmt.Errorf("%s: no YAML: look at indentation (spaces, no tabs), colons, quotes and brackets around this line", at)
}

func (f *configFile) root(n *yaml.Node) error {
	if null(n) {
		return nil
	}
	return f.each(n, rootKeys(), "the configuration", func(key, v *yaml.Node) error {
		switch key.Value {
		case "vendors":
			return f.vendors(v)
		case "seed":
			seed, err := strconv.ParseInt(v.Value, 10, 64)
			if v.Kind != yaml.ScalarNode || err != nil {
				return f.problem(v, "seed is a whole number, such as 1")
			}
			f.settings.seed = seed
			return nil
		case "readings":
			return f.readings(v)
		case "faults":
			return f.faults(v)
		case "controlHosts":
			return f.list(v, key.Value, func(text, at string) error {
				f.settings.controlHosts = append(f.settings.controlHosts, setting{text: text, place: at + ": " + key.Value})
				return nil
			})
		case "tls":
			return f.truth(key, v, &f.settings.tls)
		case "dynamic":
			return f.truth(key, v, &f.settings.dynamic)
		case "failOnViolation":
			return f.truth(key, v, &f.settings.failOnViolation)
		case "verdict":
			return f.list(v, key.Value, f.verdict)
		case "specs", "overlays", "maxSpecBytes":
			return nil // origins has read them
		}
		return f.rootText(key, v)
	})
}

func (f *configFile) truth(key, v *yaml.Node, into *bool) error {
	var err error
	if *into, err = parseTruth(v.Value); err != nil || v.Kind != yaml.ScalarNode {
		return f.problem(v, "%s is true or false", key.Value)
	}
	return nil
}

func rootKeys() []string {
	return []string{
		"listen", "control", "controlHosts", "controlToken", "tls", "tlsDir", "seed", "specs", "overlays", "maxSpecBytes", "dynamic",
		"readings", "signatureWindow", "faults", "verdict", "failOnViolation", "vendors",
	}
}

// rootText reads a key whose value is one text.
func (f *configFile) rootText(key, v *yaml.Node) error {
	text, err := f.text(v, key.Value)
	if err != nil {
		return err
	}
	given := setting{text: text, place: f.at(key) + ": " + key.Value}
	switch key.Value {
	case "listen":
		f.settings.listen = given
	case "control":
		f.settings.control = given
	case "signatureWindow":
		f.settings.signatureWindow = given
	case "tlsDir":
		given.text = f.beside(text)
		f.settings.tlsDir = given
	case "controlToken":
		if err := checkToken(text); err != nil {
			return f.problem(v, "controlToken: %s", err)
		}
		given.place = f.at(key)
		f.settings.controlToken = given
	}
	return nil
}

// beside makes a path of the file relative to the file, wherever the program runs.
func (f *configFile) beside(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(f.name), name)
}

func (f *configFile) vendors(n *yaml.Node) error {
	var names []string
	for _, c := range f.contracts {
		if !slices.Contains(names, c.Vendor) {
			names = append(names, c.Vendor)
		}
	}
	return f.each(n, names, "vendors", func(vendor, v *yaml.Node) error {
		if null(v) {
			return nil
		}
		return f.vendor(vendor.Value, v)
	})
}

func (f *configFile) vendor(vendor string, n *yaml.Node) error {
	into := f.settings.vendors[vendor]
	if !forwards(vendor) && n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			if key := n.Content[i]; key.Value == keyForwardTo {
				return f.problem(key, "%s forwards nothing; leave %s out, or write it below %s", vendor, keyForwardTo, strings.Join(forwarders(), ", "))
			}
		}
	}
	slots := slotsOf(f.contracts, vendor)
	return f.each(n, vendorKeys(vendor, slots), vendor, func(key, v *yaml.Node) error {
		if key.Value == keyForwardTo {
			return f.list(v, key.Value, func(text, at string) error {
				into.forwardTo = append(into.forwardTo, setting{text: text, place: at})
				return nil
			})
		}
		if key.Value == keyData {
			text, err := f.text(v, vendor+"."+keyData)
			into.data = setting{text: f.beside(text), place: f.at(key) + ": " + keyData}
			return err
		}
		for _, slot := range slots {
			if slot.Name != key.Value {
				continue
			}
			given, err := f.credential(vendor, slot, v)
			if err != nil {
				return err
			}
			into.credentials[slot.Name], into.from[slot.Name] = given, f.at(key)
		}
		return nil
	})
}

func (f *configFile) credential(vendor string, slot specs.Slot, n *yaml.Node) (mock.Credential, error) {
	name := vendor + "." + slot.Name
	if !slot.List {
		text, err := f.text(n, name)
		return mock.Credential{Text: text}, err
	}
	var list tokens
	account, mapped := accountOf(vendor, slot.Name)
	if n.Kind != yaml.MappingNode || !mapped {
		err := f.list(n, name, func(text, _ string) error { return list.add(text, account.usual) })
		return mock.Credential{Tokens: list}, err
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		token, v := n.Content[i], n.Content[i+1]
		if token.Kind != yaml.ScalarNode || v.Kind != yaml.ScalarNode {
			return mock.Credential{}, f.problem(token, "%s maps each token to its %s, or to nothing", name, account.what)
		}
		stands := v.Value
		if null(v) {
			stands = ""
		}
		if err := account.check(stands); err != nil {
			return mock.Credential{}, f.problem(v, "%s: %s", name, err)
		}
		if err := list.add(token.Value, stands); err != nil {
			return mock.Credential{}, f.problem(token, "%s: %s", name, err)
		}
	}
	return mock.Credential{Tokens: list}, nil
}

// text reads one text. A number or a truth value is taken as it is written.
func (f *configFile) text(n *yaml.Node, name string) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", f.problem(n, "%s is one text", name)
	}
	if null(n) || n.Value == "" {
		return "", f.problem(n, "%s is empty; give it a value or leave the line out", name)
	}
	return n.Value, nil
}

// list reads a list of texts, and hands each over with its place.
func (f *configFile) list(n *yaml.Node, name string, add func(text, at string) error) error {
	if n.Kind != yaml.SequenceNode {
		return f.problem(n, "%s is a list, such as [first, second]", name)
	}
	for _, entry := range n.Content {
		text, err := f.text(entry, "an entry of "+name)
		if err != nil {
			return err
		}
		if err := add(text, f.at(entry)); err != nil {
			return f.problem(entry, "%s: %s", name, err)
		}
	}
	return nil
}

// each walks a mapping whose keys are all known and stand once.
func (f *configFile) each(n *yaml.Node, known []string, what string, visit func(key, v *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode {
		return f.problem(n, "%s is a mapping of %s", what, strings.Join(known, ", "))
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], n.Content[i+1]
		if !slices.Contains(known, key.Value) {
			return f.problem(key, "%s has no key %q%s (there are %s)", what, oneLine(key.Value, 40), meant(key.Value, known), strings.Join(known, ", "))
		}
		if seen[key.Value] {
			return f.problem(key, "%s stands twice", key.Value)
		}
		seen[key.Value] = true
		if err := visit(key, v); err != nil {
			return err
		}
	}
	return nil
}

func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
