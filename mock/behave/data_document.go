package behave

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// dataDocument is a file as values, numbers as json.Number, with the lines where they stand.
type dataDocument struct {
	root any
	// line is where the value at a JSON pointer stands, or the nearest one around it.
	line func(pointer string) int
}

// readDocument reads YAML, or JSON where the name says so.
func readDocument(name string, text []byte) (dataDocument, error) {
	if len(text) > MaxData {
		return dataDocument{}, fmt.Errorf("%s: a file of records has at most %d MiB", name, MaxData>>20)
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(text) {
		return dataDocument{}, fmt.Errorf("%s:%d: this is not UTF-8: save the file as UTF-8", name, 1+bytes.Count(text[:validUpTo(text)], []byte("\n")))
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return dataDocument{}, fmt.Errorf("%s: the file is empty", name)
	}
	if strings.HasSuffix(strings.ToLower(name), ".json") {
		return readJSONDocument(name, text)
	}
	return readYAMLDocument(name, text)
}

func validUpTo(text []byte) int {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}

func readJSONDocument(name string, text []byte) (dataDocument, error) {
	root, err := wire.DecodeJSON(text, wire.JSONOptions{})
	if err != nil {
		return dataDocument{}, fmt.Errorf("%s:%d: unreadable as JSON (%s)", name, lineAt(text, err.Offset), err.Reason)
	}
	return dataDocument{root, func(pointer string) int {
		// The place is looked for only when there is something to tell.
		line, best := 1, -1
		d := jsontext.NewDecoder(bytes.NewReader(text))
		for {
			if _, err := d.ReadToken(); err != nil {
				return line
			}
			at := string(d.StackPointer())
			if around(at, pointer) && len(at) > best {
				line, best = lineAt(text, d.InputOffset()), len(at)
			}
			if at == pointer {
				return line
			}
		}
	}}, nil
}

// around says whether a pointer names what another names, or something that holds it.
func around(pointer, inner string) bool {
	return pointer == inner || strings.HasPrefix(inner, pointer+"/")
}

// yamlLine finds the line that an error of the YAML reader names; the rest of it may quote the file.
var yamlLine = regexp.MustCompile(`line ([0-9]+)`)

func readYAMLDocument(name string, text []byte) (dataDocument, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	err := d.Decode(&doc)
	if errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		return dataDocument{}, fmt.Errorf("%s: the file is empty", name)
	}
	if err != nil {
		line := "1"
		if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
			line = found[1]
		}
		return dataDocument{}, fmt.Errorf("%s:%s: unreadable as YAML: look at indentation (spaces, no tabs), colons, quotes and brackets from this line on", name, line)
	}
	var second yaml.Node
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return dataDocument{}, fmt.Errorf("%s:%d: one document only, please", name, max(second.Line, 1))
	}
	root, err := yamlValue(doc.Content[0], 0)
	if err != nil {
		return dataDocument{}, fmt.Errorf("%s:%w", name, err)
	}
	return dataDocument{root, func(pointer string) int { return yamlPlace(doc.Content[0], pointer) }}, nil
}

// deepestData bounds how deep values nest.
const deepestData = 64

// yamlValue is a node as JSON would have it. A number that JSON cannot write, such as 00001, is the text that stands there.
func yamlValue(n *yaml.Node, depth int) (any, error) {
	wrong := func(n *yaml.Node, what string) error { return fmt.Errorf("%d: %s", n.Line, what) }
	if depth > deepestData {
		return nil, wrong(n, "nested too deep")
	}
	switch n.Kind {
	case yaml.AliasNode:
		return nil, wrong(n, "YAML aliases are not supported: write the value again")
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			switch {
			case key.Kind != yaml.ScalarNode:
				return nil, wrong(key, "the name of a member is a text")
			case key.ShortTag() == "!!merge":
				return nil, wrong(key, "YAML merge keys are not supported")
			}
			if _, twice := m[key.Value]; twice {
				return nil, wrong(key, "this member stands here a second time")
			}
			v, err := yamlValue(n.Content[i+1], depth+1)
			if err != nil {
				return nil, err
			}
			m[key.Value] = v
		}
		return m, nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			v, err := yamlValue(item, depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	}
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true"), nil
	case "!!int", "!!float":
		if json.Valid([]byte(n.Value)) {
			return json.Number(n.Value), nil
		}
		return n.Value, nil
	case "!!str", "!!timestamp":
		return n.Value, nil
	}
	return nil, wrong(n, "YAML tags are not supported")
}

// yamlPlace is the line of the value at a pointer: of its name where it has one.
func yamlPlace(n *yaml.Node, pointer string) int {
	line := n.Line
	for _, token := range strings.Split(pointer, "/")[1:] {
		var next *yaml.Node
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if specs.EscapePointer(n.Content[i].Value) == token {
					next, line = n.Content[i+1], n.Content[i].Line
				}
			}
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(token); err == nil && i < len(n.Content) {
				next = n.Content[i]
				line = next.Line
			}
		}
		if next == nil {
			return line
		}
		n = next
	}
	return line
}
