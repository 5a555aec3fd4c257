package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"slices"
	"strings"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/internal/diagnosis"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// HARConfig says which recording is held to which contract. Contract and Recording are needed.
type HARConfig struct {
	Contract *specs.Contract
	// Credentials open what is sealed and verify what is signed, by slot. What needs one that is left out is not judged.
	Credentials mock.Credentials
	// Recording is a HAR 1.2 file of any tool; it is read once, entry by entry.
	Recording io.Reader
	// Name is what the report calls the recording.
	Name string
	// Base is the URL below which the contract's paths begin, such as https://example.com/api; calls elsewhere are left out.
	// Without one the place is found by the paths.
	Base string
	// Version is what the report names as the version of the tool.
	Version string
	// MaxBytes bounds what is read of the recording; 0 means [scenarios.DefaultMaxBytes].
	MaxBytes int64
	// MaxAge is how old a recording of this program may be before the report warns; 0 means any age. Now is the time to count
	// from; zero means time.Now.
	MaxAge time.Duration
	Now    time.Time
}

// NothingError says that a recording has nothing that could be judged.
type NothingError struct {
	Contract string
	// Calls counts what was recorded, Matched what of it belongs to an operation.
	Calls, Matched int
	// Paths are some of the contract's.
	Paths []string
}

// Error says what was found in place of it.
func (e *NothingError) Error() string {
	if e.Matched > 0 {
		return fmt.Sprintf("nothing was checked: none of the %d calls of %s could be judged; the report says why", e.Matched, e.Contract)
	}
	return fmt.Sprintf("nothing was checked: none of the %d recorded calls belongs to an operation of %s, whose paths are %s", e.Calls, e.Contract, strings.Join(e.Paths, ", "))
}

// HAR is [HARConfig.Check] of a recording about which there is nothing more to say.
func HAR(ctx context.Context, contract *specs.Contract, credentials mock.Credentials, recording io.Reader) (*report.Report, error) {
	return HARConfig{Contract: contract, Credentials: credentials, Recording: recording}.Check(ctx)
}

