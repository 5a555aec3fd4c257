package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"understudy/mock"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// StaleConfig says which recording is held to which contract. Recording and Contract are needed.
type StaleConfig struct {
	Recording *scenarios.Recording
	Contract  *specs.Contract
	// Credentials seal and sign what is judged; slots that are left out get values of their own, so none is needed.
	Credentials mock.Credentials
	// MaxAge is how old a recording may be; 0 means any age.
	MaxAge time.Duration
	// Now is the time to count the age from; zero means time.Now.
	Now time.Time
}

// The kinds of [Staleness].
const (
	// StaleOperation: the contract has no such operation any more. An error.
	StaleOperation = "operation-gone"
	// StaleRequest and StaleReply: the exchange does not validate under the contract. Errors.
	StaleRequest = "request-stale"
	StaleReply   = "reply-stale"
	// StaleFingerprint: the contract of the operation has changed since. A warning.
	StaleFingerprint = "contract-changed"
	// StaleAge: the recording is older than it may be. A warning.
	StaleAge = "recording-old"
)

// Staleness is one way in which a recording is out of date.
type Staleness struct {
	Kind     string
	Severity report.Severity
	// Step is the number of the exchange; 0 where it is about an operation or the recording as a whole.
	Step int
	// Operation is its id, "" where it is about the recording as a whole.
	Operation string
	// Finding has the place and the rule; its Message says the whole in a sentence, which holds no value.
	Finding report.Finding
}

// VendorError says that a recording is of another vendor than the contract.
type VendorError struct{ Recording, Contract string }

// Error names both.
func (e *VendorError) Error() string {
	return fmt.Sprintf("the recording is of %s, and the contract is that of %s", e.Recording, e.Contract)
}

// Name is stable, whatever the values of the exchange: the kind, and the place where there is one.
func (s *Staleness) Name() string {
	f := s.Finding
	return strings.TrimSpace(s.Kind + " " + strings.TrimSpace(f.In+" "+report.AnyItem(f.Pointer)+" "+f.Keyword))
}

// Stale says in which ways a recording is out of date under a contract: exchanges that do not validate any more, in their order,
// then operations whose contract has changed, then the recording's age. Nothing is sent.
//
// An exchange that was outside the contract when it was recorded does not count: a reply that the contract never had, one
// that never came, and a request that breaks the contract and was refused for it. The error is a *[VendorError], or one of
// the configuration.
func Stale(ctx context.Context, config StaleConfig) ([]Staleness, error) {
	if config.Recording == nil || config.Contract == nil {
		return nil, errors.New("check: StaleConfig needs a recording and a contract")
	}
	r, c := config.Recording, config.Contract
	if r.Vendor != "" && r.Vendor != c.Vendor {
		return nil, &VendorError{Recording: r.Vendor, Contract: c.Vendor}
	}
	reader, err := newReader(c, config.Credentials)
	if err != nil {
		return nil, err
	}
	defer reader.close(ctx)
	changed := changedOperations(r, c)
	var list []Staleness
	for _, x := range r.Exchanges {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		list = append(list, reader.staleness(ctx, x, changed)...)
	}
	for _, id := range slices.Sorted(maps.Keys(changed)) {
		op, _ := c.Operation(id)
		list = append(list, Staleness{Kind: StaleFingerprint, Severity: report.Warning, Operation: id, Finding: report.Finding{
			Rule: StaleFingerprint, Severity: report.Warning, In: "contract", Clause: op.Source, At: c.Position(op.Pointer),
			Message: fmt.Sprintf("the contract of %s has changed since the recording was made: %s", id, changed[id]),
		}})
	}
	if old := ageOf(r, config); old != "" {
		list = append(list, Staleness{Kind: StaleAge, Severity: report.Warning, Finding: report.Finding{Rule: StaleAge, Severity: report.Warning, In: "recording", Message: old}})
	}
	return list, nil
}

// changedOperations are those whose fingerprint is another one, and which parts of it are.
func changedOperations(r *scenarios.Recording, c *specs.Contract) map[string]string {
	changed := map[string]string{}
	for id, was := range r.Fingerprints {
		now, err := scenarios.FingerprintOf(c, id)
		if err != nil || now == was {
			continue // an operation that is gone is told by its exchanges
		}
		var parts []string
		for _, one := range []struct{ was, now, name string }{
			{was.Schema, now.Schema, "its parameters, bodies or responses"}, {was.Wire, now.Wire, "its wire"}, {was.Errors, now.Errors, "its errors"},
		} {
			if one.was != one.now {
				parts = append(parts, one.name)
			}
		}
		changed[id] = strings.Join(parts, ", ")
	}
	return changed
}

// ageOf tells a recording that is older than it may be, "" for any other. What counts is its first exchange.
func ageOf(r *scenarios.Recording, config StaleConfig) string {
	made, now := r.Made, config.Now
	if made.IsZero() && len(r.Exchanges) > 0 {
		made = r.Exchanges[0].At
	}
	if now.IsZero() {
		now = time.Now()
	}
	age := now.Sub(made)
	if config.MaxAge <= 0 || made.IsZero() || age <= config.MaxAge {
		return ""
	}
	return fmt.Sprintf("the recording was made on %s, %s ago; it may be %s old", made.Format(time.DateOnly), daysText(age), daysText(config.MaxAge))
}

func daysText(d time.Duration) string {
	switch days := int(d / (24 * time.Hour)); {
	case days == 1:
		return "1 day"
	case days > 1:
		return fmt.Sprintf("%d days", days)
	}
	return d.Round(time.Second).String()
}
