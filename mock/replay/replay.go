// Package replay drives a recording at a server: it sends the recorded requests again, freshly signed and sealed, and compares
// what comes back with what was recorded.
//
//	report, err := replay.Run(ctx, replay.Config{Recording: recording, Contract: contract, Credentials: credentials, Target: url})
//
// What the server minted when it was recorded is another text this time: an id that a later request carries is replaced by
// the one that the server gave in its place, and matches as long as it is the same in all places. A token equals a token; a
// time equals one that is as far from its own clock; everything else is compared as it is.
package replay

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// Config sets up a run. Recording and Contract are needed.
type Config struct {
	Recording *scenarios.Recording
	// Name is what the report calls the recording.
	Name     string
	Contract *specs.Contract
	// Credentials are the caller's own, by slot (see [specs.Contract.Slots]).
	Credentials mock.Credentials
	// StandIns are the slots of Credentials that hold a text which was made up, as in [check.Config].
	StandIns []string
	// Target is the server's base URL, as in drive.Config.
	Target string
	// HTTP sends; nil means a client of its own with a time limit of 30 seconds.
	HTTP *http.Client
	// Unsafe lets calls be made that may change something at the server.
	Unsafe bool
	// Rate bounds the requests per second; 0 means no bound.
	Rate float64
	// Wait is how long the server may take until it answers for the first time.
	Wait time.Duration
	// Header goes along with every request.
	Header http.Header
	// Account picks, of a list of tokens, the one that stands for it; "" is the first.
	Account string
	// FormField is the name under which a sealed text travels in a form where the recording has none; "" means data.
	FormField string
	// Ignore are JSON pointers into replies that are not compared, * for any name or index.
	Ignore []string
	// MaxAge is how old a recording may be before the report warns; 0 means any age.
	MaxAge time.Duration
	// Now is the caller's clock; nil means time.Now.
	Now func() time.Time
	// Progress is told of each step when it is done. It must not block.
	Progress func(check.Progress)
	// KeepExchanges keeps what travelled, masked, in [report.Report.Exchanges].
	KeepExchanges bool
	// Version is what the report names as the version of the tool.
	Version string
}

// Run sends the recorded requests in their order and compares the replies. Each step that was sent is a check of the part
// flow; what was not sent, and why, stands there as well: what may change something without [Config.Unsafe] and what needs an
// id of it, what broke when it was recorded, and what lies outside the contract. Staleness is told as [check.Stale] has it.
//
// The report is nil only where nothing could be begun: a configuration that is wrong, a recording of another vendor
// (*[check.VendorError]), or a server that never answered (*[check.StartError]). A server that dies on the way is a
// *[check.GoneError], and a context that ends is its error; both come with the report of what was done until then. What a
// server answers is never an error.
func Run(ctx context.Context, config Config) (*report.Report, error) {
	switch {
	case config.Recording == nil:
		return nil, errors.New("replay: Config.Recording is nil; read one by scenarios.ReadFile")
	case config.Contract == nil:
		return nil, errors.New("replay: Config.Contract is nil; load one by specs.Load or specs.Read")
	case config.Recording.Vendor != "" && config.Recording.Vendor != config.Contract.Vendor:
		return nil, &check.VendorError{Recording: config.Recording.Vendor, Contract: config.Contract.Vendor}
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	for _, pointer := range config.Ignore {
		if !strings.HasPrefix(pointer, "/") {
			return nil, errors.New("replay: a pointer to ignore begins with a slash, such as /data/*/updated_at")
		}
	}
	caller, err := check.NewCaller(check.Config{
		Contract: config.Contract, Credentials: config.Credentials, StandIns: config.StandIns, Target: config.Target, HTTP: config.HTTP,
		Rate: config.Rate, Wait: config.Wait, Header: config.Header, Account: config.Account, FormField: config.FormField,
		Now: config.Now, Progress: config.Progress, KeepExchanges: config.KeepExchanges, Version: config.Version,
	})
	if err != nil {
		return nil, err
	}
	r := &run{config: config, caller: caller, client: caller.Client(), flows: flowsOf(caller.Client(), config.Recording), pairs: newPairs(), contract: config.Contract, began: config.Now()}
	caller.Report().Tool = "understudy replay"
	if config.Name != "" {
		caller.Report().Notes = append(caller.Report().Notes, "What was sent again stands in "+config.Name+".")
	}
	if err := r.stale(ctx); err != nil {
		return nil, err
	}
	if err := caller.Wait(ctx); err != nil {
		return nil, err
	}
	r.all(ctx)
	ended := caller.Finish()
	var never *check.StartError
	if errors.As(ended, &never) {
		return nil, ended
	}
	return caller.Report(), ended
}
