// Package check holds a server to a contract: it makes requests from the contract, sends them through the contract's own
// wire, and judges every reply.
//
//	report, err := check.Run(ctx, check.Config{Contract: contract, Credentials: credentials, Target: "http://localhost:8740"})
//
// There are three parts. Positive: requests that the contract allows, to which any answer is right that the contract has.
// Negative: requests that break exactly one rule which the contract states, to which only a refusal is right. Flow: what
// was created can be read, what was deleted is gone, pages add up; from x-resource and from OpenAPI's links. What the
// contract leaves open is told as observed and is never a failure.
//
// Only calls that change nothing are made unless [Config.Unsafe] is set. A run depends on the contract, the seed and the
// server alone, and the names of its checks on the contract alone.
package check

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/specs"
)

// Config sets up a run. Only Contract is needed.
type Config struct {
	Contract *specs.Contract
	// Credentials are the caller's own, by slot (see [specs.Contract.Slots]). An operation that needs one which is left out
	// is not checked.
	Credentials mock.Credentials
	// StandIns are the slots of Credentials that hold a text which was made up, since nobody configured one. What the server
	// says to it is no failure: whether it refuses a wrong credential cannot be known without a right one.
	StandIns []string
	// Target is the server's base URL, as in [drive.Config].
	Target string
	// HTTP sends; nil means a client of its own with a time limit of 30 seconds.
	HTTP *http.Client
	// Seed decides the values of the requests.
	Seed int64
	// Only are the ids of the operations to check; none means all.
	Only []string
	// Unsafe lets calls be made that may change something at the server.
	Unsafe bool
	// Rate bounds the requests per second; 0 means no bound.
	Rate float64
	// MaxRequests bounds the requests of the run; 0 means no bound. What is left out then is listed.
	MaxRequests int
	// Wait is how long the server may take until it answers for the first time.
	Wait time.Duration
	// Header goes along with every request.
	Header http.Header
	// Account picks, of a list of tokens, the one that stands for it; "" is the first.
	Account string
	// FormField is the name under which a sealed text travels in a form; "" means data.
	FormField string
	// Now is the caller's clock, for the time that a signed call carries; nil means time.Now.
	Now func() time.Time
	// Progress is told of each check when it is done. It must not block.
	Progress func(Progress)
	// KeepExchanges keeps what travelled, masked, in [report.Report.Exchanges].
	KeepExchanges bool
	// Version is what the report names as the version of the tool.
	Version string
}

// Progress is one check that is done.
type Progress struct {
	// Operation is its id, Part positive, negative or flow, Check the name of the check.
	Operation, Part, Check string
	Failed                 bool
	// Done counts the operations behind, of Total, in this part; Requests those that were sent so far.
	Done, Total, Requests int
}

// StartError says that the server could not be checked: it never answered.
type StartError struct {
	Target string // scheme and host
	Err    error
}

// Error names the server and not its whole address.
func (e *StartError) Error() string { return fmt.Sprintf("%s does not answer: %v", e.Target, e.Err) }

// Unwrap gives the cause.
func (e *StartError) Unwrap() error { return e.Err }

// GoneError says that the server stopped answering while it was checked.
type GoneError struct {
	Target string
	// Operation and Check are what was sent last.
	Operation, Check string
	Err              error
}

// Error names the last check.
func (e *GoneError) Error() string {
	return fmt.Sprintf("%s stopped answering at %s, %s: %v", e.Target, e.Operation, e.Check, e.Err)
}

// Unwrap gives the cause.
func (e *GoneError) Unwrap() error { return e.Err }

// UnknownError says that [Config.Only] names an operation that the contract does not have.
type UnknownError struct {
	Vendor, Operation string
	// Near are the ids that may have been meant; where none is near, all.
	Near []string
}

// Error lists what may have been meant.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("%s has no operation %q; did you mean %s?", e.Vendor, e.Operation, strings.Join(e.Near, ", "))
}

// Run checks a server. The report is nil only where nothing could be begun: a configuration that is wrong, or a server that
// never answered (*[StartError]). A server that dies on the way is a *[GoneError], and a context that ends is its error;
// both come with the report of what was done until then. What a server answers is never an error.
func Run(ctx context.Context, config Config) (*report.Report, error) {
	r, err := newRun(config)
	if err != nil {
		return nil, err
	}
	if err := r.wait(ctx); err != nil {
		return nil, err
	}
	r.all(ctx)
	r.finish()
	var never *StartError
	if errors.As(r.ended, &never) {
		return nil, r.ended
	}
	if errors.Is(r.ended, errEnough) {
		return r.report, nil
	}
	return r.report, r.ended
}

// serverOf is a URL's server, without what may be secret in it.
func serverOf(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return "the target"
	}
	return u.Scheme + "://" + u.Host
}

// shownTarget is the target without user, query and fragment.
func shownTarget(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

func targetOf(config Config) string {
	if config.Target == "" {
		return drive.DefaultTarget
	}
	return config.Target
}
