package drive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// token is one that the vendor issued.
type token struct {
	value string
	ends  time.Time // zero when the contract does not say
}

// login is the operation that issues tokens, and where in its answer one stands.
type login struct {
	plan *plan
	path []string
}

// LoginError says that the vendor was asked for a token and gave none.
type LoginError struct {
	// Exchange is the call that was made.
	Exchange *Exchange
}

// Error says what the vendor answered in place of a token.
func (e *LoginError) Error() string {
	return fmt.Sprintf("no token: %s %s", e.Exchange.Request, e.Exchange.Summary())
}

// loginFor finds the operation that issues the tokens of a call: one that does not need such a token itself and whose
// success has a member marked as a token.
func (c *Client) loginFor(p *plan) (login, bool) {
	if !p.takesIssued() {
		return login{}, false
	}
	for _, op := range c.contract.Operations {
		if a := op.Wire.Auth; op.ID == p.ID || a != nil && a.Security != "" && a.Token == "jwt" {
			continue
		}
		candidate, err := c.plan(op.ID)
		if err != nil {
			continue
		}
		for _, r := range candidate.replies {
			if r.status == "" || r.status[0] != '2' {
				continue
			}
			if path := tokenPath(r.shape, nil, nil); path != nil {
				return login{candidate, path}, true
			}
		}
	}
	return login{}, false
}

// takesIssued says whether a call carries a token that the vendor issues.
func (p *plan) takesIssued() bool {
	a := p.Wire.Auth
	return p.Security != nil && a != nil && a.Security != "" && a.Token == "jwt"
}

// tokenPath is the path to the member that is marked as a token.
func tokenPath(n *shape, path []string, above []*shape) []string {
	all := n.all()
	if slices.ContainsFunc(all, func(part *shape) bool { return slices.Contains(above, part) }) {
		return nil // a schema within itself
	}
	above = append(slices.Clip(above), n)
	if held := n.held(); held != nil {
		// A text that holds the token among other things is marked as a whole.
		if found := tokenPath(held, path, above); found != nil {
			return found
		}
	}
	if len(path) > 0 && slices.ContainsFunc(all, func(part *shape) bool { return part.sensitive == "token" }) {
		return path
	}
	for _, part := range all {
		for _, m := range part.properties {
			if found := tokenPath(m.shape, append(slices.Clip(path), m.name), above); found != nil {
				return found
			}
		}
	}
	return nil
}

// issued is a token for a call: one from before that is still good, else a new one and the call that fetched it.
func (c *Client) issued(ctx context.Context, p *plan) (string, *Exchange, error) {
	c.login.Lock()
	defer c.login.Unlock()
	now := c.now()
	if c.token.value != "" && (c.token.ends.IsZero() || now.Before(c.token.ends)) {
		return c.token.value, nil, nil
	}
	l, ok := c.loginFor(p)
	if !ok {
		return "", nil, errors.New(p.Vendor + "." + p.ID + " carries a token that the vendor issues, and no operation of the contract answers with one")
	}
	r, err := c.Prepare(ctx, l.plan.ID, nil)
	if err != nil {
		return "", nil, err
	}
	x, err := c.send(ctx, r)
	if err != nil {
		return "", nil, err
	}
	text, _ := dig(x.Reply.Value, l.path).(string)
	if text == "" || x.Outcome == VendorError || x.Outcome == Refusal {
		return "", nil, &LoginError{x}
	}
	c.token = token{value: text}
	if lifetime := p.Wire.Auth.Lifetime; lifetime > 0 {
		c.token.ends = now.Add(lifetime)
	}
	return text, x, nil
}

// forget drops a token that the vendor has refused, so that the next call fetches another one.
func (c *Client) forget(x *Exchange) {
	if x.Error == nil || !x.Request.plan.takesIssued() {
		return
	}
	for _, condition := range x.Error.Conditions {
		if condition == string(specs.InvalidToken) || condition == string(specs.ExpiredToken) {
			c.login.Lock()
			defer c.login.Unlock()
			c.token = token{}
			return
		}
	}
}

// dig finds a value by a path, also within texts that hold JSON.
func dig(v any, path []string) any {
	for _, step := range path {
		if text, ok := v.(string); ok {
			v, _ = wire.DecodeJSON([]byte(text), wire.JSONOptions{DuplicateNames: true})
		}
		record, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = record[step]
	}
	return v
}
