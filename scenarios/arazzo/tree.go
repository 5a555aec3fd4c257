package arazzo

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

const (
	// mostNodes bounds what aliases multiply a document to, mostLevels how deep objects and lists stand in each other.
	mostNodes  = 1 << 17
	mostLevels = 100
)

// node is one value of a document and where it stands.
type node struct {
	line, column int
	kind         kind
	text         string // of a scalar, as it is written
	value        any    // of a scalar
	list         []*node
	members      []member
}

type member struct {
	name string
	line int
	node *node
}

type kind int

const (
	scalar kind = iota
	list
	object
)

// get finds a member of an object.
func (n *node) get(name string) *node {
	if n == nil {
		return nil
	}
	for _, m := range n.members {
		if m.name == name {
			return m.node
		}
	}
	return nil
}

// json is the node as encoding/json would decode it, numbers as json.Number.
func (n *node) json() any {
	switch n.kind {
	case list:
		items := make([]any, len(n.list))
		for i, item := range n.list {
			items[i] = item.json()
		}
		return items
	case object:
		record := make(map[string]any, len(n.members))
		for _, m := range n.members {
			record[m.name] = m.node.json()
		}
		return record
	}
	return n.value
}

// parseTree reads a text into nodes: JSON where it begins like an object, else YAML.
func parseTree(file string, data []byte) (*node, error) {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	switch trimmed := bytes.TrimSpace(data); {
	case len(trimmed) == 0:
		return nil, invalid(file, 0, "the file is empty")
	case !utf8.Valid(data):
		return nil, invalid(file, lineOfInvalid(data), "this file is not UTF-8; save it as UTF-8")
	case trimmed[0] == '{':
		n, err := jsonTree(file, data)
		if err == nil || strings.HasSuffix(strings.ToLower(file), ".json") {
			return n, err
		}
	}
	return yamlTree(file, data)
}

func lineOfInvalid(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size <= 1 {
			break
		}
		if r == '\n' {
			line++
		}
		data = data[size:]
	}
	return line
}

var yamlErrorLine = regexp.MustCompile(`^line ([0-9]+): (.*)$`)

func yamlTree(file string, data []byte) (n *node, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			n, err = nil, invalid(file, 0, "not YAML: the reader gives up on it")
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, invalid(file, 0, "the file is empty")
	case err != nil:
		return nil, notYAML(file, data, err)
	case doc.Kind != yaml.DocumentNode || len(doc.Content) == 0:
		return nil, invalid(file, 0, "the file is empty")
	}
	if err := decoder.Decode(&next); !errors.Is(err, io.EOF) {
		return nil, invalid(file, max(next.Line, 1), "a second YAML document begins here; write one story in a file")
	}
	t := &builder{file: file, budget: mostNodes}
	return t.node(doc.Content[0], 0)
}

// notYAML says what is wrong with the line in front. The library counts from 0 what its parser finds, from 1 what its scanner
// does.
func notYAML(file string, data []byte, err error) error {
	line, text := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlErrorLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = m[2]
		if strings.HasPrefix(text, "did not find expected") {
			line++
		}
	}
	if strings.Contains(text, "control characters") {
		line = lineOfControl(data)
	}
	line = min(line, bytes.Count(bytes.TrimRight(data, "\r\n"), []byte{'\n'})+1)
	return invalid(file, line, "not YAML: %s", text)
}

