package check

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/internal/wire"
	"understudy/mock/report"
	"understudy/specs"
)

// links follows what the contract says a reply leads to (OpenAPI 3.1, section 4.8.20).
func (r *run) links(ctx context.Context) {
	for _, op := range r.called() {
		if !slices.ContainsFunc(op.Responses, func(one specs.Response) bool { return len(one.Links) > 0 && one.Status[0] == '2' }) {
			continue
		}
		if r.stopped(ctx) {
			r.leaveOut(op, flow, r.stoppedWhy())
			continue
		}
		if op.base == nil || !op.worked {
			r.leaveOut(op, flow, "links: no success was observed that they could begin with")
			continue
		}
		r.follow(ctx, op)
	}
}

// follow makes the call that links begin with, and then those that they lead to: what only reads first, what deletes last.
func (r *run) follow(ctx context.Context, op *operation) {
	values := op.base
	if !safe(op.Operation) {
		if list := r.creations(op, "link"); len(list) > 0 {
			values = list[0]
		}
	}
	s := r.step(ctx, op, "link", values)
	if s.x != nil && !s.v.worked && len(s.findings) == 0 {
		s = r.step(ctx, op, "link", op.base)
	}
	if s.x == nil || !s.v.worked {
		r.leaveOut(op, flow, "links: the call that they begin with did not succeed")
		return
	}
	links := slices.Clone(s.v.declared.Links)
	rank := func(l specs.Link) int {
		target := r.find(l.Operation)
		switch {
		case target == nil:
			return 9
		case safe(target.Operation):
			return 0
		case target.Method == http.MethodDelete:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(links, func(a, b specs.Link) int { return rank(a) - rank(b) })
	var read *followed
	for _, l := range links {
		if r.stopped(ctx) {
			return
		}
		read = r.link(ctx, op, s, l, read)
	}
}

// followed is a link that led to something that can be read.
type followed struct {
	op     *operation
	values map[string]any
	link   string
}

// link follows one link. What was read by an earlier one is read again after a deletion, and is gone then.
func (r *run) link(ctx context.Context, op *operation, from step, l specs.Link, read *followed) *followed {
	name := "link " + l.Name
	target := r.find(l.Operation)
	switch {
	case target == nil:
		r.leaveOut(op, flow, name+" leads to no operation of the contract")
		return read
	case target.why != "":
		r.leaveOut(op, flow, name+": "+target.why)
		return read
	}
	began := time.Now()
	values, missing := r.linked(from.x, l, target)
	if missing != "" {
		r.leaveOut(op, flow, name+": the reply has nothing for "+missing)
		return read
	}
	s := r.step(ctx, target, name, values)
	if s.lost {
		r.doneIfAny(op, name, began, s.findings)
		return read
	}
	findings := s.findings
	if !s.v.worked && (len(findings) == 0 || onlyUndeclared(findings)) {
		if absent(s.x.Reply.Status) || safe(target.Operation) {
			findings = []report.Finding{r.astray(target, s, ruleLink, "", "what the link leads to", s.x.Summary(), "the link "+l.Name+" leads to nothing: "+s.x.Summary())}
		} else {
			r.leaveOut(op, flow, name+": "+s.x.Summary())
			return read
		}
	}
	r.done(op, name, began, findings)
	if !s.v.worked {
		return read
	}
	if target.Method == http.MethodDelete && read != nil {
		began = time.Now()
		again := r.step(ctx, read.op, name, read.values)
		findings := r.absenceFindings(read.op, again, again.findings)
		if again.x != nil && again.v.worked {
			findings = append(findings, r.astray(read.op, again, ruleStays, "", "not found", statusText(again.x.Reply.Status),
				"after the link "+l.Name+" the link "+read.link+" still leads to something"))
		}
		r.done(op, "after link "+l.Name, began, findings)
	}
	if safe(target.Operation) && read == nil {
		return &followed{target, values, l.Name}
	}
	return read
}

func onlyUndeclared(findings []report.Finding) bool {
	return !slices.ContainsFunc(findings, func(f report.Finding) bool { return f.Rule != ruleStatus })
}

func (r *run) find(id string) *operation {
	i := slices.IndexFunc(r.operations, func(op *operation) bool { return op.ID == id })
	if i < 0 {
		return nil
	}
	return r.operations[i]
}

// linked are the values of the call that a link leads to; missing names a parameter for which the reply has nothing.
func (r *run) linked(x *drive.Exchange, l specs.Link, target *operation) (values map[string]any, missing string) {
	values = map[string]any{}
	for _, p := range settable(target.Operation) {
		if !p.Required {
			continue
		}
		if v, err := r.parameterValue(target, p); err == nil {
			values[p.key] = v
		}
	}
	if target.body != nil && target.Body.Required {
		if v, given := target.base[drive.Body]; given {
			values[drive.Body] = v
		}
	}
	for name, expression := range l.Parameters {
		v, ok := resolve(x, expression)
		if !ok {
			return nil, name
		}
		if in, bare, qualified := strings.Cut(name, "."); qualified && slices.Contains([]string{"path", "query", "header", "cookie"}, in) {
			name = bare
		}
		values[name] = v
	}
	if l.RequestBody != nil {
		v, ok := resolve(x, l.RequestBody)
		if !ok {
			return nil, "the body"
		}
		values[drive.Body] = v
	}
	return values, ""
}

// resolve evaluates a runtime expression, or a text with expressions in braces; anything else stands for itself.
func resolve(x *drive.Exchange, v any) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, item := range v {
			inner, ok := resolve(x, item)
			if !ok {
				return nil, false
			}
			out[name] = inner
		}
		return out, true
	case []any:
		var out []any
		for _, item := range v {
			inner, ok := resolve(x, item)
			if !ok {
				return nil, false
			}
			out = append(out, inner)
		}
		return out, true
	}
	text, ok := v.(string)
	if !ok {
		return v, true
	}
	if strings.HasPrefix(text, "$") {
		return expression(x, text)
	}
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(text, "{$")
		b.WriteString(before)
		if !open {
			return b.String(), true
		}
		inner, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, false
		}
		one, ok := expression(x, "$"+inner)
		if !ok || one == nil {
			return nil, false
		}
		b.WriteString(textOf(one))
		text = after
	}
}

