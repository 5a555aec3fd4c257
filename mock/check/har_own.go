package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/scenarios"
)

// own reads the recording where it is one of this program's. Of any other one it gives all there is to read again.
func (config HARConfig) own() (*scenarios.Recording, io.Reader, error) {
	read := scenarios.ReadConfig{Name: orElse(config.Name, "the recording"), MaxBytes: config.MaxBytes}
	if config.MaxBytes == 0 {
		read.MaxBytes = scenarios.DefaultMaxBytes
	}
	var seen bytes.Buffer
	ours, err := scenarios.IsRecording(io.TeeReader(config.Recording, &seen), read)
	whole := io.MultiReader(bytes.NewReader(seen.Bytes()), config.Recording)
	var large *scenarios.SizeError
	switch {
	case errors.As(err, &large), err != nil && bytes.Contains(seen.Bytes(), []byte(`"_understudy"`)):
		return nil, nil, err
	case err != nil || !ours:
		return nil, whole, nil // what is wrong with it is said once it is read
	}
	recording, err := scenarios.Read(whole, read)
	return recording, nil, err
}

// checkOwn holds a recording of this program to the contract: its exchanges are at contract level, without credentials and
// signatures, so that nothing is said about those.
func (config HARConfig) checkOwn(ctx context.Context, recording *scenarios.Recording) (*report.Report, error) {
	if recording.Vendor != "" && recording.Vendor != config.Contract.Vendor {
		return nil, &VendorError{Recording: recording.Vendor, Contract: config.Contract.Vendor}
	}
	reader, err := newReader(config.Contract, config.Credentials)
	if err != nil {
		return nil, err
	}
	defer reader.close(ctx)
	reader.run.report.Version = config.Version
	p := &playback{run: reader.run, byID: map[string]*heard{}, strays: map[string]int{}, signedIn: true}
	for _, op := range p.operations {
		p.byID[op.ID] = &heard{operation: op}
	}
	changed := changedOperations(recording, config.Contract)
	for _, x := range recording.Exchanges {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p.takeOwn(ctx, reader, x, changed)
	}
	stale, err := Stale(ctx, StaleConfig{
		Recording: &scenarios.Recording{Vendor: recording.Vendor, Made: recording.Made, Fingerprints: recording.Fingerprints, Exchanges: headOf(recording)},
		Contract:  config.Contract, Credentials: config.Credentials, MaxAge: config.MaxAge, Now: config.Now,
	})
	if err != nil {
		return nil, err
	}
	for i := range stale {
		if one := &stale[i]; one.Severity != report.Error {
			p.report.Observed = append(p.report.Observed, report.Observation{Operation: one.Operation, Name: one.Name(), Text: one.Finding.Message})
		}
	}
	return p.finish(config)
}

// headOf keeps the time of the first exchange: what the exchanges are worth has been judged.
func headOf(r *scenarios.Recording) []*scenarios.Exchange {
	if len(r.Exchanges) == 0 {
		return nil
	}
	return []*scenarios.Exchange{{At: r.Exchanges[0].At}}
}

// takeOwn judges one exchange.
func (p *playback) takeOwn(ctx context.Context, r *reader, x *scenarios.Exchange, changed map[string]string) {
	p.calls++
	if !x.At.IsZero() {
		if p.first.IsZero() || x.At.Before(p.first) {
			p.first = x.At
		}
		if end := x.At.Add(x.Took); end.After(p.last) {
			p.last = end
		}
	}
	h := p.byID[x.Operation]
	switch {
	case x.Callback != "":
		p.strayOwn(x, "the vendor calls the client there, "+x.Callback+"; that is not judged", false)
		return
	case x.Operation == "":
		p.strayOwn(x, "no operation has this path", false)
		return
	case h == nil:
		p.strayOwn(x, fmt.Sprintf("it was recorded as %s, an operation that the contract does not have any more", x.Operation), true)
		return
	}
	p.matched++
	h.calls++
	broken := p.takeOwnRequest(ctx, r, h, x, changed)
	p.takeOwnReply(r, h, x, broken)
}

func (p *playback) strayOwn(x *scenarios.Exchange, message string, failed bool) {
	name := clipped(p.veil(x.Request.Path))
	key := x.Request.Method + " " + name + message
	if i, known := p.strays[key]; known {
		p.report.Strays[i].Count++
		return
	}
	if len(p.report.Strays) >= maxStrays && !failed {
		p.beyond++
		return
	}
	p.strays[key] = len(p.report.Strays)
	p.report.Strays = append(p.report.Strays, report.Stray{Method: x.Request.Method, Path: name, Count: 1, Failed: failed, Message: fmt.Sprintf("exchange %d: %s", x.Number, message)})
}

// takeOwnRequest holds a request to the contract and says whether it breaks it.
func (p *playback) takeOwnRequest(ctx context.Context, r *reader, h *heard, x *scenarios.Exchange, changed map[string]string) (broken bool) {
	found, warnings, why := r.request(ctx, h.operation, &x.Request)
	if why != "" {
		p.leaveOut(h.operation, partRequests, fmt.Sprintf("exchange %d: %s", x.Number, why))
		return false
	}
	h.judged++
	for _, w := range warnings {
		p.observe(h.operation, "request: "+w.ID, w.Text("en"))
	}
	if len(found) == 0 {
		return false
	}
	if r.excused(x, changed) {
		p.observe(h.operation, "refused requests", fmt.Sprintf("exchange %d: the request breaks the contract, and the vendor refused it", x.Number))
		return true
	}
	h.badRequests++
	h.requests.add("request", x.Number, found)
	return true
}

// takeOwnReply holds a reply to the contract.
func (p *playback) takeOwnReply(r *reader, h *heard, x *scenarios.Exchange, broken bool) {
	switch {
	case x.Response.Status == 0 || x.Response.Broken != "":
		h.unanswered++
		return
	case x.Response.Wire.Seal == scenarios.SealUnopened:
		h.unkeptReplies++
		return
	}
	done, v, err := r.reply(h.operation, &x.Response, !broken)
	if err != nil {
		h.unkeptReplies++
		return
	}
	h.answered++
	if len(v.findings) > 0 {
		h.badReplies++
		h.replies.add("reply", x.Number, v.findings)
	}
	if v.worked {
		h.worked = true
		if broken {
			h.taken++
		}
	}
	if done.Outcome == drive.Refusal {
		p.observe(h.operation, "refusal", "the recording has refusals of the simulator itself")
	}
}
