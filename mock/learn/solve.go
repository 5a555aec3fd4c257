package learn

import (
	"fmt"
	"slices"
)

// weight is how well an exchange is explained: cost counts what is not, level says how much was foretold of what is.
type weight struct {
	cost, level int
	asked       asked
	replied     answered
}

// The levels of a weight.
const (
	possible = 1 // nothing speaks against it
	foretold = 2 // just that was to be expected
)

// weigh says how well an exchange is explained under a choice of what matters to it.
func (l *learner) weigh(x *exchange, options map[int]string) weight {
	restricted := func(matters []int) string {
		c := choice{}
		for _, i := range matters {
			c = l.questions[i].choose(c, options[i])
		}
		return c.key()
	}
	w := weight{asked: x.asked.said[restricted(x.asked.matters)], replied: x.replied.said[restricted(x.replied.matters)], level: possible}
	w.cost = w.replied.cost
	switch {
	case x.callback != nil:
		w.cost, w.level = w.asked.cost, foretold
	case !w.replied.judged:
	case w.replied.worked && w.asked.judged && w.asked.refused:
		w.cost += max(w.asked.cost, 1)
	case w.replied.worked && w.asked.judged:
		w.level = foretold
	case !w.replied.worked && w.asked.judged && w.asked.refused && l.fits(w):
		w.level = foretold
	}
	return w
}

// fits says whether an error is the one that was to be expected.
func (l *learner) fits(w weight) bool {
	if w.asked.row != "" {
		return slices.Contains(w.replied.rows, w.asked.row)
	}
	return len(l.contract.Errors) == 0
}

// best finds, for one option of one question, the combination of the others that explains an exchange best. Of each other
// question those options are looked at that are left of it.
func (l *learner) best(x *exchange, question int, option string) weight {
	others := slices.DeleteFunc(slices.Clone(x.matters), func(i int) bool { return i == question })
	options := map[int]string{question: option}
	var best *weight
	var try func(rest []int)
	try = func(rest []int) {
		if len(rest) == 0 {
			w := l.weigh(x, options)
			if best == nil || w.cost < best.cost || w.cost == best.cost && w.level > best.level {
				best = &w
			}
			return
		}
		for _, o := range l.left(rest[0]) {
			options[rest[0]] = o
			try(rest[1:])
		}
	}
	try(others)
	return *best
}

// left are the options of a question that nothing has refuted, all of them where everything is.
func (l *learner) left(i int) []string {
	var list []string
	for _, o := range l.questions[i].options {
		if !l.isRefuted(i, o) {
			list = append(list, o)
		}
	}
	if list == nil {
		return l.questions[i].options
	}
	return list
}

func (l *learner) isRefuted(i int, option string) bool { return len(l.refuted[i][option]) > 0 }

// proof is an exchange that refutes an option, and what is seen under it.
type proof struct {
	x *exchange
	// under is how the exchange looks under the option, better how it looks under the one that explains more.
	under, better weight
	instead       string
}

// solve refutes what can be refuted: first by what an option leaves unexplained, then, among what is left, by errors that
// another option foretells. Everything else is held to the options that are left, so that the innocent are not refuted.
func (l *learner) solve() {
	l.refuted = make([]map[string][]proof, len(l.questions))
	for i := range l.refuted {
		l.refuted[i] = map[string][]proof{}
	}
	for l.round(l.hard) {
	}
	l.vague = l.unforetold()
	for l.round(l.soft) {
	}
}

// round asks every exchange about every question that matters to it, and says whether anything new was refuted.
func (l *learner) round(judge func(x *exchange, question int) map[string]proof) (more bool) {
	for _, x := range l.exchanges {
		for _, i := range x.matters {
			for option, p := range judge(x, i) {
				known := l.refuted[i][option]
				if slices.ContainsFunc(known, func(p proof) bool { return p.x == x }) {
					continue
				}
				if len(known) == 0 {
					more = true
				}
				l.refuted[i][option] = append(known, p)
			}
		}
	}
	return more
}

// hard refutes the options that leave more of an exchange unexplained than another one does.
func (l *learner) hard(x *exchange, question int) map[string]proof {
	under := map[string]weight{}
	var best *weight
	instead := ""
	for _, o := range l.questions[question].options {
		w := l.best(x, question, o)
		under[o] = w
		if best == nil || w.cost < best.cost {
			best, instead = &w, o
		}
	}
	out := map[string]proof{}
	for o, w := range under {
		if w.cost > best.cost {
			out[o] = proof{x: x, under: w, better: *best, instead: instead}
		}
	}
	return out
}

// soft refutes the options that take what the vendor refused, where another one foretells just that error. An error that the
// vendor gives to what every option takes says nothing, nor does one of an operation that never worked.
func (l *learner) soft(x *exchange, question int) map[string]proof {
	if x.callback != nil || l.vague[x.errorKey()] || !l.worked[x.operation] && !x.homeless {
		return nil
	}
	under := map[string]weight{}
	var best *weight
	instead := ""
	for _, o := range l.left(question) {
		w := l.best(x, question, o)
		under[o] = w
		if best == nil || w.cost < best.cost || w.cost == best.cost && w.level > best.level {
			best, instead = &w, o
		}
	}
	out := map[string]proof{}
	for o, w := range under {
		if w.cost == best.cost && w.level < best.level && !best.replied.worked {
			out[o] = proof{x: x, under: w, better: *best, instead: instead}
		}
	}
	return out
}

// unforetold are the errors that came where no choice that is left expects one.
func (l *learner) unforetold() map[string]bool {
	vague := map[string]bool{}
	for _, x := range l.exchanges {
		if x.callback != nil || x.heard.Response.Status == 0 || l.mayBeForeign(x) {
			continue
		}
		w := l.overall(x)
		if w.replied.judged && !w.replied.worked && w.level < foretold && w.cost == 0 {
			vague[x.errorKey()] = true
		}
	}
	return vague
}

// mayBeForeign says that nobody knows whether the credential of a call was good: an error may be about that.
func (l *learner) mayBeForeign(x *exchange) bool {
	op, ok := l.contract.Operation(x.operation)
	return ok && op.Security != nil && x.heard.Request.Wire.Credential == ""
}

// overall is how an exchange looks under the best combination that is left.
func (l *learner) overall(x *exchange) weight {
	if len(x.matters) == 0 {
		return l.weigh(x, nil)
	}
	var best *weight
	for _, o := range l.left(x.matters[0]) {
		w := l.best(x, x.matters[0], o)
		if best == nil || w.cost < best.cost || w.cost == best.cost && w.level > best.level {
			best = &w
		}
	}
	return *best
}

// errorKey tells one error of an operation from another, whatever the catalogue makes of it.
func (x *exchange) errorKey() string {
	for _, a := range x.replied.said {
		if found, ok := a.value.(map[string]any); ok {
			return fmt.Sprint(x.operation, " ", x.heard.Response.Status, " ", codesIn(found))
		}
	}
	return fmt.Sprint(x.operation, " ", x.heard.Response.Status)
}

// codesIn are the short scalars of an object of an error, by name: its code among them, whatever it is called. Texts of
// messages and what changes with each call stay out.
func codesIn(record map[string]any) string {
	text := ""
	for _, name := range sortedKeys(record) {
		switch v := record[name].(type) {
		case map[string]any:
			text += name + "{" + codesIn(v) + "}"
		default:
			if s := textOf(v); s != "" && len(s) <= 10 {
				text += name + "=" + s + " "
			}
		}
	}
	return text
}
