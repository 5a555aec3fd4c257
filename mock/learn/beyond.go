package learn

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"understudy/mock/report"
	"understudy/specs"
)

// mostRounds bounds how often the contract is corrected: one correction lets another mistake show that it hid.
const mostRounds = 12

// beyond finds what was heard and is not in the contract, and the actions that bring it in. It starts from the contract under
// the readings that are confirmed.
func (l *learner) beyond(ctx context.Context) error {
	f := l.findings
	actions, err := l.readingActions()
	if err != nil {
		return err
	}
	contract, err := l.corrected(actions)
	if err != nil {
		return err
	}
	found := map[string]*Beyond{}
	for range mostRounds {
		s, err := newStand(contract)
		if err != nil {
			return err
		}
		heard := l.against(ctx, s, found)
		more := l.widening(s, heard)
		s.close()
		if err := ctx.Err(); err != nil {
			return err
		}
		more = slices.DeleteFunc(more, func(a Action) bool { return slices.ContainsFunc(actions, a.equal) })
		accepted, next := l.accepted(actions, more)
		if len(accepted) == 0 {
			break
		}
		actions, contract = append(actions, accepted...), next
	}
	s, err := newStand(contract)
	if err != nil {
		return err
	}
	defer s.close()
	left := map[string]*Beyond{}
	l.against(ctx, s, left)
	for key, b := range found {
		_, stays := left[key]
		b.Corrected = !stays
	}
	for key, b := range left {
		if found[key] == nil {
			found[key] = b
		}
	}
	for _, key := range sortedKeys(found) {
		f.Beyond = append(f.Beyond, *found[key])
	}
	slices.SortStableFunc(f.Beyond, func(a, b Beyond) int {
		return cmp.Or(l.order(a.Operation)-l.order(b.Operation), cmp.Compare(a.Side, b.Side), cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Kind, b.Kind))
	})
	f.Actions = actions
	return ctx.Err()
}

func (l *learner) order(operation string) int {
	return slices.IndexFunc(l.contract.Operations, func(op *specs.Operation) bool { return op.ID == operation })
}

// corrected is the contract after some actions.
func (l *learner) corrected(actions []Action) (*specs.Contract, error) {
	if len(actions) == 0 {
		return l.contract, nil
	}
	text, err := overlayText(l.findings, actions)
	if err != nil {
		return nil, err
	}
	return l.contract.Overlay(overlayName, text)
}

const overlayName = "learned.overlay.yaml"

// accepted are the actions that the contract takes, all of them or, where that fails, one group after the other.
func (l *learner) accepted(before, more []Action) ([]Action, *specs.Contract) {
	if len(more) == 0 {
		return nil, nil
	}
	all := append(slices.Clone(before), more...)
	if c, err := l.corrected(all); err == nil {
		return more, c
	}
	var taken []Action
	var contract *specs.Contract
	for i := 0; i < len(more); {
		end := i + 1
		for end < len(more) && more[end].group == more[i].group {
			end++
		}
		group := more[i:end]
		c, err := l.corrected(append(append(slices.Clone(before), taken...), group...))
		if err == nil {
			taken, contract = append(taken, group...), c
		}
		i = end
	}
	return taken, contract
}

// heardAt is one thing that the contract has against an exchange, with all that the recordings say of it.
type heardAt struct {
	complaint
	operation string
	first     Evidence
	beyond    *Beyond
	x         *exchange
	replied   answered
}

// objections are what a contract says about the reply of an exchange, and what it has against both sides.
type objections struct {
	replied answered
	all     []complaint
}

// hold holds an exchange to the contract, members that it neither has nor forbids included.
func (s *stand) hold(ctx context.Context, x *exchange) objections {
	asked, replied := s.ask(ctx, x.told), s.answer(x.told)
	all := slices.Clone(replied.complaints)
	if x.callback != nil || replied.judged && replied.worked && len(replied.complaints) == 0 {
		all = append(all, s.againstRequest(x.told, asked)...)
	}
	return objections{replied, append(all, s.extras(x.told, replied)...)}
}

// against holds every exchange to a contract and counts what it has against them, by kind and place.
func (l *learner) against(ctx context.Context, s *stand, found map[string]*Beyond) []heardAt {
	var list []heardAt
	counted := map[string]bool{}
	known := map[string]objections{}
	for _, x := range l.exchanges {
		h, ok := known[x.askedKey+x.repliedKey]
		if !ok {
			h = s.hold(ctx, x)
			known[x.askedKey+x.repliedKey] = h
		}
		replied := h.replied
		for _, c := range h.all {
			b := Beyond{Operation: x.where(), Side: c.side, Kind: kindOf(c), Pointer: report.AnyItem(c.pointer), Expected: c.expected, Got: c.got}
			kind := ""
			switch {
			case c.keyword == "code" && plainCode(replied.code):
				b.Got = "code " + replied.code
				kind = fmt.Sprint(b.Got, x.heard.Response.Status)
			case b.Kind == "type" || b.Kind == "null":
				b.Got = typeOf(c.value)
				kind = b.Got
			case b.Kind == "enum" && s.showsConstant(c):
				b.Got = fmt.Sprint(scalar(c.value))
				kind = b.Got
			case b.Kind == "enum":
				b.Got = "another " + typeOf(c.value)
				kind = b.Got
			case b.Kind == "status":
				kind = b.Got
			}
			// What differs in a length or a number alone is the same thing.
			key := strings.Join([]string{b.Operation, b.Side, b.Pointer, c.keyword, kind}, "\x00")
			known := found[key]
			if known == nil {
				b.First = Evidence{Source: x.source, Exchange: x.heard.Number, Operation: b.Operation, Side: b.Side, Pointer: b.Pointer}
				b.First.What = b.tells()
				known = &b
				found[key] = known
				counted[key] = true
			}
			if counted[key] {
				known.Count++
			}
			list = append(list, heardAt{complaint: c, operation: x.operation, first: known.First, beyond: known, x: x, replied: replied})
		}
	}
	return list
}

// tells says in a few words what was heard.
func (b Beyond) tells() string {
	switch b.Kind {
	case "extra":
		return "a member that the contract does not have: " + b.Got
	case "missing":
		return "a member that the contract requires is not there"
	case "status":
		return "status " + b.Got + ", which the contract does not have"
	case "code":
		return b.Got + ", which the catalogue does not have under that status"
	}
	return b.Expected + " by the contract, there is " + b.Got
}

// kindOf sorts complaints for people.
func kindOf(c complaint) string {
	switch c.keyword {
	case "type":
		if c.value == nil {
			return "null"
		}
		return "type"
	case "required", "dependentRequired":
		return "missing"
	case "additionalProperties", "unevaluatedProperties", keywordExtra:
		return "extra"
	case "enum", "const", "discriminator":
		return "enum"
	case "format", "pattern":
		return "format"
	case "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties":
		return "bounds"
	case "status", "code", "seal", "header":
		return c.keyword
	case "mediaType":
		return "media-type"
	}
	return "other"
}

// keywordExtra is the rule that a member breaks which the contract neither has nor forbids.
const keywordExtra = "extra"
