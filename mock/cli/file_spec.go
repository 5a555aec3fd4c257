package cli

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"understudy/mock/report"
)

// origins reads the keys that say where contracts come from. What else stands in the file may depend on them, so they are
// read before it.
func (f *configFile) origins(o *origins) error {
	if f.document == nil || f.document.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(f.document.Content); i += 2 {
		key, v := f.document.Content[i], f.document.Content[i+1]
		var err error
		switch key.Value {
		case "specs":
			err = f.specs(o, v)
		case "overlays":
			err = f.list(v, key.Value, func(text, at string) error {
				return o.addOverlay(setting{text: f.besideNamed(text), place: at + ": overlays"})
			})
		case "maxSpecBytes":
			if o.maxBytes, err = parseBytes(v.Value); err != nil || v.Kind != yaml.ScalarNode {
				err = f.problem(v, "maxSpecBytes is a number of bytes, such as 33554432")
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// specs reads a list of contracts, each a text such as pet-store=petstore.yaml or a mapping with more to say.
func (f *configFile) specs(o *origins, n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return f.problem(n, "specs is a list of contracts, such as [petstore.yaml] or [{name: pet-store, file: petstore.yaml}]")
	}
	for _, entry := range n.Content {
		given := setting{place: f.at(entry) + ": specs"}
		if entry.Kind != yaml.MappingNode {
			text, err := f.text(entry, "an entry of specs")
			if err != nil {
				return err
			}
			given.text = f.besideNamed(text)
			if err := o.addSource(given); err != nil {
				return f.problem(entry, "specs: %s", err)
			}
			continue
		}
		src := source{setting: given}
		if err := f.each(entry, []string{"name", "file", "overlays"}, "an entry of specs", func(key, v *yaml.Node) (err error) {
			switch key.Value {
			case "name":
				src.name, err = f.text(v, key.Value)
				if err == nil && (src.name == noBundled || !nameForm.MatchString(src.name)) {
					err = f.problem(v, "name: a name has lower-case letters, digits and hyphens, such as pet-store")
				}
			case "file":
				var text string
				text, err = f.text(v, key.Value)
				src.text = f.beside(text)
			case "overlays":
				err = f.list(v, key.Value, func(text, _ string) error {
					src.overlays = append(src.overlays, f.beside(text))
					return nil
				})
			}
			return err
		}); err != nil {
			return err
		}
		if src.text == "" {
			return f.problem(entry, "an entry of specs needs a file")
		}
		o.sources = append(o.sources, src)
	}
	return nil
}

// besideNamed is [configFile.beside] for [NAME=]FILE.
func (f *configFile) besideNamed(text string) string {
	name, file, err := parseNamed(text)
	switch {
	case err != nil:
		return text
	case name == "":
		// A path that is joined has no name before it any more, whatever it begins with.
		return dotted(f.beside(file))
	}
	return name + "=" + f.beside(file)
}

// dotted keeps what is a path from being read as a name and a path.
func dotted(path string) string {
	if name, _, err := parseNamed(path); name != "" || err != nil {
		return "./" + path
	}
	return path
}

// verdict reads one entry of the key of that name.
func (f *configFile) verdict(text, _ string) error {
	targets, err := report.ParseTargets(text)
	for _, t := range targets {
		if t.File != "-" {
			t.File = f.beside(t.File)
		}
		f.settings.verdict = append(f.settings.verdict, t)
	}
	return err
}

func parseBytes(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("write a number of bytes, such as 33554432")
	}
	return n, nil
}

// environment reads the variables that say where contracts come from.
func (o *origins) environment(environ []string) error {
	for _, one := range []struct {
		name string
		read func(text, place string) error
	}{
		{"SPECS", func(text, place string) error {
			o.sources = nil
			return eachEntry(text, func(entry string) error { return o.addSource(setting{text: entry, place: place}) })
		}},
		{"OVERLAYS", func(text, place string) error {
			o.overlays = nil
			return eachEntry(text, func(entry string) error { return o.addOverlay(setting{text: entry, place: place}) })
		}},
		{"MAXSPECBYTES", func(text, _ string) (err error) {
			o.maxBytes, err = parseBytes(text)
			return err
		}},
	} {
		name := environmentPrefix + one.name
		text, set := lookup(environ, name)
		if !set || text == "" {
			continue // an empty variable is told with the others
		}
		if err := one.read(text, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func eachEntry(text string, visit func(entry string) error) error {
	for entry := range strings.SplitSeq(text, ",") {
		if err := visit(strings.TrimSpace(entry)); err != nil {
			return err
		}
	}
	return nil
}
