package check

import (
	"context"
	"slices"

	"understudy/mock/drive"
	"understudy/mock/internal/generate"
	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/mock/report"
	"understudy/specs"
)

// The bounds of shrinking: requests for one mistake, mistakes of one operation.
const (
	mostShrinks = 60
	mostShrunk  = 3
)

// reduced finds the smallest request that meets the same mistakes, and writes down how to see them again.
func (r *run) reduced(ctx context.Context, op *operation, t trial, x *drive.Exchange, findings []report.Finding) []report.Finding {
	if x == nil {
		return findings
	}
	key := signature(findings[0])
	if op.shrunk[key] || len(op.shrunk) >= mostShrunk {
		return r.shown(op, x, findings)
	}
	op.shrunk[key] = true
	left := mostShrinks
	for left > 0 && ctx.Err() == nil {
		smaller := false
		for _, values := range r.smallerValues(op, t.values) {
			if left--; left < 0 {
				break
			}
			next, failed := r.stillFails(ctx, op, trial{name: t.name, values: values, by: t.by, alter: t.alter}, func(y *drive.Exchange) []report.Finding {
				return r.judge(op, y, true).findings
			}, key)
			if failed {
				t.values, x, smaller = values, next, true
				break
			}
		}
		if !smaller {
			break
		}
	}
	return r.shown(op, x, findings)
}

// stillFails tries a smaller request.
func (r *run) stillFails(ctx context.Context, op *operation, t trial, judge func(*drive.Exchange) []report.Finding, key string) (*drive.Exchange, bool) {
	request, err := r.prepare(ctx, op, t)
	if err != nil || t.alter == nil && len(request.Problems) > 0 {
		return nil, false
	}
	x, err := r.client.Send(ctx, request)
	if err != nil {
		r.cutShort(ctx, op, t.name, err)
		return nil, false
	}
	return x, slices.ContainsFunc(judge(x), func(f report.Finding) bool { return signature(f) == key })
}

// signature tells mistakes apart that are not the same.
func signature(f report.Finding) string {
	return f.Rule + "\x00" + f.In + "\x00" + f.Pointer + "\x00" + f.Keyword
}

// smallerValues are simpler requests, the simplest first: without what may be left out, with a simpler body.
func (r *run) smallerValues(op *operation, values map[string]any) []map[string]any {
	var list []map[string]any
	without := func(names ...string) {
		out := cloneValues(values)
		for _, name := range names {
			delete(out, name)
		}
		list = append(list, out)
	}
	var optional []string
	for _, p := range settable(op.Operation) {
		if _, given := values[p.key]; given && !p.Required {
			optional = append(optional, p.key)
		}
	}
	if len(optional) > 1 {
		without(optional...)
	}
	for _, name := range optional {
		without(name)
	}
	if op.body == nil {
		return list
	}
	body, given := values[drive.Body]
	if !given {
		return list
	}
	if !op.Body.Required {
		without(drive.Body)
	}
	if _, raw := body.([]byte); raw {
		return list
	}
	for _, v := range generate.Smaller(body) {
		list = append(list, with(values, drive.Body, v))
	}
	return list
}

// reducedMistake finds the smallest request that makes the same mistake with the same outcome.
func (r *run) reducedMistake(ctx context.Context, op *operation, m mistake, x *drive.Exchange, findings []report.Finding) []report.Finding {
	if x == nil {
		return findings
	}
	key := signature(findings[0])
	if op.shrunk[key] || len(op.shrunk) >= mostShrunk {
		return r.shown(op, x, findings)
	}
	op.shrunk[key] = true
	var optional []string
	for _, p := range settable(op.Operation) {
		if _, given := m.values[p.key]; given && !p.Required && p.Name != m.pointer {
			optional = append(optional, p.key)
		}
	}
	left := mostShrinks
	for _, name := range optional {
		if left--; left < 0 || ctx.Err() != nil {
			break
		}
		values := cloneValues(m.values)
		delete(values, name)
		smaller := m
		smaller.values = values
		if next, failed := r.stillTaken(ctx, op, smaller, key); failed {
			m, x = smaller, next
		}
	}
	for progress := true; progress && m.alter == nil; {
		progress = false
		for _, body := range r.smallerMistakes(op, m) {
			if left--; left < 0 || ctx.Err() != nil {
				break
			}
			smaller := m
			smaller.values = with(m.values, drive.Body, body)
			if next, failed := r.stillTaken(ctx, op, smaller, key); failed {
				m, x, progress = smaller, next, true
				break
			}
		}
	}
	return r.shown(op, x, findings)
}

// smallerMistakes are simpler bodies that break the same rule and no other.
func (r *run) smallerMistakes(op *operation, m mistake) []any {
	text, raw := m.values[drive.Body].([]byte)
	if !raw || m.in != "body" || op.body == nil || op.body.Schema == "" || op.Wire.Seal.RequestPart() != "" || len(signedAt(op)) > 0 {
		return nil
	}
	v, err := wire.DecodeJSON(text, wire.JSONOptions{})
	compiled, failed := r.set.CompileView(op.body.Schema, schema.Request)
	if err != nil || failed != nil {
		return nil
	}
	other := func(found schema.Violation) bool { return found.Pointer != m.pointer || found.Keyword != m.keyword }
	var list []any
	for _, smaller := range generate.Smaller(v) {
		if found := compiled.Validate(smaller); len(found) > 0 && !slices.ContainsFunc(found, other) {
			list = append(list, jsonText(smaller))
		}
	}
	return list
}

func (r *run) stillTaken(ctx context.Context, op *operation, m mistake, key string) (*drive.Exchange, bool) {
	request, err := r.prepare(ctx, op, m.trial)
	if err != nil || m.broken != nil && !m.broken(request) {
		return nil, false
	}
	x, err := r.client.Send(ctx, request)
	if err != nil {
		r.cutShort(ctx, op, m.name, err)
		return nil, false
	}
	return x, slices.ContainsFunc(r.refused(op, m, x), func(f report.Finding) bool { return signature(f) == key })
}

// shown completes findings by what was sent, what came back, and the line that shows it again.
func (r *run) shown(op *operation, x *drive.Exchange, findings []report.Finding) []report.Finding {
	line, request, reply := r.reproduce(op, x.Request), r.shownRequest(x.Request), r.shownReply(op, x)
	for i := range findings {
		findings[i].Reproduce, findings[i].Request, findings[i].Reply = line, request, reply
		findings[i].Message, findings[i].Got = r.veil(findings[i].Message), r.veil(findings[i].Got)
	}
	return findings
}

// cover enters what was seen of what the contract declares.
func (r *run) cover(op *operation) {
	out := r.of(op)
	for _, response := range op.Responses {
		out.Statuses = append(out.Statuses, report.Coverage{Name: response.Status, Covered: r.sawStatus(op, response.Status)})
	}
	for i := range r.contract.Errors {
		row := &r.contract.Errors[i]
		if len(row.Operations) == 0 || slices.Contains(row.Operations, op.ID) {
			out.Codes = append(out.Codes, report.Coverage{Name: codeName(row), Covered: op.codes[row.ID]})
		}
	}
}

func codeName(row *specs.ErrorRow) string {
	if row.SubCode != "" {
		return row.Code + " " + row.SubCode + " (" + row.ID + ")"
	}
	return row.Code + " (" + row.ID + ")"
}

func (r *run) sawStatus(op *operation, declared string) bool {
	for status := range op.statuses {
		if found := responseFor(op.Operation, status); found != nil && found.Status == declared {
			return true
		}
	}
	return false
}
