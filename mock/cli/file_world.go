package cli

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readings reads a mapping of unclear clauses to the readings that are chosen. A reading may be called 200 or null, and
// is taken as it is written.
func (f *configFile) readings(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return f.problem(n, "readings is a mapping of unclear clauses to readings, such as {Z-15: text}")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i], n.Content[i+1]
		if v.Kind != yaml.ScalarNode || v.Value == "" {
			return f.problem(v, "the reading of %s is one text", oneLine(key.Value, 40))
		}
		if seen[key.Value] {
			return f.problem(key, "%s stands twice", oneLine(key.Value, 40))
		}
		seen[key.Value] = true
		if err := f.settings.read(f.contracts, key.Value, setting{text: v.Value, place: f.at(key) + ": readings"}); err != nil {
			return f.problem(key, "readings: %s", err)
		}
	}
	return nil
}

// faults reads a list of rules. The rules read themselves; here their lines become places of the file.
func (f *configFile) faults(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return f.problem(n, "faults is a list of rules, such as [{vendor: zheliban, status: 503, calls: 2}]")
	}
	for _, entry := range n.Content {
		one := fault{place: f.at(entry) + ": faults", places: map[string]string{}}
		if err := entry.Decode(&one.rule); err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			if found := regexp.MustCompile(`^line (\d+): (.*)$`).FindStringSubmatch(first); found != nil {
				return fmt.Errorf("%s:%s: faults: %s", f.name, found[1], found[2])
			}
			return fmt.Errorf("%s: %s", one.place, first)
		}
		if entry.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(entry.Content); i += 2 {
				one.places[entry.Content[i].Value] = f.at(entry.Content[i+1]) + ": faults"
			}
		}
		f.settings.faults = append(f.settings.faults, one)
	}
	return nil
}
