package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"understudy/mock/check"
	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// run is one recording at one server.
type run struct {
	config   Config
	contract *specs.Contract
	caller   *check.Caller
	client   *drive.Client
	flows    *flows
	pairs    *pairs
	began    time.Time // on the caller's clock
	// strays are the recorded calls that belong to no operation, by method and path.
	strays map[string]int
}

// stale tells what of the recording is out of date: errors as checks that fail, warnings as what was observed.
func (r *run) stale(ctx context.Context) error {
	list, err := check.Stale(ctx, check.StaleConfig{
		Recording: r.config.Recording, Contract: r.contract, Credentials: r.config.Credentials, MaxAge: r.config.MaxAge, Now: r.config.Now(),
	})
	if err != nil {
		return err
	}
	for i := range list {
		one := &list[i]
		if one.Severity != report.Error {
			r.caller.Observe(one.Operation, one.Name(), one.Finding.Message)
			continue
		}
		if _, ok := r.contract.Operation(one.Operation); ok {
			r.caller.Record(one.Operation, fmt.Sprintf("step %d is up to date: %s", one.Step, one.Name()), 0, []report.Finding{one.Finding})
			continue
		}
		r.stray("operation "+one.Operation, "", one.Finding.Message, true)
	}
	return nil
}

// all goes through the recording.
func (r *run) all(ctx context.Context) {
	list := r.config.Recording.Exchanges
	for i, x := range list {
		if why, stray := r.unsendable(x); why != "" {
			r.leaveOut(x, why, stray)
			continue
		}
		if ended := r.step(ctx, x, i, len(list)); ended {
			for _, rest := range list[i+1:] {
				r.leaveOut(rest, "the run was over before it", false)
			}
			break
		}
	}
	for _, id := range r.caller.Untouched() {
		r.caller.LeaveOut(id, "the recording has no call of it")
	}
}

// unsendable says why an exchange is not sent, "" for one that is; stray that it belongs to no operation.
func (r *run) unsendable(x *scenarios.Exchange) (why string, stray bool) {
	op, known := r.contract.Operation(x.Operation)
	switch {
	case x.Callback != "":
		return "the vendor calls the client there: " + x.Callback, true
	case x.Operation == "":
		return "the contract has no such call", true
	case !known:
		return "the contract has no operation " + x.Operation, true
	case x.Response.Broken != "" || x.Response.Status == 0:
		return "no whole answer came when it was recorded" + in(x.Response.Broken), false
	case x.Response.Outcome == scenarios.OutcomeUnexplained:
		return "what was answered when it was recorded lies outside the contract", false
	case x.Response.Wire.Seal == scenarios.SealUnopened:
		return "the answer could not be opened when it was recorded", false
	case !r.config.Unsafe && !check.Safe(op):
		return "it may change something at the server, and that was not allowed (--unsafe)", false
	}
	return "", false
}

func in(word string) string {
	if word == "" {
		return ""
	}
	return " (" + word + ")"
}

// leaveOut lists what is not sent; what it would have answered is missing from now on.
func (r *run) leaveOut(x *scenarios.Exchange, why string, stray bool) {
	r.flows.lack(x.Number, fmt.Sprintf("step %d, which was not sent", x.Number))
	if _, known := r.contract.Operation(x.Operation); stray && x.Operation != "" && !known {
		return // its failure is told
	}
	if stray {
		r.stray(x.Request.Method, x.Request.Path, fmt.Sprintf("step %d: %s", x.Number, why), false)
		return
	}
	r.caller.LeaveOut(x.Operation, fmt.Sprintf("step %d: %s", x.Number, why))
}

// stray enters a recorded call that belongs to no operation.
func (r *run) stray(method, path, message string, failed bool) {
	if r.strays == nil {
		r.strays = map[string]int{}
	}
	to := r.caller.Report()
	key := method + " " + path
	if i, known := r.strays[key]; known {
		to.Strays[i].Count++
		return
	}
	r.strays[key] = len(to.Strays)
	to.Strays = append(to.Strays, report.Stray{Method: method, Path: path, Count: 1, Message: message, Failed: failed})
}