// lineOfControl is the line of the first character that YAML does not allow.
func lineOfControl(data []byte) int {
	i := bytes.IndexFunc(data, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\n\r\u0085", r) })
	if i < 0 {
		return 0
	}
	return bytes.Count(data[:i], []byte{'\n'}) + 1
}

// builder makes nodes of YAML's: aliases become what they stand for.
type builder struct {
	file   string
	budget int
	open   []*yaml.Node // aliases on the way down
}

func (t *builder) node(y *yaml.Node, level int) (*node, error) {
	t.budget--
	switch {
	case t.budget < 0:
		return nil, invalid(t.file, y.Line, "the document is too large once its aliases are written out (more than %d values)", mostNodes)
	case level > mostLevels:
		return nil, invalid(t.file, y.Line, "objects and lists stand in each other more than %d levels deep", mostLevels)
	}
	n := &node{line: y.Line, column: y.Column}
	switch y.Kind {
	case yaml.AliasNode:
		for _, one := range t.open {
			if one == y.Alias {
				return nil, invalid(t.file, y.Line, "the alias *%s stands for something that it is part of", shortened(y.Value))
			}
		}
		t.open = append(t.open, y.Alias)
		n, err := t.node(y.Alias, level)
		t.open = t.open[:len(t.open)-1]
		return n, err
	case yaml.SequenceNode:
		n.kind = list
		for _, item := range y.Content {
			one, err := t.node(item, level+1)
			if err != nil {
				return nil, err
			}
			n.list = append(n.list, one)
		}
	case yaml.MappingNode:
		n.kind = object
		return n, t.members(n, y, level)
	default:
		return n, t.scalar(n, y)
	}
	return n, nil
}

func (t *builder) members(n *node, y *yaml.Node, level int) error {
	seen := map[string]bool{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		switch {
		case key.Kind == yaml.ScalarNode && key.Value == "<<" && key.ShortTag() == "!!merge":
			return invalid(t.file, key.Line, "a merge key (<<) is not part of YAML 1.2's JSON schema; write the members out")
		case key.Kind != yaml.ScalarNode:
			return invalid(t.file, key.Line, "the name of a member is a text")
		case key.ShortTag() != "!!str" && strings.ContainsAny(key.ShortTag(), "!") && !isPlainName(key):
			return invalid(t.file, key.Line, "the name %s is no text; put it in quotes", shortened(key.Value))
		case seen[key.Value]:
			return invalid(t.file, key.Line, "the name %q stands twice in one object", shortened(key.Value))
		}
		seen[key.Value] = true
		inner, err := t.node(y.Content[i+1], level+1)
		if err != nil {
			return err
		}
		n.members = append(n.members, member{key.Value, key.Line, inner})
	}
	return nil
}

// isPlainName says whether a name that YAML takes for a number or a date can only be meant as the text it is: 200 among
// replies.
func isPlainName(key *yaml.Node) bool {
	switch key.ShortTag() {
	case "!!int", "!!float", "!!timestamp":
		return true
	}
	return false
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

var leadingZero = regexp.MustCompile(`^[-+]?0[0-9_]`)

func (t *builder) scalar(n *node, y *yaml.Node) error {
	n.text = y.Value
	switch tag := y.ShortTag(); tag {
	case "!!str", "!!timestamp": // a date is a text in JSON
		n.value = y.Value
	case "!!null":
		n.value = nil
	case "!!bool":
		var v bool
		if y.Decode(&v) != nil {
			return invalid(t.file, y.Line, "%q is neither true nor false", shortened(y.Value))
		}
		n.value = v
	case "!!int", "!!float":
		v, ok := number(y.Value)
		if leadingZero.MatchString(y.Value) {
			return invalid(t.file, y.Line, "the number %s begins with a zero, which readers of YAML take differently; put it in quotes", shortened(y.Value))
		}
		if !ok {
			return invalid(t.file, y.Line, "%q is no number that JSON has", shortened(y.Value))
		}
		n.value = v
	default:
		return invalid(t.file, y.Line, "the tag %s has no meaning here", shortened(tag))
	}
	return nil
}

// number reads a number as YAML writes it.
func number(text string) (json.Number, bool) {
	if jsonNumber.MatchString(text) {
		return json.Number(text), true
	}
	if len(text) > 100 {
		return "", false
	}
	plain := strings.TrimPrefix(strings.ReplaceAll(text, "_", ""), "+")
	if whole, ok := new(big.Int).SetString(plain, 0); ok {
		return json.Number(whole.String()), true
	}
	if f, err := strconv.ParseFloat(plain, 64); err == nil {
		if shown := strconv.FormatFloat(f, 'g', -1, 64); jsonNumber.MatchString(shown) {
			return json.Number(shown), true
		}
	}
	return "", false
}
