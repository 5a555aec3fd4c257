// Package specs holds what the vendors say: one OpenAPI 3.1 contract per vendor with the closed vocabulary for what
// OpenAPI cannot say (see [Wire], [ErrorRow], [Unclear]), the outside truth for its ciphers and signatures, and the
// record of how each unclear clause was decided.
//
// A [Contract] is loaded once and never changes. It knows nothing of simulating, checking or calling: those read it. Where
// the vendor's document can be read in several ways, [Contract.With] gives the contract under chosen readings, and
// [Contract.Overlay] the one that a correction makes of it.
package specs

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Contract is one vendor's document, read, checked and indexed. It is immutable and safe for concurrent use.
type Contract struct {
	// Vendor is the id: folder, package and configuration key.
	Vendor  string
	Title   string
	Version string
	// OpenAPI is the version that the document states, such as 2.0, 3.0.3 or 3.1.0. Whatever it is, the schemas that
	// [Contract.Value] gives are in the dialect of 3.1.
	OpenAPI string
	// Bundled says that this is a contract of this module, or a variant of one: behaviours are written for it.
	Bundled bool
	// Extended says that the document uses the vocabulary (x-understudy: 1).
	Extended bool
	// Notes are what is wrong or strange in the document and does not keep it from being used.
	Notes []Note
	// Files are those that the document was read from, its own first; none for an embedded one.
	Files []string
	// Operations stand in the order of the document.
	Operations []*Operation
	// Errors is the catalogue; it is empty when the document has none.
	Errors  []ErrorRow
	Unclear []Unclear

	document *document
	// raw is the document before it was brought into the dialect of 3.1: what overlays change.
	raw     *document
	byID    map[string]*Operation
	derived sync.Map // key → func() (any, error)

	// readings are those that were chosen, origin is the contract they were chosen from: nil for a contract that is one.
	readings map[string]string
	origin   *Contract
	variants sync.Map // a choice → func() (*Contract, error)
	// overlays holds the overlays of the readings, as VENDOR/readings/CLAUSE.NAME.yaml.
	overlays fs.FS
}

// loaded holds how each vendor's contract is read: once per process.
var loaded = loaders()

func loaders() map[string]func() (*Contract, error) {
	all := map[string]func() (*Contract, error){}
	for _, vendor := range Vendors() {
		all[vendor] = sync.OnceValues(func() (*Contract, error) {
			data, err := embedded(vendor, "openapi.yaml")
			if err != nil {
				return nil, err
			}
			d, err := parseText(vendor+"/openapi.yaml", data, documentKind)
			if err != nil {
				return nil, err
			}
			d.proven = true
			c, err := newContract(vendor, d, nil)
			if err != nil {
				return nil, err
			}
			c.Bundled = true
			return c, nil
		})
	}
	return all
}

// Load returns the contract that comes with this module for vendor, one of [Vendors]: the same one on each call.
func Load(vendor string) (*Contract, error) {
	load, ok := loaded[vendor]
	if !ok {
		return nil, fmt.Errorf("specs: no contract for vendor %q; there are %s", vendor, strings.Join(Vendors(), ", "))
	}
	return load()
}

// documentKind is what errors say that a file should be.
const documentKind = "an OpenAPI document"