// step sends one request and compares the reply. It says whether the run is over.
func (r *run) step(ctx context.Context, x *scenarios.Exchange, done, total int) (ended bool) {
	name := fmt.Sprintf("replay: step %d", x.Number)
	r.caller.Doing(x.Operation, name, done, total)
	op, _ := r.contract.Operation(x.Operation)
	request, lacking := r.flows.current(&x.Request, op.Path)
	if lacking != "" {
		r.leaveOut(x, "it needs what belongs to "+lacking, false)
		return false
	}
	began := time.Now()
	got, err := r.send(ctx, x, request)
	if err != nil {
		r.flows.lack(x.Number, fmt.Sprintf("step %d, which got no answer", x.Number))
		if r.caller.Ended(ctx, x.Operation, name, err) {
			r.caller.LeaveOut(x.Operation, fmt.Sprintf("step %d: the run was over before its answer", x.Number))
			return true
		}
		r.failed(x, name, err)
		return false
	}
	r.caller.Heard(got)
	c := &comparison{run: r, exchange: x, got: got, now: r.config.Now()}
	if first := r.config.Recording.Exchanges[0].At; !first.IsZero() && !x.At.IsZero() {
		c.paced = (x.At.Sub(first) - c.now.Sub(r.began)).Abs()
	}
	findings := c.compare()
	r.caller.Record(x.Operation, name, time.Since(began), findings)
	r.flows.take(x.Number, got)
	return false
}

// send makes a request of the recorded one and sends it. A token from before that the vendor takes no longer is fetched once
// more.
func (r *run) send(ctx context.Context, x *scenarios.Exchange, request *scenarios.Request) (*drive.Exchange, error) {
	for again := false; ; again = true {
		made, err := r.client.Restore(ctx, x.Operation, request)
		if err != nil {
			return nil, err
		}
		if made.Header.Get("Accept") != "" && x.Response.MediaType != "" && x.Response.Wire.Seal == "" {
			// The form that the recorded client was given is the one to compare with.
			made.Header.Set("Accept", x.Response.MediaType+", */*;q=0.1")
		}
		got, err := r.client.Send(ctx, made)
		if err != nil {
			return nil, err
		}
		good := request.Wire.Credential == "" || request.Wire.Credential == scenarios.Valid
		if again || !good || made.Login != nil || !aboutToken(got.Error) || x.Response.Outcome != scenarios.OutcomeOK {
			return got, nil
		}
	}
}

// aboutToken says whether a row is about a token that is not good.
func aboutToken(row *specs.ErrorRow) bool {
	return about(row, specs.InvalidToken, specs.ExpiredToken)
}

// about says whether a row is raised by one of some conditions.
func about(row *specs.ErrorRow, conditions ...specs.Condition) bool {
	if row == nil {
		return false
	}
	return slices.ContainsFunc(row.Conditions, func(text string) bool {
		condition, _, _ := strings.Cut(text, ":")
		return slices.Contains(conditions, specs.Condition(condition))
	})
}

// failed enters a step that got no reply.
func (r *run) failed(x *scenarios.Exchange, name string, err error) {
	var credential *drive.CredentialError
	var restore *drive.RestoreError
	var login *drive.LoginError
	var send *drive.SendError
	op, _ := r.contract.Operation(x.Operation)
	f := report.Finding{In: "reply", Clause: op.Source, At: r.contract.Position(op.Pointer)}
	switch {
	case errors.As(err, &credential):
		r.caller.LeaveOut(x.Operation, fmt.Sprintf("step %d: %v", x.Number, err))
		return
	case errors.As(err, &restore):
		r.caller.LeaveOut(x.Operation, fmt.Sprintf("step %d: %s", x.Number, restore.Reason))
		return
	case errors.As(err, &login):
		f.Rule, f.Message = "no-token", err.Error()
	case errors.As(err, &send):
		f.Rule, f.Expected, f.Got = "no-answer", "an answer, as recorded", send.Err.Error()
		f.Message = "no answer came: " + send.Err.Error()
	default:
		r.caller.LeaveOut(x.Operation, fmt.Sprintf("step %d: %v", x.Number, err))
		return
	}
	f.Message = r.caller.Veil(f.Message)
	r.caller.Record(x.Operation, name, 0, []report.Finding{f})
}
