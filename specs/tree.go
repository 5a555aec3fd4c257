package specs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mostCopied bounds the nodes that aliases and references multiply a document by.
const mostCopied = 1 << 19

// parseTree reads a text, YAML or JSON, into its nodes. more says that another YAML document follows in it.
func parseTree(file string, data []byte) (root *yaml.Node, more bool, err error) {
	data, err = decodeText(file, data)
	if err != nil {
		return nil, false, err
	}
	if first := bytes.TrimLeft(data, " \t\r\n"); first[0] == '{' || first[0] == '[' {
		root, err := jsonTree(file, data)
		if err == nil || strings.HasSuffix(strings.ToLower(file), ".json") {
			return root, false, err
		}
	}
	return yamlTree(file, data)
}

func yamlTree(file string, data []byte) (root *yaml.Node, more bool, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			root, err = nil, fmt.Errorf("%s: not YAML: the reader gives up on it", file)
		}
	}()
	if at := yamlVersionLine.FindSubmatchIndex(data); at != nil {
		data = slices.Concat(data[:at[2]], []byte("1"), data[at[3]:])
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, false, fmt.Errorf("%s: the file is empty", file)
	} else if err != nil {
		return nil, false, notYAML(file, data, err)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, false, fmt.Errorf("%s: the file is empty", file)
	}
	var next yaml.Node
	more = !errors.Is(decoder.Decode(&next), io.EOF)
	return doc.Content[0], more, nil
}

var (
	yamlErrorLine = regexp.MustCompile(`^line ([0-9]+): (.*)$`)
	// yamlVersionLine is a directive that the reader refuses for its number, although it reads what it stands for.
	yamlVersionLine = regexp.MustCompile(`^(?:[ \t]*(?:#[^\n]*)?\r?\n)*%YAML 1\.([0-9]+)`)
)

// notYAML says what is wrong in the form of all messages, with the line in front. The library counts from 0 what its
// parser finds, from 1 what its scanner does, and leaves the first line out.
func notYAML(file string, data []byte, err error) error {
	line, text := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlErrorLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = m[2]
	}
	for _, of := range []string{"did not find expected", "found duplicate %", "found incompatible", "found undefined tag"} {
		if strings.HasPrefix(text, of) {
			line++
			break
		}
	}
	line = min(line, lineAt(data, len(bytes.TrimRight(data, "\r\n")))) // the end of the file is on its last line
	if line == 0 {
		return fmt.Errorf("%s: not YAML: %s", file, text)
	}
	return fmt.Errorf("%s:%d: not YAML: %s", file, line, text)
}

// tidier makes a tree plain: aliases and merge keys become copies of what they stand for. It judges what no later reader
// wants to meet: names twice, names that are no text, depth without end.
type tidier struct {
	file string
	// aliases says whether they are taken at all.
	aliases bool
	copied  *int
	open    []*yaml.Node // anchors on the way down
}

func (t *tidier) tidy(n *yaml.Node, level int) error {
	if level > mostLevels {
		return tooDeep(t.place(n))
	}
	n.Anchor = ""
	if n.Kind == yaml.MappingNode {
		if err := t.merge(n, level); err != nil {
			return err
		}
		if err := t.names(n); err != nil {
			return err
		}
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		plain, err := t.plain(child, level)
		if err != nil {
			return err
		}
		n.Content[i] = plain
		if plain == child {
			if err := t.tidy(child, level+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// plain is what an alias stands for, as a tidy copy of its own; every other node is itself.
func (t *tidier) plain(n *yaml.Node, level int) (*yaml.Node, error) {
	if n.Kind != yaml.AliasNode {
		return n, nil
	}
	if !t.aliases {
		return nil, fmt.Errorf("%s: YAML aliases are not supported: write a $ref", t.place(n))
	}
	if slices.Contains(t.open, n.Alias) {
		return nil, fmt.Errorf("%s: the alias *%s stands in what it stands for", t.place(n), n.Value)
	}
	twin, err := t.copy(n.Alias, t.place(n))
	if err != nil {
		return nil, err
	}
	t.open = append(t.open, n.Alias)
	err = t.tidy(twin, level+1)
	t.open = t.open[:len(t.open)-1]
	return twin, err
}

func (t *tidier) copy(n *yaml.Node, because Position) (*yaml.Node, error) {
	if *t.copied++; *t.copied > mostCopied {
		return nil, fmt.Errorf("%s: the aliases up to here multiply the document by more than %d values", because, mostCopied)
	}
	twin := *n
	twin.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c, err := t.copy(child, because)
		if err != nil {
			return nil, err
		}
		twin.Content[i] = c
	}
	return &twin, nil
}

// merge puts what the merge keys (<<) of an object bring behind its own fields, which have precedence.
func (t *tidier) merge(n *yaml.Node, level int) error {
	isMerge := func(key *yaml.Node) bool { return key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" }
	var own, merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; isMerge(key) {
			merges = append(merges, key, n.Content[i+1])
		}
	}
	if merges == nil {
		return nil
	}
	known := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; !isMerge(key) {
			known[key.Value] = true
			own = append(own, key, n.Content[i+1])
		}
	}
	n.Content = own
	for i := 0; i < len(merges); i += 2 {
		sources := []*yaml.Node{merges[i+1]}
		if merges[i+1].Kind == yaml.SequenceNode {
			sources = merges[i+1].Content
		}
		for _, source := range sources {
			whole, err := t.plain(source, level)
			if err != nil {
				return err
			}
			if whole == source {
				if err := t.tidy(whole, level+1); err != nil {
					return err
				}
			}
			if whole.Kind != yaml.MappingNode {
				return fmt.Errorf("%s: a merge key (<<) takes an object", t.place(merges[i]))
			}
			for j := 0; j+1 < len(whole.Content); j += 2 {
				if name := whole.Content[j].Value; !known[name] {
					known[name] = true
					n.Content = append(n.Content, whole.Content[j], whole.Content[j+1])
				}
			}
		}
	}
	return nil
}

func (t *tidier) names(n *yaml.Node) error {
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind == yaml.AliasNode {
			if !t.aliases {
				return fmt.Errorf("%s: YAML aliases are not supported: write a $ref", t.place(key))
			}
			twin := *key.Alias
			key, n.Content[i] = &twin, &twin
		}
		if key.Kind != yaml.ScalarNode {
			return fmt.Errorf("%s: a name in an object is a text", t.place(key))
		}
		if first, twice := seen[key.Value]; twice {
			return fmt.Errorf("%s: %q stands here a second time (first at line %s)", t.place(key), key.Value, strconv.Itoa(first))
		}
		seen[key.Value] = key.Line
	}
	return nil
}

func (t *tidier) place(n *yaml.Node) Position { return Position{t.file, n.Line, n.Column} }
