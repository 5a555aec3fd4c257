package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/specs"
)

// mostNotes is how many notes on a document are told at the start.
const mostNotes = 10

// documentFor is the document that a contract was read from; nil for one that came with this program as it is.
func (a announcement) documentFor(c *specs.Contract) *document {
	i := slices.IndexFunc(a.settings.documents, func(d *document) bool { return d.name == c.Vendor })
	if i < 0 {
		return nil
	}
	return a.settings.documents[i]
}

// documentRows say how much a contract has and where it comes from.
func (a announcement) documentRows(c *specs.Contract) [][]string {
	d := a.documentFor(c)
	if d == nil {
		return nil
	}
	text := operationCount(c, a.speech)
	if d.file != "" {
		text += a.speech.of(" of ", "，来自 ") + oneLine(d.file, 200)
	}
	for _, file := range d.overlays {
		text += a.speech.of(", corrected by ", "，修订自 ") + oneLine(file, 200)
	}
	if bundled(c.Vendor) && d.file != "" {
		text += a.speech.of("; in the place of the bundled vendor", "；替代内置厂商")
	}
	return [][]string{{"contract", text}}
}

func bundled(vendor string) bool { return slices.Contains(specs.Vendors(), vendor) }

// renew exchanges what the server plays. Where credentials are random, those of slots that come with a change are as well,
// and are told, since nobody else can.
func (a announcement) renew(credentials map[string]mock.Credentials, out io.Writer) func([]*specs.Contract) error {
	return func(contracts []*specs.Contract) error {
		if !a.random {
			return a.server.SetContracts(contracts)
		}
		known := map[string]mock.Credentials{}
		for vendor, slots := range credentials {
			known[vendor] = maps.Clone(slots)
		}
		randomise(contracts, credentials)
		if err := a.server.SetContracts(contracts); err != nil {
			return err
		}
		for _, c := range contracts {
			for _, row := range a.settings.credentialRows(c, credentials[c.Vendor], true) {
				if _, old := known[c.Vendor][row.slot]; !old && row.value != anyCredential {
					fmt.Fprintf(out, "%s.%s: %s (%s)\n", c.Vendor, row.slot, row.value, row.from)
				}
			}
		}
		return nil
	}
}

// specFlags are the flags by which another command reads the same document, as far as it was named by flags.
func (d *document) specFlags() []string {
	var flags []string
	if d.from.byFlag && d.file != "" {
		flags = append(flags, flagSpec, d.name+"="+d.file)
	}
	if d.from.byFlag {
		for _, file := range d.overlays {
			flags = append(flags, flagOverlay, d.name+"="+file)
		}
	}
	return flags
}

// prefixRows tell why an address begins with a path that no document has.
func (a announcement) prefixRows(prefix string) [][]string {
	if prefix == "" {
		return nil
	}
	return [][]string{{"prefix", prefix + a.speech.of(", since another contract has paths of this one", "，因为另一份契约有相同的路径")}}
}

// noteRows are what is wrong or strange in a document of the user's own, the first few of it.
func noteRows(c *specs.Contract, d *document, say speech) [][]string {
	if d == nil || d.file == "" {
		return nil
	}
	var rows [][]string
	for i, n := range c.Notes {
		if i == mostNotes {
			rows = append(rows, []string{"note", fmt.Sprintf(say.of("… %d more: %s", "… 另有 %d 条：%s"), len(c.Notes)-i, lintLine(d))})
			break
		}
		rows = append(rows, []string{"note", n.At.String() + ": " + oneLine(n.Text, 300)})
	}
	return rows
}

// lintLine is the command that tells all about a document.
func lintLine(d *document) string {
	line := "understudy lint " + shellWord(d.file)
	for _, file := range d.overlays {
		line += " --overlay " + shellWord(file)
	}
	return line
}

func shellWord(text string) string {
	if strings.ContainsAny(text, special) {
		return quoted(text, thisSystem())
	}
	return text
}

// anyCredential stands for the value of a slot that callers are not held to.
const anyCredential = "any"

// optional says that callers are not held to a credential: the slot was made after a security scheme of a document that
// says no more, and nobody configured it.
func optional(slot specs.Slot, credentials mock.Credentials) bool {
	given, ok := credentials[slot.Name]
	return !ok || given.Text == "" && len(given.Tokens) == 0
}
