// Package explain says why a vendor refuses a call, from whatever a developer has of it: a URL, a raw HTTP request, a curl
// line, a HAR file, a map or a form out of a log, a bare ciphertext, or only the text of an exception.
//
//	explainer, err := explain.New(explain.Config{Contract: contract, Credentials: credentials})
//	reports, err := explainer.Explain(input)
//	fmt.Print(reports[0].Text("en"))
//
// It finds the operation, checks whether the signature reproduces and whether the sealed text opens, and tries the known
// mistakes until one explains what came, by the same search as the simulator's own diagnoses. It never judges freshness:
// a timestamp may be years old, and a token is not looked at. It sends nothing, and it prints no secret.
package explain

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"understudy/mock"
	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/match"
	"understudy/specs"
)

// MaxInput bounds what [Explainer.Explain] reads, in bytes.
const MaxInput = 1 << 20

// maxReports bounds how many calls of one input are explained.
const maxReports = 100

// The errors of [Explainer.Explain].
var (
	ErrEmpty    = errors.New("the input is empty; give a URL, an HTTP request, a curl line, a HAR file, a map, a form, a ciphertext, or an exception's text")
	ErrTooLarge = fmt.Errorf("the input is larger than %d bytes; give the part around one call", MaxInput)
)

// Config sets up an [Explainer].
type Config struct {
	// Contract is the vendor's, as it comes with the module or with readings chosen.
	Contract *specs.Contract
	// Credentials are those in force by slot, as [mock.Server.Credentials] gives them. Every text slot that the contract
	// seals or signs with has to be there.
	Credentials mock.Credentials
	// Show leaves personal data in opened texts and parameters unmasked. Secrets and tokens stay masked.
	Show bool
}

// Explainer explains calls of one vendor. It is immutable and safe for concurrent use.
type Explainer struct {
	contract    *specs.Contract
	credentials map[string]string // text slots
	tokens      map[string][]mock.Token
	operations  []*operation
	paths       match.Index[[]*operation]    // by the whole path
	plain       func() (*mock.Server, error) // judges what a foreign contract's calls are below cipher and signature
	redact      *strings.Replacer
	show        bool
}

// New prepares a contract. Its errors name the contract and the place, or the credential slot at fault, and never hold a
// credential.
func New(c Config) (*Explainer, error) {
	if c.Contract == nil {
		return nil, errors.New("explain: no contract is given")
	}
	e := &Explainer{contract: c.Contract, credentials: map[string]string{}, tokens: map[string][]mock.Token{}, show: c.Show}
	for slot, given := range c.Credentials {
		if given.Text != "" {
			e.credentials[slot] = given.Text
		}
		if len(given.Tokens) > 0 {
			e.tokens[slot] = given.Tokens
		}
	}
	e.redact = e.redactor()
	var err error
	if e.operations, err = e.compile(); err != nil {
		return nil, err
	}
	e.index()
	e.plain = sync.OnceValues(func() (*mock.Server, error) { return plainServer(c.Contract, c.Credentials) })
	return e, nil
}

// Explain reads input and explains each call that it finds in it, in order, at most a hundred; of a HAR file's entries,
// those that call somebody else are passed over. Unless that explains something, it also explains the exceptions whose
// texts it knows; where there is nothing at all, it gives one report that says so. Its errors are ErrEmpty, ErrTooLarge,
// and what is wrong with the text's encoding.
func (e *Explainer) Explain(input []byte) ([]Report, error) {
	if len(input) > MaxInput {
		return nil, ErrTooLarge
	}
	text, err := decodeText(input)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, ErrEmpty
	}
	messages := e.read(text)
	var reports []Report
	var strays []Report // of texts that are perhaps no calls at all, or calls of somebody else
	dropped := 0
	for i := range messages {
		m := &messages[i]
		if len(reports) == maxReports || len(strays) == 10*maxReports {
			dropped++
			continue
		}
		r := e.check(m)
		others := m.source == sourceHAR && len(messages) > 1 && r.Cause.ID == "explain-no-operation"
		if m.certain && !others || r.Operation != "" || r.Verdict == Explained && !weak(r.Cause.ID) {
			reports = append(reports, r)
		} else {
			strays = append(strays, r)
		}
	}
	if !slices.ContainsFunc(reports, func(r Report) bool { return r.Verdict == Explained }) {
		reports = append(reports, e.exceptions(text)...)
	}
	if len(reports) == 0 {
		reports = strays[:min(1, len(strays))]
	}
	if len(reports) == 0 {
		reports = []Report{{Vendor: e.contract.Vendor, Cause: diagnosis.New("explain-nothing"), Verdict: Unknown}}
	}
	if dropped > 0 {
		last := &reports[len(reports)-1]
		last.Notes = append(last.Notes, diagnosis.New("explain-more", "count", fmt.Sprint(dropped)))
	}
	for i := range reports {
		reports[i].seal(e)
	}
	return reports, nil
}

// weak says whether a finding only says that a text is no ciphertext: of a word in a log that says nothing.
func weak(id string) bool { return id == "sealed-length" || id == "sealed-not-encoded" }

// seal takes every credential out of what a report shows, whatever part of the input it came from.
func (r *Report) seal(e *Explainer) {
	for i := range r.Facts {
		r.Facts[i].Value = e.redact.Replace(r.Facts[i].Value)
	}
	for _, d := range append([]*diagnosis.Diagnosis{r.Cause}, r.Notes...) {
		if d == nil {
			continue
		}
		for name, v := range d.Detail {
			d.Detail[name] = e.redact.Replace(v)
		}
	}
}

// redactor puts the name of a slot in the place of its secret. What a caller is known by in the clear is no secret.
func (e *Explainer) redactor() *strings.Replacer {
	public := map[string]bool{}
	for _, op := range e.contract.Operations {
		if s := op.Wire.Sign; s != nil {
			public[s.KeySlot] = true
		}
	}
	type secret struct{ slot, text string }
	var secrets []secret
	for slot, text := range e.credentials {
		if !public[slot] {
			secrets = append(secrets, secret{slot, text})
		}
	}
	for slot, tokens := range e.tokens {
		for _, t := range tokens {
			secrets = append(secrets, secret{slot, t.Value})
		}
	}
	// A secret may hold another one: the longest goes first.
	slices.SortFunc(secrets, func(a, b secret) int {
		if n := len(b.text) - len(a.text); n != 0 {
			return n
		}
		return strings.Compare(a.slot+a.text, b.slot+b.text)
	})
	var pairs []string
	for _, s := range secrets {
		if len(s.text) >= 4 {
			pairs = append(pairs, s.text, "$"+s.slot)
		}
	}
	return strings.NewReplacer(pairs...)
}

// isJSONObject reports whether text could be a JSON object.
func isJSONObject(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 1 && text[0] == '{' && text[len(text)-1] == '}'
}
