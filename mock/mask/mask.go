// Package mask takes personal data and secrets out of what was heard, before it is kept, and finds what is left of them in a
// file.
//
// What the contract marks (x-sensitive), what a format or a detector tells to be a person's, and what the contract does not
// describe is replaced by a pseudonym: of the same form and length, always the same one for the same datum. What the contract
// describes and does not mark stays, but for the data that are found within texts. What cannot be seen is a name or another
// datum that no check digit tells, in a text that the contract describes, of somebody whom no marked place has named until
// then.
package mask

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"understudy/mock/internal/pseudonym"
	"understudy/scenarios"
	"understudy/specs"
)

// Config says what a masker is to know. The zero value takes everything for a datum but what HTTP itself accounts for.
type Config struct {
	// Contract says which places hold personal data; without one nothing is described.
	Contract *specs.Contract
	// Key is that of the pseudonyms: with the same key a person is the same over several recordings. Nil is a random one.
	Key []byte
	// Keep has JSON pointers of bodies, with * for any name or index, whose values stay although the contract does not
	// describe them. Data that detectors find in them go all the same, and so does what the contract marks.
	Keep []string
	// Secrets are texts that must not appear anywhere, such as the configured credentials.
	Secrets []string
}

// Masker replaces personal data and secrets. It is safe for concurrent use.
type Masker struct {
	known *described
	maker *pseudonym.Maker
	told  *told

	mu   sync.Mutex // guards used in keep
	keep []*keeping
}

// New makes a masker. The error is about a pointer in Keep that is none.
func New(c Config) (*Masker, error) {
	m := &Masker{known: describe(c.Contract), maker: pseudonym.New(c.Key), told: &told{}}
	for _, text := range c.Keep {
		if text != "" && !strings.HasPrefix(text, "/") {
			return nil, fmt.Errorf("%q is no JSON pointer: it begins with /, such as /data/*/note", text)
		}
		m.keep = append(m.keep, &keeping{text: text, tokens: tokensOf(text)})
	}
	for _, secret := range c.Secrets {
		if len(secret) >= shortestSecret {
			m.told.add(secret, m.maker.Of(pseudonym.Secret, secret, nil, nil))
		}
	}
	m.told.settle()
	return m, nil
}

// shortestSecret is how long a text is that can be told from others.
const shortestSecret = 4

// Mask replaces what an exchange holds of persons and secrets, in place: in parameters, paths and headers and in the bodies of
// both sides. What stays keeps its bytes. Masked twice, an exchange is still one of the contract, with other pseudonyms. There
// is an error only where there is no exchange.
func (m *Masker) Mask(x *scenarios.Exchange) error {
	if x == nil {
		return fmt.Errorf("there is no exchange to mask")
	}
	keep := make([]*keeping, len(m.keep))
	for i, k := range m.keep {
		keep[i] = &keeping{text: k.text, tokens: k.tokens}
	}
	// What is marked is looked for in what is not: so all that is marked has to be known first.
	first := copied(x)
	(&walk{known: m.known, visitor: learner{m}, keep: keep}).exchange(first)
	m.told.settle()
	(&walk{known: m.known, visitor: changer{m}, keep: keep}).exchange(x)
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, k := range keep {
		m.keep[i].used = m.keep[i].used || k.used
	}
	return nil
}

// copied is an exchange whose lists are its own; bodies are never written to.
func copied(x *scenarios.Exchange) *scenarios.Exchange {
	y := *x
	y.Request.Parameters = slices.Clone(x.Request.Parameters)
	y.Response.Header = slices.Clone(x.Response.Header)
	return &y
}

// Unused lists the pointers of Keep that no body had anything at until now.
func (m *Masker) Unused() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []string
	for _, k := range m.keep {
		if !k.used {
			list = append(list, k.text)
		}
	}
	return list
}

// StandIn says whether a text is one of our stand-ins for a token or another secret: its last letters and digits follow from
// those before them. No other text of sixteen letters and digits passes for one but by a chance of less than one in a million.
func StandIn(text string) bool { return pseudonym.StandIn(text) }
