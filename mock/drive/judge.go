package drive

import (
	"fmt"
	"slices"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

// weigh says whose word a reply is. A success is known by what its envelope always says and the schema confirms; an error by
// a row of the catalogue in its envelope; anything else by the schema alone.
func (c *Client) weigh(x *Exchange, form *reply) {
	r, p := x.Reply, x.Request.plan
	good := r.Status >= 200 && (r.Status < 300 || !p.ours && r.Status < 400)
	if form == nil {
		x.Outcome = Unexplained
		if good && r.Plain != nil && len(r.Plain) == 0 && p.silent(r.Status) {
			x.Outcome = OK
		}
		return
	}
	x.Outcome = Unexplained
	if r.Unread != nil {
		return
	}
	told, fits := false, true
	if e := p.Wire.Envelope; e != nil && e.Success != nil {
		told, fits = confirm(e.Success, e.Error, form.shape, r.Value)
	}
	valid := len(r.Problems) == 0
	switch {
	case good && told && fits:
		x.Outcome = OK
	case c.row(x) != nil:
		x.Outcome, x.Error = VendorError, c.row(x)
	case p.saysError(r.Value):
		x.Outcome = VendorError
	case !valid:
	case good && !told:
		x.Outcome = OK
	default:
		x.Outcome = VendorError
	}
}

// sealing holds a reply to what the contract says about sealing it.
func (c *Client) sealing(x *Exchange) {
	r, p := x.Reply, x.Request.plan
	if !p.Wire.Seal.SealsReplies() || len(r.Body) == 0 || x.Outcome == Unexplained {
		return
	}
	due := x.Outcome == OK || p.Wire.Seal.SealsFailures()
	if part := p.Wire.Seal.ResponsePart(); part != wholeBody {
		raw, there := wire.Member(r.Body, part)
		due = due && there && string(raw) != "null" // a reply without the member has nothing to seal
	}
	if due == r.Sealed {
		return
	}
	words := map[bool]string{true: "a sealed text", false: "a plain text"}
	r.Problems = append(r.Problems, Problem{
		In: "reply", Keyword: "seal", Expected: words[due], Got: words[r.Sealed], At: c.contract.Position(p.Pointer), Clause: p.Source,
	})
}

// silent says whether the contract has that status without a body.
func (p *plan) silent(status int) bool {
	return slices.ContainsFunc(p.Responses, func(r specs.Response) bool { return r.Status == fmt.Sprint(status) && len(r.Content) == 0 })
}

// confirm compares a value with what an envelope always says. What counts is what the schema has as a constant, and what
// stands where a failure has its code; besides that a template holds what one server happens to say. Told is false when
// nothing counts.
func confirm(template, failure any, n *shape, v any) (told, fits bool) {
	fits = true
	switch t := template.(type) {
	case map[string]any:
		record, _ := v.(map[string]any)
		failed, _ := failure.(map[string]any)
		for name, inner := range t {
			below := n.member(name)
			if below == nil {
				continue
			}
			innerTold, innerFits := confirm(inner, failed[name], below, record[name])
			told = told || innerTold
			fits = fits && (innerFits || !innerTold)
		}
		return told, fits
	case string:
		if t == "$code" {
			constants := n.constants()
			return len(constants) > 0, slices.ContainsFunc(constants, func(one any) bool { return equal(one, v) })
		}
		if len(t) > 0 && t[0] == '$' {
			return false, true
		}
	}
	if failure == "$code" && len(n.constants()) == 0 {
		return true, equal(template, v)
	}
	if !slices.ContainsFunc(n.constants(), func(one any) bool { return equal(one, template) }) {
		return false, true
	}
	return true, equal(template, v)
}

// constants are the values that the alternatives at a place have as their only ones.
func (n *shape) constants() []any {
	var list []any
	for _, part := range n.all() {
		if len(part.values) == 1 {
			list = append(list, part.values[0])
		}
	}
	return list
}

// equal compares scalars of YAML and JSON, whose numbers have other types; a number and its text are different.
func equal(a, b any) bool {
	kind := func(v any) string {
		switch v.(type) {
		case nil:
			return "null"
		case bool:
			return "boolean"
		case string:
			return "string"
		case map[string]any, []any:
			return "container"
		}
		return "number"
	}
	return kind(a) == kind(b) && kind(a) != "container" && fmt.Sprint(a) == fmt.Sprint(b)
}

// row finds the catalogue's row of a reply. Of rows that look alike on the wire the first one counts, of those that share a
// code the one whose other texts agree.
func (c *Client) row(x *Exchange) *specs.ErrorRow {
	var best *specs.ErrorRow
	score := -1
	for i := range c.contract.Errors {
		row := &c.contract.Errors[i]
		if len(row.Operations) > 0 && !slices.Contains(row.Operations, x.Request.Operation.ID) {
			continue
		}
		if n := rate(x, row); n > score {
			best, score = row, n
		}
	}
	return best
}

// rate says how well a row fits a reply; below zero it does not.
func rate(x *Exchange, row *specs.ErrorRow) int {
	template := row.Body
	if e := x.Request.plan.Wire.Envelope; template == nil && e != nil {
		template = e.Error
	}
	found := map[string]string{}
	if template == nil || !take(template, x.Reply.Value, found) {
		return -1
	}
	if code, there := found["$code"]; there && code != row.Code {
		return -1
	}
	n := 0
	if x.Reply.Status == row.Status || row.Status == 0 && x.Reply.Status == 200 {
		n += 8
	}
	if found["$message"] == row.Message {
		n += 4
	}
	switch found["$subCode"] {
	case row.SubCode:
		n += 4
	default:
		if row.SubCode == "" {
			n += 2
		}
	}
	if len(row.Operations) > 0 {
		n++
	}
	return n
}

// saysError says whether a value has the form of the vendor's errors, whatever its code.
func (p *plan) saysError(v any) bool {
	e := p.Wire.Envelope
	if e == nil || e.Error == nil {
		return false
	}
	found := map[string]string{}
	return take(e.Error, v, found) && found["$code"] != ""
}

// take reads the texts that stand in the places of a template out of a value; false when the value is not of its form. What
// the value has beside it does not matter.
func take(template, v any, found map[string]string) bool {
	switch t := template.(type) {
	case map[string]any:
		record, ok := v.(map[string]any)
		if !ok {
			return false
		}
		for name, inner := range t {
			item, there := record[name]
			if place, ok := inner.(string); ok && len(place) > 0 && place[0] == '$' {
				if there {
					found[place] = asText(item)
				} else if place == "$code" {
					return false
				}
				continue
			}
			if !take(inner, item, found) {
				return false
			}
		}
		return true
	case string:
		if len(t) > 0 && t[0] == '$' {
			found[t] = asText(v)
			return true
		}
	}
	return equal(template, v)
}
