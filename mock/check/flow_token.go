package check

import (
	"context"
	"time"
)

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
