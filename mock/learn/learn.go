// Package learn says what recordings prove about a contract: which reading of each unclear clause they confirm, refute or
// leave open, and what they have that the contract has not. It changes nothing: what it found can be written as an OpenAPI
// Overlay, which is applied on purpose.
//
// Nothing here names a vendor. Each exchange is held to the contract under the readings that make a difference to it, both
// sides: what the vendor would have against the request, and what the contract has against the reply. A reading is refuted by
// what it leaves unexplained and another one explains, or by an error that another one foretells and it does not. That the
// contract as it stands often takes several forms is no reading of its own.
package learn

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"understudy/scenarios"
	"understudy/specs"
)

// Source is one recording and what findings call it.
type Source struct {
	Name      string
	Recording *scenarios.Recording
}

// Config says what is learned from what. Contract and Recordings are needed.
type Config struct {
	// Contract is the one that the recordings are held to, without readings chosen for the clauses that are in question.
	Contract   *specs.Contract
	Recordings []Source
	// Progress hears how many exchanges have been looked at, of how many; nil means that nobody listens.
	Progress func(done, all int)
}

// NothingError says that recordings have nothing from which something could be learned.
type NothingError struct {
	Contract string
	// Exchanges counts what the recordings have.
	Exchanges int
	// Vendors are those that the recordings are of, where they are others.
	Vendors []string
}

// Error says what was found in place of it.
func (e *NothingError) Error() string {
	text := fmt.Sprintf("nothing was learned: none of the %d recorded exchanges could be held to %s", e.Exchanges, e.Contract)
	if len(e.Vendors) > 0 {
		text += "; they are of " + strings.Join(e.Vendors, ", ")
	}
	return text
}

// learner is one run.
type learner struct {
	contract  *specs.Contract
	questions []question
	concerns  *concerns
	stands    *stands
	known     sides
	exchanges []*exchange
	// refuted are the proofs against each option of each question.
	refuted []map[string][]proof
	// vague are errors that prove nothing; worked are the operations that worked at least once.
	vague, worked map[string]bool
	findings      *Findings
}

// Run holds recordings to the contract under its readings. Nothing is sent anywhere. The errors are those of ctx, a
// *[NothingError], and contracts that cannot be compiled.
func Run(ctx context.Context, config Config) (*Findings, error) {
	c := config.Contract
	if c == nil {
		return nil, errors.New("learn: Config.Contract is nil")
	}
	if len(config.Recordings) == 0 {
		return nil, errors.New("learn: Config.Recordings is empty")
	}
	l := &learner{contract: c, stands: newStands(c), worked: map[string]bool{}, findings: &Findings{Contract: c.Vendor, Title: c.Title, Version: c.Version}}
	defer l.stands.close()
	l.questions, l.findings.Notes = questionsOf(c)
	var err error
	if l.concerns, err = newConcerns(c, l.questions); err != nil {
		return nil, err
	}
	l.known = sides{map[string]*side[asked]{}, map[string]*side[answered]{}}
	if err := l.hear(ctx, config); err != nil {
		return nil, err
	}
	l.solve()
	l.conclude()
	if err := l.beyond(ctx); err != nil {
		return nil, err
	}
	return l.findings, nil
}

// hear looks at every exchange.
func (l *learner) hear(ctx context.Context, config Config) error {
	all, done, strange, others := 0, 0, 0, map[string]bool{}
	for _, s := range config.Recordings {
		all += len(s.Recording.Exchanges)
	}
	for _, s := range config.Recordings {
		if v := s.Recording.Vendor; v != "" && v != l.contract.Vendor {
			others[v] = true
		}
		for _, one := range s.Recording.Exchanges {
			if err := ctx.Err(); err != nil {
				return err
			}
			if t, ok := newTold(l.contract, s.Name, one); ok {
				x, err := l.look(ctx, t)
				if err != nil {
					return err
				}
				l.take(x)
			} else {
				strange++
			}
			if done++; config.Progress != nil {
				config.Progress(done, all)
			}
		}
	}
	f := l.findings
	f.Exchanges, f.Judged = all, len(l.exchanges)
	if len(l.exchanges) == 0 {
		return &NothingError{Contract: l.contract.Vendor, Exchanges: all, Vendors: sortedKeys(others)}
	}
	if strange > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%d exchanges belong to no operation.", strange))
	}
	if unjudged := all - strange - len(l.exchanges); unjudged > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%d exchanges could not be held to the contract: no answer came, or what was sealed could not be opened.", unjudged))
	}
	return nil
}

// take keeps an exchange of which one side at least could be judged.
func (l *learner) take(x *exchange) {
	judged := false
	for _, a := range x.asked.said {
		judged = judged || a.judged && (x.callback != nil || x.heard.Response.Status != 0)
	}
	for _, a := range x.replied.said {
		judged = judged || a.judged
		if a.worked {
			l.worked[x.operation] = true
		}
	}
	if judged {
		l.exchanges = append(l.exchanges, x)
	}
}
