package specs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// foreignKeys tells which extensions stand in a document that are not ours, each once, and which of them look as if they
// were meant to be.
func (b *builder) foreignKeys() {
	type seen struct {
		first *yaml.Node
		count int
	}
	found := map[string]*seen{}
	all := layouts()
	w := walker{layouts: all, visit: func(n *yaml.Node, k kind) bool {
		if l := all[k]; n.Kind != yaml.MappingNode || l.each != noKind && !l.extended {
			return true
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if !extends(key.Value) {
				continue
			}
			if s := found[key.Value]; s != nil {
				s.count++
			} else {
				found[key.Value] = &seen{key, 1}
			}
		}
		return true
	}}
	w.walk(b.document.root, rootKind)
	for name, s := range found {
		ours := slices.Contains(vocabularyKeys(), name)
		if ours && b.ours {
			continue
		}
		rule, text := NoteForeign, fmt.Sprintf("%s is not of the vocabulary and is ignored", name)
		switch meant := lookAlike(name); {
		case ours:
			rule, text = NoteLookAlike, fmt.Sprintf("%s is ignored: the document does not say %s: 1", name, KeyUnderstudy)
		case meant != "":
			rule, text = NoteLookAlike, fmt.Sprintf("%s is ignored; it looks like %s", name, meant)
		}
		if s.count > 1 {
			text += fmt.Sprintf(" (%d places)", s.count)
		}
		b.noteAt(rule, b.document.place(s.first), "", text)
	}
}

// extends says whether a name is one of an extension, or was meant to be.
func extends(name string) bool {
	return len(name) > 2 && (name[0] == 'x' || name[0] == 'X') && (name[1] == '-' || name[1] == '_' && lookAlike(name) != "")
}

func vocabularyKeys() []string {
	return []string{KeyUnderstudy, KeyWire, KeyErrors, KeyResource, KeyUnclear, KeySource, KeySensitive}
}

// lookAlike is the key of the vocabulary that another key may have been meant for, "" for none: a part of x-wire, or a
// name that differs in case, separators, or up to two letters of a long one.
func lookAlike(name string) string {
	plain := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	for _, part := range []string{"route", "auth", "sign", "seal", "envelope", "formats", "safe"} {
		if plain == "x-"+part {
			return KeyWire + "." + part
		}
	}
	best, nearest := "", 3
	for _, key := range vocabularyKeys() {
		most := 1
		if len(key) > 8 {
			most = 2
		}
		if d := distance(plain, key); d <= most && d < nearest {
			best, nearest = key, d
		}
	}
	return best
}

// distance is how many letters have to be put in, left out or changed to make one text of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, before+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// sortNotes brings them into the order of the files.
func (b *builder) sortNotes() {
	file := func(n Note) int {
		if n.At.File == b.document.file {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(b.contract.Notes, func(a, o Note) int {
		return cmp.Or(cmp.Compare(file(a), file(o)), cmp.Compare(a.At.File, o.At.File), cmp.Compare(a.At.Line, o.At.Line), cmp.Compare(a.At.Column, o.At.Column), cmp.Compare(a.Rule, o.Rule), cmp.Compare(a.Text, o.Text))
	})
}