// Check holds recorded traffic to a contract, without sending anything: requests, which are the client's doing, and replies,
// which are the server's, apart. Sealed bodies are opened and signatures verified with the credentials; how old a signed
// call is, and whether a token was good at its time, nobody can say afterwards. What belongs to no operation is listed.
//
// A recording of this program is opened already. Of it the report says as well what is out of date, as [Stale] does: an
// operation that is gone is a call of no operation which fails, a contract that has changed and an age beyond MaxAge stand
// with what was observed. A request that breaks the contract and was refused for it is no mistake there.
//
// The errors are those of reading the recording, a *[VendorError] where it is another vendor's, and a *[NothingError], with
// which the report comes as well.
func (config HARConfig) Check(ctx context.Context) (*report.Report, error) {
	if config.Recording == nil {
		return nil, errors.New("check: HARConfig.Recording is nil")
	}
	r, err := newRun(Config{Contract: config.Contract, Credentials: config.Credentials, Unsafe: true, Version: config.Version})
	if err != nil {
		return nil, err
	}
	own, foreign, err := config.own()
	switch {
	case err != nil:
		return nil, err
	case own != nil:
		return config.checkOwn(ctx, own)
	}
	config.Recording = foreign
	server, err := mock.New(mock.Config{
		Contracts: []*specs.Contract{config.Contract}, Credentials: map[string]mock.Credentials{config.Contract.Vendor: config.Credentials},
		SignatureWindow: "off", MaxBodyBytes: maxRecordedBody, ErrorLog: log.New(io.Discard, "", 0),
	})
	if err != nil {
		return nil, err
	}
	defer func() { _ = server.Close(ctx) }() // nothing is under way
	finder, err := newFinder(config)
	if err != nil {
		return nil, err
	}
	p := &playback{run: r, server: server, finder: finder, byID: map[string]*heard{}, strays: map[string]int{}}
	for _, op := range r.operations {
		p.byID[op.ID] = &heard{operation: op, lacks: lacks(op.Operation, config.Credentials)}
	}
	err = scenarios.ReadEntries(config.Recording, scenarios.ReadConfig{MaxBytes: config.MaxBytes}, func(e *scenarios.Entry) error {
		if x, ok := recordedOf(e); ok {
			p.take(x)
		} else {
			p.skipped++
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return p.finish(config)
}

// maxRecordedBody bounds a recorded request body in bytes.
const maxRecordedBody = 256 << 20

// maxStrays bounds the paths of no operation that are listed.
const maxStrays = 200

// playback is a recording that is judged.
type playback struct {
	*run
	server *mock.Server
	finder *finder
	byID   map[string]*heard

	calls, matched, skipped int
	first, last             time.Time
	strays                  map[string]int // by method and path, in the report
	beyond                  int            // strays that are not listed
	// signedIn says that some call shows a credential: then the recording has kept them.
	signedIn bool
}

// heard is what the recording has of one operation.
type heard struct {
	*operation
	calls int
	// lacks says why bodies cannot be opened and signatures not verified; "" for nothing.
	lacks             lacking
	requests, replies kinds
	judged, answered  int
	// badRequests and badReplies broke the contract; bareOnly are requests with nothing wrong but that no credential is there.
	badRequests, badReplies, bareOnly int
	// unkept counts bodies that the recording does not have.
	unkeptRequests, unkeptReplies, unanswered int
	// bare are calls without the credential that the contract asks for.
	bare    kinds
	foreign int // calls with another credential than the configured one
	hidden  int // calls whose credential the recording does not show
	taken   int // calls that break the contract and succeed all the same
}

// lacking names the slots without a value that the operation's seal and signature need.
type lacking struct{ seal, sign string }

func lacks(op *specs.Operation, credentials mock.Credentials) lacking {
	var l lacking
	missing := func(slot string) string {
		if slot == "" || credentials[slot].Text != "" {
			return ""
		}
		return slot
	}
	if s := op.Wire.Seal; s != nil {
		l.seal = missing(s.Key.Slot)
		if s.IV != nil && l.seal == "" {
			l.seal = missing(s.IV.Slot)
		}
	}
	if s := op.Wire.Sign; s != nil {
		l.sign = missing(s.Secret)
	}
	return l
}

// take judges one exchange.
func (p *playback) take(x *recorded) {
	p.calls++
	if !x.at.IsZero() {
		if p.first.IsZero() || x.at.Before(p.first) {
			p.first = x.at
		}
		if end := x.at.Add(x.took); end.After(p.last) {
			p.last = end
		}
	}
	path, found, ok := p.finder.find(x, func(path string) (mock.Judgement, bool) {
		request, err := x.request(path)
		if err != nil {
			return mock.Judgement{}, false
		}
		return p.server.Judge(request), true
	})
	if !ok || found.Operation == "" {
		p.stray(x, path, found)
		return
	}
	h := p.byID[found.Operation]
	p.matched++
	h.calls++
	if slices.ContainsFunc([]string{"Authorization", "Cookie"}, func(name string) bool { return x.header.Get(name) != "" }) || h.Security != nil && x.header.Get(h.Security.Key) != "" {
		p.signedIn = true
	}
	broken := p.takeRequest(h, x, found)
	p.takeReply(h, x, broken)
}

func (p *playback) stray(x *recorded, path string, found mock.Judgement) {
	if path == "" {
		path = x.url.EscapedPath()
	}
	name := clipped(p.veil(path))
	key := x.method + " " + name
	if i, known := p.strays[key]; known {
		p.report.Strays[i].Count++
		return
	}
	if len(p.report.Strays) >= maxStrays {
		p.beyond++
		return
	}
	p.strays[key] = len(p.report.Strays)
	message := "no operation has this path"
	if len(found.Found) > 0 {
		message = found.Found[0].Text("en")
	}
	p.report.Strays = append(p.report.Strays, report.Stray{Method: x.method, Path: name, Count: 1, Message: message})
}

func clipped(text string) string {
	if r := []rune(text); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return text
}

// takeRequest holds a request to the contract and says whether it breaks it.
func (p *playback) takeRequest(h *heard, x *recorded, found mock.Judgement) (broken bool) {
	if found.Refusal != "" {
		h.unkeptRequests++ // the simulator cannot play it: nothing was judged
		return false
	}
	sealed := h.Wire.Seal != nil && slices.Contains(h.Wire.Seal.Directions, "request") && h.lacks.seal != ""
	if x.noBody && h.Body != nil || sealed && len(x.body) > 0 {
		h.unkeptRequests++
		return false
	}
	h.judged++
	bare := false
	for _, d := range found.Found {
		list := x.unhidden(p.violations(d, h.operation))
		switch about(d.ID) {
		case aboutMissing:
			bare = true
			h.bare.add("request", x.number, list)
			continue
		case aboutForeign:
			h.foreign++
			continue
		case aboutCredential:
			if x.hidesCredential() {
				h.hidden++
				continue
			}
		case aboutSignature:
			if h.lacks.sign != "" {
				continue
			}
		default:
			if !d.Violation() {
				continue
			}
		}
		broken = broken || len(list) > 0
		h.requests.add("request", x.number, list)
	}
	switch {
	case broken:
		h.badRequests++
	case bare:
		h.bareOnly++
	}
	for _, w := range found.Warnings {
		p.observe(h.operation, "request: "+w.ID, w.Text("en"))
	}
	return broken
}

// subject is what a diagnosis is about, as far as it matters to a recording.
type subject int

const (
	aboutRequest subject = iota
	aboutMissing
	aboutForeign
	aboutCredential
	aboutSignature
)

// about sorts the diagnoses: tools leave credentials out of what they record, and nobody can say afterwards which token was
// good.
func about(id string) subject {
	switch id {
	case "missing-token", "unauthorized":
		return aboutMissing
	case "token-unknown", "token-foreign", "token-other-session", "token-malformed", "token-expired", "token-revoked", "credential-unknown", "credential-differs", "key-unknown":
		return aboutForeign
	case "token-not-bearer", "credential-shape":
		return aboutCredential
	}
	if strings.HasPrefix(id, "signature-") || strings.HasPrefix(id, "signed-") {
		return aboutSignature
	}
	return aboutRequest
}

// violations are a diagnosis as findings.
func (p *playback) violations(d *diagnosis.Diagnosis, op *operation) []report.Finding {
	at := p.contract.Position(op.Pointer)
	bare := *d
	bare.Findings = nil
	if len(d.Findings) == 0 {
		return []report.Finding{{
			Rule: d.ID, In: orElse(d.Detail["in"], "request"), Pointer: d.Detail["name"], Message: p.veil(bare.Text("en")), Clause: op.Source, At: at,
		}}
	}
	var list []report.Finding
	for _, f := range d.Findings {
		list = append(list, report.Finding{
			Rule: d.ID, In: f.In, Pointer: f.Pointer, Keyword: f.Keyword, Expected: f.Expected, Got: f.Got, Clause: f.Clause, At: positionOf(f.At, at),
		})
	}
	return list
}

// takeReply holds a reply to the contract.
func (p *playback) takeReply(h *heard, x *recorded, broken bool) {
	if x.status == 0 {
		h.unanswered++
		return
	}
	if x.noReply || h.lacks.seal != "" && h.Wire.Seal.SealsReplies() && len(x.reply) > 0 {
		h.statuses[x.status] = true
		h.unkeptReplies++
		return
	}
	done, err := p.client.Judge(h.ID, x.status, x.answer, x.reply)
	if err != nil {
		h.unkeptReplies++
		return
	}
	h.answered++
	v := p.judge(h.operation, done, !broken)
	if list := x.unhidden(v.findings); len(list) > 0 {
		h.badReplies++
		h.replies.add("reply", x.number, list)
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

// finish completes the report.
func (p *playback) finish(config HARConfig) (*report.Report, error) {
	p.run.finish()
	out := p.report
	out.Tool, out.Target, out.Requests = "understudy check --har", config.Name, p.calls
	out.Started, out.Duration = p.first, p.last.Sub(p.first)
	for i, op := range p.operations {
		h, to := p.byID[op.ID], &out.Operations[i]
		if p.signedIn {
			h.requests.merge(h.bare)
			h.badRequests += h.bareOnly
		} else if len(h.bare.checks) > 0 {
			p.observe(op, "credentials", "calls without credentials; the recording has none at all, as many tools leave them out")
		}
		left := to.Requests.NotChecked
		to.Requests = h.part("request", h.judged-h.badRequests, h.requests, append(h.requestReasons(), left...))
		to.Replies = h.part("reply", h.answered-h.badReplies, h.replies, h.replyReasons())
		if h.foreign > 0 {
			p.observe(op, "other credentials", fmt.Sprintf("%d calls carry another credential than the configured one; whether it was good is not judged", h.foreign))
		}
		if h.hidden > 0 {
			p.observe(op, "hidden credentials", fmt.Sprintf("%d calls carry a credential that the recording does not show", h.hidden))
		}
		if h.taken > 0 {
			p.observe(op, "taken", fmt.Sprintf("the server did what %d calls asked that break the contract", h.taken))
		}
	}
	if p.beyond > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%d further calls belong to no operation and are not listed.", p.beyond))
	}
	if p.skipped > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%d entries of the recording are no HTTP calls.", p.skipped))
	}
	if p.finder != nil {
		out.Notes = append(out.Notes, p.finder.notes()...)
	}
	if out.Checked() == 0 {
		failed := &NothingError{Contract: p.contract.Vendor, Calls: p.calls, Matched: p.matched}
		for _, op := range p.contract.Operations {
			if len(failed.Paths) < 5 && !slices.Contains(failed.Paths, op.Path) {
				failed.Paths = append(failed.Paths, op.Path)
			}
		}
		return out, failed
	}
	return out, nil
}

func (h *heard) requestReasons() []report.Reason {
	var list []report.Reason
	add := func(format string, args ...any) {
		list = append(list, report.Reason{Text: fmt.Sprintf(format, args...)})
	}
	if h.calls == 0 {
		add("the recording has no call of it")
	}
	switch n := h.unkeptRequests; {
	case n > 0 && h.lacks.seal != "":
		add("%d requests cannot be opened without the credential %s", n, h.lacks.seal)
	case n > 0:
		add("%d requests have a body that the recording has not kept", n)
	}
	if h.lacks.sign != "" && h.calls > 0 {
		add("signatures cannot be verified without the credential %s", h.lacks.sign)
	}
	return list
}

func (h *heard) replyReasons() []report.Reason {
	var list []report.Reason
	add := func(format string, args ...any) {
		list = append(list, report.Reason{Text: fmt.Sprintf(format, args...)})
	}
	if h.calls == 0 {
		add("the recording has no call of it")
	}
	if h.unanswered > 0 {
		add("%d calls have no reply", h.unanswered)
	}
	switch n := h.unkeptReplies; {
	case n > 0 && h.lacks.seal != "":
		add("%d replies cannot be opened without the credential %s", n, h.lacks.seal)
	case n > 0:
		add("%d replies have a body that the recording has not kept", n)
	}
	return list
}

// part is what the report says of one side.
func (h *heard) part(side string, judged int, found kinds, why []report.Reason) report.Part {
	out := report.Part{Checked: found.checks, NotChecked: why}
	if judged > 0 {
		out.Checked = append([]report.Check{{Name: side + ": as the contract has it", Count: judged}}, found.checks...)
	}
	return out
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
