package fault

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"understudy/specs"
)

// Problem is one thing that is wrong with a rule.
type Problem struct {
	// Field is the rule's key in question, such as afterCommit; "" when it is the whole.
	Field string
	// What says what is wrong and what would be right.
	What string
}

// Error implements error.
func (p *Problem) Error() string {
	if p.Field == "" {
		return p.What
	}
	return p.Field + ": " + p.What
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Check says what is wrong with a rule for the contracts that are played: everything at once, joined, each a [Problem]
// that names the field and the fix. Nil means that the rule can strike.
func (r Rule) Check(contracts []*specs.Contract) error {
	k := checker{rule: r, contracts: contracts}
	k.form()
	if k.scope() {
		k.meaning()
	}
	return errors.Join(k.problems...)
}

type checker struct {
	rule      Rule
	contracts []*specs.Contract
	problems  []error
	// reach are the operations that the rule's vendor and operation pick.
	reach []place
}

type place struct {
	contract  *specs.Contract
	operation *specs.Operation
}

func (k *checker) wrong(field, what string, args ...any) {
	k.problems = append(k.problems, &Problem{field, fmt.Sprintf(what, args...)})
}

// form checks what can be told without a contract.
func (k *checker) form() {
	r := k.rule
	if r.ID != "" && !idPattern.MatchString(r.ID) {
		k.wrong("id", "an id has 1 to 64 letters, digits, '.', '_' or '-'; leave it out to get one")
	}
	if r.Error == "" && r.Status == 0 && r.Break == "" && r.Delay == nil {
		k.wrong("", "the fault does nothing: give it one of error, status, break, delay")
	}
	if r.Status != 0 && (r.Status < 200 || r.Status > 599) {
		k.wrong("status", "%d is no status of an answer; it is 200 to 599", r.Status)
	}
	if r.Break == GatewayPage && (r.Status == http.StatusNoContent || r.Status == http.StatusNotModified) {
		k.wrong("status", "%d has no body, so there is no page under it; give another status, or leave it out for %d", r.Status, http.StatusBadGateway)
	}
	if r.Break != "" && !slices.Contains(Breaks(), r.Break) {
		k.wrong("break", "no way to break an answer is called %s", known(string(r.Break), texts(Breaks())))
	}
	if r.Delay != nil {
		if what := r.Delay.check(); what != "" {
			k.wrong("delay", "%s", what)
		}
	}
	if r.Calls < 0 {
		k.wrong("calls", "%d is no number of calls; it is 1 or more, or left out for all", r.Calls)
	}
	if r.Share != 0 && !(r.Share > 0 && r.Share <= 1) {
		k.wrong("share", "%v is no share of the calls; it is above 0 and at most 1, or left out for all", r.Share)
	}
	k.combination()
}

func (k *checker) combination() {
	r := k.rule
	var answers []string
	if r.Error != "" {
		answers = append(answers, "error")
	}
	if r.Status != 0 {
		answers = append(answers, "status")
	}
	if r.Break != "" {
		answers = append(answers, "break")
	}
	switch {
	case len(answers) < 2, len(answers) == 2 && r.Break == GatewayPage && r.Status != 0:
	default:
		k.wrong(answers[1], "stands beside %s; a fault answers in one way: keep one of %s (a status may stand beside break: page only)",
			answers[0], strings.Join(answers, ", "))
	}
	if r.AfterCommit && !r.withholds() {
		what := "a fault that only waits"
		if r.Break == StaleToken {
			what = "a stale token"
		}
		k.wrong("afterCommit", "%s keeps no answer from the caller; leave it out, or give an error, a status or another break", what)
	}
}

// scope finds the operations in question and says whether there are some.
func (k *checker) scope() bool {
	r := k.rule
	var vendors, operations, owners []string
	for _, c := range k.contracts {
		vendors = append(vendors, c.Vendor)
		_, has := c.Operation(r.Operation)
		if has {
			owners = append(owners, c.Vendor)
		}
		if r.Vendor != "" && r.Vendor != c.Vendor {
			continue
		}
		for _, op := range c.Operations {
			operations = append(operations, op.ID)
			if r.Operation == "" || r.Operation == op.ID {
				k.reach = append(k.reach, place{c, op})
			}
		}
	}
	switch {
	case r.Vendor != "" && !slices.Contains(vendors, r.Vendor):
		k.wrong("vendor", "no vendor that is played is called %s", known(r.Vendor, vendors))
		return false
	case len(k.reach) > 0:
		return true
	case r.Operation == "":
		k.wrong("vendor", "no operation is played, so nothing can fail")
	case len(owners) > 0:
		k.wrong("operation", "%s has no operation %q, but %s has; %s has %s", r.Vendor, r.Operation, strings.Join(owners, " and "),
			r.Vendor, some(operations))
	case r.Vendor != "":
		k.wrong("operation", "no operation of %s is called %s", r.Vendor, known(r.Operation, operations))
	default:
		k.wrong("operation", "no operation that is played is called %s", known(r.Operation, operations))
	}
	return false
}

// meaning checks that the rule has a meaning for at least one of the operations in question.
func (k *checker) meaning() {
	r := k.rule
	if r.Error != "" {
		k.row()
	}
	if slices.ContainsFunc(k.reach, func(p place) bool { return (Rule{Break: r.Break}).applies(p.contract, p.operation) }) {
		return
	}
	switch r.Break {
	case Truncate:
		k.wrong("break", "truncate needs a reply with a body, and %s has none; %s, or cut the connection (break: cut)", k.subject(), k.elsewhere())
	case Padding:
		if slices.ContainsFunc(k.reach, func(p place) bool { return sealsReplies(p.operation) }) {
			k.wrong("break", "padding needs replies sealed with padding pkcs5 or pkcs7, and those of %s have another or none; %s, or send them unsealed (break: plain)", k.subject(), k.elsewhere())
			return
		}
		fallthrough
	case Plain:
		k.wrong("break", "%s needs sealed replies, and those of %s are not; %s", r.Break, k.subject(), k.elsewhere())
	case StaleToken:
		k.wrong("break", "%s needs a token that x-wire.auth speaks of, and %s takes and issues none; %s, or answer with status: 401", r.Break, k.subject(), k.elsewhere())
	}
}

// row checks the id of a catalogue row.
func (k *checker) row() {
	id := k.rule.Error
	var ids, limited []string
	for _, p := range k.reach {
		row, ok := p.contract.Error(id)
		if ok && answers(row, p.operation.ID) {
			return
		}
		if ok {
			limited = row.Operations
		}
		for _, one := range Errors(p.contract, p.operation.ID) {
			if !slices.Contains(ids, one) {
				ids = append(ids, one)
			}
		}
	}
	switch {
	case len(limited) > 0:
		k.wrong("error", "%q is an error of %s alone; %s has %s", id, strings.Join(limited, ", "), k.subject(), strings.Join(ids, ", "))
	case len(ids) == 0:
		k.wrong("error", "the contract of %s has no catalogue of errors; use status instead", k.subject())
	case k.rule.Vendor == "" && k.rule.Operation == "":
		k.wrong("error", "no vendor that is played has an error %q%s; name the vendor to have its errors listed", id, meant(id, ids))
	default:
		k.wrong("error", "no error of %s is called %s", k.subject(), known(id, ids))
	}
}

// subject names what the rule is about.
func (k *checker) subject() string {
	switch {
	case k.rule.Operation != "":
		return k.rule.Operation
	case k.rule.Vendor != "":
		return k.rule.Vendor
	}
	return "the vendors that are played"
}

// elsewhere lists the operations for which the rule's break has a meaning.
func (k *checker) elsewhere() string {
	var names []string
	for _, c := range k.contracts {
		for _, op := range c.Operations {
			if (Rule{Break: k.rule.Break}).applies(c, op) {
				names = append(names, c.Vendor+"."+op.ID)
			}
		}
	}
	if len(names) == 0 {
		return "no operation that is played has that"
	}
	return "it can strike " + some(names)
}

func texts(list []Break) []string {
	names := make([]string, len(list))
	for i, b := range list {
		names[i] = string(b)
	}
	return names
}