// LoadAll returns the contract of each vendor as [Load] does, in the order of [Vendors]. They are read side by side: a program
// that plays them all does so at every start.
func LoadAll() ([]*Contract, error) {
	vendors := Vendors()
	list, errs := make([]*Contract, len(vendors)), make([]error, len(vendors))
	var all sync.WaitGroup
	for i, vendor := range vendors {
		all.Go(func() { list[i], errs[i] = Load(vendor) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return list, nil
}

// Parse reads a contract from data, YAML or JSON; file is what positions and errors call it. Everything that is wrong
// is reported at once, each with file and line: unknown or misplaced vocabulary keys, OpenAPI mistakes, catalogue rows
// that contradict each other, wire parts that name what does not exist. A document without x-understudy: 1 is a
// stranger's: its x- keys are ignored, and what is wrong with it is a [Note] as long as an operation can be served. The
// overlays of its readings are those that come with this module for vendor. A document of several files takes [Read].
func Parse(vendor, file string, data []byte) (*Contract, error) {
	d, err := parseText(file, data, documentKind)
	if err != nil {
		return nil, err
	}
	return newContract(vendor, d, nil)
}

// Operation finds an operation by its id.
func (c *Contract) Operation(id string) (*Operation, bool) {
	op, ok := c.byID[id]
	return op, ok
}

// Position tells where the thing at a JSON pointer stands.
func (c *Contract) Position(pointer string) Position { return c.document.position(pointer) }

// Value returns what stands at a JSON pointer as encoding/json would decode it, numbers as json.Number, and whether
// something stands there. The result is fresh on each call.
func (c *Contract) Value(pointer string) (any, bool) {
	return c.document.value(pointer)
}

// Names lists the keys of the object at a JSON pointer in the order of the document.
func (c *Contract) Names(pointer string) []string { return c.document.names(pointer) }

// ErrorFor finds the catalogue row that answers a condition in an operation: a row that names the subject before one
// that does not, a row limited to the operation before one that is not. The second result is false when the vendor's
// document has no answer.
func (c *Contract) ErrorFor(operation string, condition Condition, subject string) (*ErrorRow, bool) {
	best, bestScore := -1, 0
	for i := range c.Errors {
		row := &c.Errors[i]
		score := 1
		switch {
		case subject != "" && slices.Contains(row.Conditions, string(condition)+":"+subject):
			score += 4
		case slices.Contains(row.Conditions, string(condition)):
		default:
			continue
		}
		switch {
		case len(row.Operations) == 0:
		case slices.Contains(row.Operations, operation):
			score += 2
		default:
			continue
		}
		if score > bestScore {
			best, bestScore = i, score
		}
	}
	if best < 0 {
		return nil, false
	}
	return &c.Errors[best], true
}

// Error finds a catalogue row by its id.
func (c *Contract) Error(id string) (*ErrorRow, bool) {
	for i := range c.Errors {
		if c.Errors[i].ID == id {
			return &c.Errors[i], true
		}
	}
	return nil, false
}

// Slot is one credential that the contract's wire names: a text, or a list of accepted tokens.
type Slot struct {
	Name string
	List bool
	// Scheme says that the slot is named after a security scheme of which x-wire.auth does not speak: whoever has a value for
	// it holds callers to that, "user:password" for the scheme basic. Nobody has to.
	Scheme bool
}

// Slots lists the credential slots in the order of their first mention, those named after security schemes last.
func (c *Contract) Slots() []Slot {
	var slots []Slot
	add := func(s Slot) {
		if s.Name != "" && !slices.ContainsFunc(slots, func(known Slot) bool { return known.Name == s.Name }) {
			slots = append(slots, s)
		}
	}
	for _, op := range c.Operations {
		w := op.Wire
		if w.Auth != nil {
			add(Slot{Name: w.Auth.Slot, List: true})
			var pointers []string
			for p := range w.Auth.Fields {
				pointers = append(pointers, p)
			}
			sort.Strings(pointers)
			for _, p := range pointers {
				add(Slot{Name: w.Auth.Fields[p]})
			}
		}
		if w.Sign != nil {
			add(Slot{Name: w.Sign.KeySlot})
			add(Slot{Name: w.Sign.Secret})
		}
		if w.Seal != nil {
			add(Slot{Name: w.Seal.Key.Slot})
			if w.Seal.IV != nil {
				add(Slot{Name: w.Seal.IV.Slot})
			}
		}
	}
	for _, op := range c.Operations {
		for _, alternative := range op.Requirements {
			for _, scheme := range alternative {
				spoken := op.Wire.Auth != nil && op.Wire.Auth.Security == scheme.Name
				if !spoken && scheme.Type != "mutualTLS" {
					add(Slot{Name: scheme.Name, Scheme: true})
				}
			}
		}
	}
	return slots
}

// Source returns the x-source of the nearest thing at or above a JSON pointer: the clause a diagnosis quotes.
func (c *Contract) Source(pointer string) string {
	if c.document.packed != nil {
		return c.document.packed.nearestText(pointer, KeySource)
	}
	for {
		if n, ok := c.document.nodes[pointer+"/"+KeySource]; ok && n.Kind == yaml.ScalarNode {
			return n.Value
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return ""
		}
		pointer = pointer[:i]
	}
}
