package learn

import (
	"cmp"
	"slices"
	"strings"

	"understudy/mock/report"
)

// mostEvidence bounds the exchanges that are told against a reading.
const mostEvidence = 3

// anyReading is what a clause is read as where the contract takes all its readings.
const anyReading = "any"

// conclude says of each clause what was proved.
func (l *learner) conclude() {
	for i, q := range l.questions {
		u := q.clause
		c := Clause{ID: u.ID, Question: paragraph(u.Question), QuestionZh: paragraph(u.QuestionZh), Default: u.Default}
		var standing []string
		for _, r := range u.Readings {
			if !l.isRefuted(i, r.Name) {
				standing = append(standing, r.Name)
			}
		}
		lenientStands := q.base == "" && !l.isRefuted(i, lenient)
		switch {
		case len(standing) == 1 && len(u.Readings) > 1:
			c.Reading = standing[0]
			c.OthersUntried = lenientStands && u.Default == anyReading
		case len(standing) == 0 && lenientStands:
			c.Reading = anyReading
		case len(standing) == 0:
			c.Contradicted = true
		}
		for _, r := range u.Readings {
			out := Reading{Name: r.Name, Meaning: paragraph(r.Meaning), MeaningZh: paragraph(r.MeaningZh), State: Open}
			proofs := l.refuted[i][r.Name]
			switch {
			case len(proofs) > 0:
				out.State, out.Count = Refuted, len(proofs)
				out.Against = l.evidence(i, proofs)
			case r.Name == c.Reading:
				out.State = Confirmed
				out.For = l.support(i, r.Name)
			default:
				out.Decide, out.DecideZh = l.decide(i, r.Name, standing)
			}
			c.Readings = append(c.Readings, out)
		}
		l.findings.Clauses = append(l.findings.Clauses, c)
	}
}

func paragraph(text string) string { return strings.Join(strings.Fields(text), " ") }

// evidence tells the first proofs against an option.
func (l *learner) evidence(question int, proofs []proof) []Evidence {
	sorted := slices.Clone(proofs)
	slices.SortStableFunc(sorted, func(a, b proof) int {
		return cmp.Or(slices.Index(l.exchanges, a.x)-slices.Index(l.exchanges, b.x), 0)
	})
	var list []Evidence
	for _, p := range sorted[:min(len(sorted), mostEvidence)] {
		list = append(list, l.tell(question, p))
	}
	return list
}

// tell says what an exchange shows against an option.
func (l *learner) tell(question int, p proof) Evidence {
	e := Evidence{Source: p.x.source, Exchange: p.x.heard.Number, Operation: p.x.where(), Side: sideReply}
	instead := ""
	if p.instead != lenient {
		instead = l.questions[question].clause.ID + "=" + p.instead
	}
	for _, c := range p.under.replied.complaints {
		if !slices.ContainsFunc(p.better.replied.complaints, func(o complaint) bool { return o.pointer == c.pointer && o.keyword == c.keyword }) {
			e.Pointer, e.What = report.AnyItem(c.pointer), c.tells()
			return e
		}
	}
	e.Side = sideRequest
	for _, c := range p.under.asked.complaints {
		if !slices.ContainsFunc(p.better.asked.complaints, func(o complaint) bool { return o.pointer == c.pointer && o.keyword == c.keyword }) {
			e.Pointer, e.What = report.AnyItem(c.pointer), "taken, although this reading refuses it ("+c.keyword+")"
			if p.x.callback != nil {
				e.What = c.tells()
			}
			if p.under.level < p.better.level && p.under.cost == p.better.cost {
				e.What = "refused by another error than this reading foretells (" + c.keyword + ")"
			}
			return e
		}
	}
	switch {
	case p.under.cost > p.better.cost:
		e.What = "explained less well than by " + cmp.Or(instead, "the contract as it stands")
	case p.better.asked.row != "":
		e.What = "refused with " + p.better.asked.row + ", which " + cmp.Or(instead, "the contract as it stands") + " foretells and this reading does not"
	default:
		e.What = "refused, which " + cmp.Or(instead, "the contract as it stands") + " foretells and this reading does not"
	}
	return e
}

// tells says a complaint without any value.
func (c complaint) tells() string {
	if c.keyword == "required" {
		return "missing"
	}
	return c.keyword + ": " + c.expected + " by this reading, there is " + c.got
}

// support are exchanges that told a confirmed reading from the others: the first one against each of them.
func (l *learner) support(question int, name string) []Evidence {
	var list []Evidence
	for _, r := range l.questions[question].clause.Readings {
		proofs := l.refuted[question][r.Name]
		if r.Name == name || len(proofs) == 0 {
			continue
		}
		e := l.evidence(question, proofs)[0]
		e.What = "not " + r.Name + ": " + e.What
		list = append(list, e)
	}
	return list
}