// expression evaluates one runtime expression (OpenAPI 3.1, section 4.8.20.3).
func expression(x *drive.Exchange, text string) (any, bool) {
	switch text {
	case "$url":
		return x.Request.URL, true
	case "$method":
		return x.Request.Method, true
	case "$statusCode":
		return strconv.Itoa(x.Reply.Status), true
	}
	side, rest, ok := strings.Cut(text, ".")
	if !ok || side != "$request" && side != "$response" {
		return nil, false
	}
	in, name, _ := strings.Cut(rest, ".")
	header := x.Reply.Header
	if side == "$request" {
		header = x.Request.Header
	}
	switch {
	case in == "header":
		v := header.Get(name)
		return v, v != ""
	case in == "query" && side == "$request":
		v, n := queryPairs(x.Request).Get(name)
		return v, n > 0
	case in == "path" && side == "$request":
		return pathValue(x.Request, name)
	case strings.HasPrefix(rest, "body"):
		_, pointer, _ := strings.Cut(rest, "#")
		body := x.Reply.Value
		if side == "$request" {
			var failed error
			if v, err := wire.DecodeJSON(x.Request.Plain, wire.JSONOptions{DuplicateNames: true}); err == nil {
				body = v
			} else {
				failed = err
			}
			if failed != nil {
				return nil, false
			}
		}
		v, there := at(body, pointer)
		return v, there && v != nil
	}
	return nil, false
}

// pathValue reads a parameter out of the path that was sent.
func pathValue(request *drive.Request, name string) (any, bool) {
	u, err := url.Parse(request.URL)
	if err != nil {
		return nil, false
	}
	want := strings.Split(request.Operation.Path, "/")
	got := strings.Split(u.EscapedPath(), "/")
	if len(got) < len(want) {
		return nil, false
	}
	got = got[len(got)-len(want):]
	for i, part := range want {
		if part == "{"+name+"}" {
			v, err := url.PathUnescape(got[i])
			return v, err == nil
		}
	}
	return nil, false
}

// issuedTokens checks that a token works which the vendor has just issued.
func (r *run) issuedTokens(ctx context.Context) {
	for _, op := range r.called() {
		a := op.Wire.Auth
		if a == nil || a.Token != "jwt" || a.Security == "" || r.stopped(ctx) {
			continue
		}
		began := time.Now()
		const name = "an issued token works"
		fresh, err := r.caller(nil)
		if err != nil {
			return
		}
		values := op.base
		if values == nil {
			continue
		}
		request, err := r.prepare(ctx, op, trial{name: name, values: values, by: fresh})
		if err != nil || request.Login == nil {
			if err != nil {
				r.unprepared(ctx, op, flow, name, err)
			}
			continue
		}
		issuer := r.find(request.Login.Request.Operation.ID)
		x, findings, err := r.send(ctx, op, request)
		if err != nil || issuer == nil {
			return
		}
		if x != nil {
			if why := r.denied(op, x); why != "" {
				s := step{x: x}
				findings = append(findings, r.astray(op, s, ruleToken, "", "a token that works", why, "a token that was just issued is refused: "+why))
			}
		}
		r.done(issuer, name, began, findings)
		return
	}
}
